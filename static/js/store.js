// The store screen while it is open: taps are remembered first and sent then, so that a broken line loses none.
// Lists follow the store's changes; without a stream they are asked for every ten seconds.

import { listen } from "./live.js";
import { startCamera } from "./store-camera.js";
import { startDelivery } from "./store-delivery.js";
import { keepScreen } from "./store-keep.js";
import { showLine, showRefusals, toast } from "./store-line.js";
import { focusOn, itemOf, mark, merge, next, sayWaits, sieve } from "./store-list.js";
import { flush, put, waiting } from "./store-queue.js";
import { notice, startRing } from "./store-ring.js";
import { startScan } from "./store-scan.js";
import { renew, tapOf } from "./store-tap.js";

const POLL_MS = 10000;
const WORDS_MS = 60000;
const RETRY_MS = 5000;
const SOON_MS = 150;

const root = document.querySelector("[data-store]");
let state = "late";
let asking = null;
let retry = null;

const asOf = () => document.getElementById("tasks")?.dataset.asOf ?? "the last page";

function show(next = state) {
  state = next;
  const own = waiting().filter((tap) => tap.by === root.dataset.staff);
  mark(own);
  sayWaits(state !== "on");
  showLine(state, asOf(), root.dataset.staff);
  showRefusals();
}

async function refresh() {
  asking = null;
  if (!document.getElementById("tasks")) {
    return;
  }
  try {
    const answer = await fetch(root.dataset.tasks, { redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      show("signin");
    } else if (answer.ok && merge(await answer.text())) {
      // The kept copy is what was known when the line dropped.
      show(answer.headers.get("X-Kept") ? "down" : state === "on" ? "on" : "late");
      notice();
    }
  } catch {
    show("down");
  }
}

function refreshSoon() {
  asking ??= setTimeout(refresh, SOON_MS);
}

function told(tap, outcome) {
  if (outcome.state === "done") {
    toast(outcome.words);
    const item = itemOf(tap.key);
    const then = item?.closest("[data-then]");
    if (then) {
      window.location.assign(then.dataset.then);
    } else if (item?.closest("#scanned") && !outcome.again) {
      item.remove();
      document.getElementById("scan")?.focus();
    }
  }
  if (outcome.state === "refused") {
    toast(`Not done. ${outcome.words}`);
    focusOn(tap.key);
  }
  if (outcome.state === "done" || outcome.state === "refused") {
    refreshSoon();
  }
}

async function sendAll() {
  clearTimeout(retry);
  const end = await flush(root.dataset.taps, root.dataset.staff, told);
  show(end === "signin" ? "signin" : end === "offline" ? "down" : state === "down" ? "late" : state);
  if (end === "offline" || end === "later") {
    retry = setTimeout(sendAll, RETRY_MS);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-tap]");
  if (!form) {
    return;
  }
  const staff = { id: root.dataset.staff, name: root.dataset.staffName };
  const tap = tapOf(form, event.submitter ?? form.querySelector("[name=verb]"), staff);
  try {
    put(tap);
  } catch {
    // No room to remember it: the plain form is sent.
    return;
  }
  event.preventDefault();
  const after = next(tap.key);
  renew(form);
  show();
  focusOn(after);
  sendAll();
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-filter]")) {
    sieve(event.target.value);
  }
});

function start() {
  startRing();
  startScan();
  startCamera();
  startDelivery();
  keepScreen(root.dataset.worker);
  show();
  sendAll();
  refresh();
  listen(root.dataset.ticket, ["store", "resync"], {
    up() {
      show("on");
      sendAll();
      refreshSoon();
    },
    down: () => show(state === "signin" || !navigator.onLine ? state : "late"),
    event: refreshSoon,
  });
  window.addEventListener("online", sendAll);
  window.addEventListener("offline", () => show("down"));
  setInterval(() => state !== "on" && refreshSoon(), POLL_MS);
  setInterval(refreshSoon, WORDS_MS);
}

if (root) {
  start();
}
