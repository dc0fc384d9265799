// The page "today" while it is open: new rows of the ledger within a second, figures every few seconds.
// Without a stream it asks every ten seconds; without JavaScript the page stands as it was served.

import { listen } from "./live.js";

const LEDGER_MS = 1000;
const FIGURES_MS = 15000;
const POLL_MS = 10000;
const WORDS = {
  on: "Live",
  late: "Not live just now: asks again every 10 seconds",
};

const part = (id) => document.getElementById(id);
// Rows must not move under a pointer that is about to open one, nor a table that somebody reads.
const inUse = (element) => element.matches(":hover, :focus-within") || element.querySelector("details[open]");

/** Asks for a part at most once per `pause`, and always once more after the last call. */
function refresher(id, pause) {
  let last = 0;
  let timer = null;
  function run() {
    timer = null;
    const element = part(id);
    if (!element || document.hidden || inUse(element)) {
      timer = setTimeout(run, pause);
      return;
    }
    last = Date.now();
    window.htmx?.trigger(element, "refresh");
  }
  return () => {
    timer ??= setTimeout(run, Math.max(0, last + pause - Date.now()));
  };
}

const refreshLedger = refresher("ledger", LEDGER_MS);
const refreshFigures = refresher("figures", FIGURES_MS);
let polling = null;

function refresh() {
  refreshLedger();
  refreshFigures();
}

function mark(state) {
  const element = part("ledger-live");
  element.dataset.liveState = state;
  element.querySelector("[data-live-text]").textContent = WORDS[state];
}

function poll(isOn) {
  clearInterval(polling);
  polling = isOn ? setInterval(refresh, POLL_MS) : null;
}

const ledger = document.querySelector("[data-ledger]");
if (ledger) {
  listen(ledger.dataset.ticket, ["ledger", "resync"], {
    up() {
      poll(false);
      mark("on");
    },
    down() {
      poll(true);
      mark("late");
    },
    event: refresh,
  });
}
