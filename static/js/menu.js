// Menus made of <details data-menu>: a click elsewhere or Escape closes them. They open without this module.
const close = (menu) => {
  menu.open = false;
};

const onEvent = (event) => {
  const escape = event.type === "keydown" && event.key === "Escape";
  if (event.type === "keydown" && !escape) return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    const inside = menu.contains(event.target);
    if (escape) {
      close(menu);
      if (inside) menu.querySelector("summary").focus();
    } else if (!inside) {
      close(menu);
    }
  }
};

document.addEventListener("click", onEvent);
document.addEventListener("keydown", onEvent);
