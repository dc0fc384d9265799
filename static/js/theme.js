// Light or dark: the system's wish until somebody chooses; the choice is kept on this device only.
// A classic script in the head, not a module: modules run after the first paint, which would flash.
{
  const root = document.documentElement;
  const key = "cx-theme";
  const known = ["light", "dark"];

  const saved = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is closed to us: the system's wish holds
    }
  };

  const isDark = () =>
    root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const show = (theme) => {
    if (known.includes(theme)) root.dataset.bsTheme = theme;
  };

  root.classList.add("has-js");
  show(saved());

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = isDark() ? "light" : "dark";
    show(next);
    try {
      localStorage.setItem(key, next);
    } catch {
      // private mode: the choice lasts for this page
    }
  });
}
