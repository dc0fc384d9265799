// Lets the browser keep this screen for when the line drops: the page itself and everything that it was drawn with.

const SHELF = "cx-store";

const drawnWith = () =>
  performance
    .getEntriesByType("resource")
    .map((entry) => new URL(entry.name))
    .filter((url) => url.origin === window.location.origin && url.pathname.startsWith("/static/"))
    .map((url) => url.href);

/** Register the worker and tell it what to keep; after signing out nothing stays. */
export async function keepScreen(worker) {
  if (!("serviceWorker" in navigator)) {
    return;
  }
  document.addEventListener("submit", (event) => {
    if (new URL(event.target.action).pathname.endsWith("/logout/")) {
      caches.delete(SHELF);
    }
  });
  try {
    await navigator.serviceWorker.register(worker);
    const ready = await navigator.serviceWorker.ready;
    ready.active.postMessage({ keep: [window.location.href.split("#")[0], ...drawnWith()] });
  } catch {
    // Not allowed on this address: the screen works, but a reload needs the line.
  }
}
