// Toasts leave by themselves; the clock stands still while somebody is on them. Their undo is a plain form.
const TICK_MS = 250;

const busy = (toast) => toast.matches(":hover, :focus-within");

const start = (toast) => {
  let left = Number(toast.dataset.toastSeconds) * 1000;
  toast.dataset.toastStarted = "";
  const clock = setInterval(() => {
    if (!busy(toast)) left -= TICK_MS;
    if (left > 0 && toast.isConnected) return;
    clearInterval(clock);
    toast.remove();
  }, TICK_MS);
};

const startAll = () => {
  const box = document.getElementById("toasts");
  box?.querySelectorAll("[data-toast-seconds]:not([data-toast-started])").forEach(start);
};

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast-seconds]")?.remove();
});

// htmx adds toasts out of band
document.addEventListener("htmx:oobAfterSwap", startAll);
startAll();
