// "Use where I am": fills the field with coordinates, only when the shopper asks for it.

const button = document.querySelector("[data-here]");

function use(position) {
  const field = document.getElementById("id_near");
  const { latitude, longitude } = position.coords;
  // Three decimals are about a hundred metres: near enough to sort stores, too coarse to find a door.
  field.value = `${latitude.toFixed(3)}, ${longitude.toFixed(3)}`;
  field.form.requestSubmit();
}

function refuse() {
  button.setAttribute("aria-label", "Your device did not say where you are; type a town");
  button.disabled = true;
}

if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(use, refuse, { timeout: 8000 });
  });
}
