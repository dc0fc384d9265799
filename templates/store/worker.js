// Keeps the store screen for when the line drops. Its address (/store/worker.js) says which pages it may keep.
// The line is asked first, always: what is kept is only shown when nobody answers, and says so.

const SHELF = "cx-store";
const PATIENCE_MS = 4000;
const KEPT = /^\/(static|store)\//;
// Answers of the moment: an old one would be a lie.
const NEVER = /^\/store\/(ticket|scan|taps|import|worker\.js)/;

async function keep(urls) {
  const shelf = await caches.open(SHELF);
  await Promise.all(urls.map((url) => shelf.add(url).catch(() => null)));
  // Files of former versions: nothing that is drawn now asks for them.
  const kept = (await shelf.keys()).map((request) => request.url);
  const old = kept.filter((url) => new URL(url).pathname.startsWith("/static/") && !urls.includes(url));
  await Promise.all(old.map((url) => shelf.delete(url)));
}

function asKept(answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept", "1");
  return new Response(answer.body, { status: answer.status, headers });
}

// A page's own request takes no signal, so the clock runs beside it.
const impatience = () => new Promise((_, refuse) => setTimeout(() => refuse(new Error("no answer")), PATIENCE_MS));

async function fromLine(request, shelf) {
  const answer = await Promise.race([fetch(request), impatience()]);
  if (answer.type === "opaqueredirect") {
    // Signed out: what was kept was for somebody who may not see it any more.
    await caches.delete(SHELF);
  } else if (answer.ok) {
    await shelf.put(request, answer.clone());
  }
  return answer;
}

async function answerFor(request) {
  const shelf = await caches.open(SHELF);
  try {
    return await fromLine(request, shelf);
  } catch (error) {
    const screen = request.mode === "navigate" ? await shelf.match("/store/", { ignoreSearch: true }) : null;
    const kept = (await shelf.match(request)) ?? screen;
    if (!kept) {
      throw error;
    }
    return new URL(request.url).pathname.startsWith("/store/") ? asKept(kept) : kept;
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const ours = event.request.method === "GET" && origin === self.location.origin;
  if (ours && KEPT.test(pathname) && !NEVER.test(pathname)) {
    event.respondWith(answerFor(event.request));
  }
});
