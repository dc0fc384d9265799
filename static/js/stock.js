// The stock page while it is open: a sale at a till changes its store's words without a reload.
// Without a stream it asks for the list every few seconds; without JavaScript the page stands as it was served.

import { freshness } from "./freshness.js";
import { keepPlace, position, restore } from "./keep_place.js";
import { listen } from "./live.js";

const POLL_MS = 10000;
const REFRESH_SPREAD_MS = 800;
const TICK_MS = 1000;
// "Just now" and "open until 20:00" grow old even when nothing is sold.
const WORDS_MS = 60000;
// A page may come out of somebody's store of pages: one that is older than this asks at once.
const OLD_MS = 2000;

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

async function refresh() {
  refreshing = null;
  try {
    const answer = await fetch(box.dataset.part + window.location.search);
    if (answer.ok) {
      const words = await answer.text();
      const was = position(box);
      keepPlace(box, () => {
        box.innerHTML = words;
        restore(box, was);
      });
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
  if (!statement) {
    // A store that is too far away to be in the list.
    return;
  }
  changedAt = Date.now();
  const turned = statement.dataset.state !== change.state;
  keepPlace(box, () => {
    statement.querySelector(".statement-why").remove();
    statement.querySelector(".statement-word").outerHTML = change.html;
  });
  statement.dataset.changed = "";
  setTimeout(() => delete statement.dataset.changed, 2000);
  if (turned) {
    // Another word: sentence, button and map change with it.
    announce(statement);
    refreshSoon();
  }
  tell();
}

/** Whether the page was made before the line stood, so that a change may have passed between them. */
function isOld(answer) {
  return answer.now * 1000 - Date.parse(document.lastModified) > OLD_MS;
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
    up(answer) {
      poll(false);
      mark("on");
      if (isOld(answer)) {
        refreshSoon();
      }
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
