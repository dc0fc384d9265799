// The stock page while it is open: a sale at a till changes its store's words without a reload.
// Without a stream it asks for the list every few seconds; without JavaScript the page stands as it was served.

import { listen } from "./live.js";

const POLL_MS = 10000;
const REFRESH_SPREAD_MS = 800;
const TICK_MS = 1000;

const box = document.querySelector("[data-stock]");
let polling = null;
let refreshing = null;
let changedAt = null;
let state = "off";

function mark(next) {
  state = next;
  tell();
}

function tell() {
  const element = document.getElementById("live-mark");
  if (!element) {
    return;
  }
  element.dataset.liveState = state;
  const words = element.querySelector("[data-live-text]");
  const next = sentence();
  if (words.textContent !== next) {
    words.textContent = next;
  }
}

function sentence() {
  if (state === "late") {
    return "Not live just now: asks again every 10 seconds";
  }
  if (state === "off") {
    return "As of now. Reload to ask again.";
  }
  if (changedAt === null) {
    return "Live, nothing changed since you came";
  }
  const seconds = Math.round((Date.now() - changedAt) / 1000);
  const ago = seconds < 60 ? `${seconds} second${seconds === 1 ? "" : "s"}` : `${Math.floor(seconds / 60)} min`;
  return `Live, last change ${ago} ago`;
}

async function refresh() {
  refreshing = null;
  try {
    const answer = await fetch(box.dataset.part + window.location.search);
    if (answer.ok) {
      const onMap = document.getElementById("view-map")?.checked;
      box.innerHTML = await answer.text();
      if (onMap && document.getElementById("view-map")) {
        document.getElementById("view-map").checked = true;
      }
      tell();
    }
  } catch {
    // No network: the words that stand are still the last that were known, and the mark says so.
  }
}

function refreshSoon() {
  refreshing ??= setTimeout(refresh, Math.random() * REFRESH_SPREAD_MS);
}

function swap(change) {
  const statement = box.querySelector(`[data-live-key="${Number(change.level)}"]`);
  changedAt = Date.now();
  if (!statement || statement.dataset.state !== change.state) {
    // A new store, or another word: sentence, button and map change with it.
    refreshSoon();
  }
  if (statement) {
    statement.querySelector(".statement-why").remove();
    statement.querySelector(".statement-word").outerHTML = change.html;
    statement.dataset.changed = "";
    setTimeout(() => delete statement.dataset.changed, 2000);
  }
  tell();
}

function poll(on) {
  if (!on) {
    clearInterval(polling);
    polling = null;
  }
  // Every failed retry says "down" again: the clock that runs must not be wound back each time.
  polling ??= on ? setInterval(refresh, POLL_MS) : null;
}

if (box) {
  listen(box.dataset.ticket, ["stock", "resync"], {
    up() {
      poll(false);
      mark("on");
    },
    down() {
      poll(true);
      mark("late");
    },
    event(name, data) {
      if (name === "resync") {
        refreshSoon();
      } else {
        swap(data);
      }
    },
  });
  setInterval(tell, TICK_MS);
}
