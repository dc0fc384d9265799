// The stock page while it is open: a sale at a till changes its store's words without a reload.
// Without a stream it asks for the list every few seconds; without JavaScript the page stands as it was served.

import { freshness } from "./freshness.js";
import { listen } from "./live.js";

const POLL_MS = 10000;
const REFRESH_SPREAD_MS = 800;
const TICK_MS = 1000;
// "Just now" and "open until 20:00" grow old even when nothing is sold.
const WORDS_MS = 60000;

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
  const next = freshness(state, changedAt);
  if (words.textContent !== next) {
    words.textContent = next;
  }
}

/** What the reader has chosen on the page, to be given back after the list was replaced. */
function position() {
  const focused = document.activeElement;
  return {
    level: focused?.closest("[data-live-key]")?.dataset.liveKey,
    href: focused?.getAttribute?.("href"),
    inside: box.contains(focused),
    onMap: document.getElementById("view-map")?.checked,
    farther: document.getElementById("farther")?.open,
  };
}

function restore(was) {
  const map = document.getElementById("view-map");
  const farther = document.getElementById("farther");
  if (map) {
    map.checked = Boolean(was.onMap);
  }
  if (farther) {
    farther.open = Boolean(was.farther);
  }
  if (was.inside) {
    const inStatement = was.level && box.querySelector(`[data-live-key="${Number(was.level)}"] a`);
    const same = was.href && box.querySelector(`a[href="${CSS.escape(was.href)}"]`);
    (inStatement || same)?.focus({ preventScroll: true });
  }
}

async function refresh() {
  refreshing = null;
  try {
    const answer = await fetch(box.dataset.part + window.location.search);
    if (answer.ok) {
      const words = await answer.text();
      const was = position();
      box.innerHTML = words;
      restore(was);
      tell();
    }
  } catch {
    // No network: the words that stand are still the last that were known, and the mark says so.
  }
}

function refreshSoon() {
  refreshing ??= setTimeout(refresh, Math.random() * REFRESH_SPREAD_MS);
}

/** Said once to those who listen rather than look; the ticking mark is not. */
function announce(statement) {
  const store = statement.querySelector(".statement-store").textContent;
  const word = statement.querySelector(".statement-word").textContent;
  document.querySelector("[data-announce]").textContent = `${store}: now ${word}`;
}

function swap(change) {
  const statement = box.querySelector(`[data-live-key="${Number(change.level)}"]`);
  changedAt = Date.now();
  const turned = !statement || statement.dataset.state !== change.state;
  if (turned) {
    // A new store, or another word: sentence, button and map change with it.
    refreshSoon();
  }
  if (statement) {
    statement.querySelector(".statement-why").remove();
    statement.querySelector(".statement-word").outerHTML = change.html;
    statement.dataset.changed = "";
    setTimeout(() => delete statement.dataset.changed, 2000);
    if (turned) {
      announce(statement);
    }
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
  setInterval(refreshSoon, WORDS_MS);
}
