// A hold or a question while its page is open: when its store's shelf changes, or every ten seconds, the page asks how
// it stands. Without JavaScript it is a plain page with buttons.

import { listen } from "./live.js";

const POLL_MS = 10000;

const box = document.querySelector("[data-promise]");
let asking = false;
let ticking = null;

const key = (root) => root.querySelector("[data-key]")?.dataset.key;

/** Nothing is replaced while nothing changed: whoever reads or types keeps his place. */
function show(words) {
  const next = document.createElement("template");
  next.innerHTML = words;
  if (key(next.content) === key(box)) {
    return;
  }
  const was = document.activeElement;
  const held = box.contains(was);
  box.replaceChildren(next.content);
  document.title = box.querySelector("h1")?.textContent ?? document.title;
  if (held) {
    box.querySelector("a, button")?.focus({ preventScroll: true });
  }
}

async function ask() {
  if (asking) {
    return;
  }
  asking = true;
  try {
    const answer = await fetch(box.dataset.part);
    if (answer.ok) {
      show(await answer.text());
    }
  } catch {
    // No network: what stands is what was last known.
  } finally {
    asking = false;
  }
  if (box.querySelector("[data-final]")) {
    clearInterval(ticking);
  }
}

if (box && !box.querySelector("[data-final]")) {
  listen(box.dataset.ticket, ["stock", "resync"], {
    up: ask,
    down() {},
    event(name, data) {
      if (name === "resync" || String(data.level) === box.dataset.level) {
        ask();
      }
    },
  });
  ticking = setInterval(ask, POLL_MS);
}
