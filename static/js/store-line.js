// Says whether the screen hears the portal, which taps wait, and which were refused and why.

import { forget, refusals, waiting } from "./store-queue.js";

const part = (name) => document.querySelector(`[data-${name}]`);
const taps = (count, of = "") => `${count} ${count === 1 ? "tap" : "taps"}${of} ${count === 1 ? "waits" : "wait"}`;

// After ten minutes without a line many answers come at once; they must not cover the screen.
const MOST_TOASTS = 3;
const LIVE = {
  on: "Live",
  late: "Not live just now: asks again every 10 seconds",
  down: "No line",
};

function others(list) {
  const names = new Map();
  for (const tap of list) {
    names.set(tap.by_name, (names.get(tap.by_name) ?? 0) + 1);
  }
  return [...names].map(([name, count]) => `${taps(count, ` of ${name}`)} until ${name} signs in here.`).join(" ");
}

function waitWords(count, state) {
  if (!count) {
    return "";
  }
  return state === "signin" ? `${taps(count)} until you do.` : `${taps(count)} for the line.`;
}

/** state: on, late, down or signin. `asOf`: the clock time that the lists speak of. */
export function showLine(state, asOf, staff) {
  const all = waiting();
  const own = all.filter((tap) => tap.by === staff);
  const mark = document.getElementById("store-live");
  if (mark) {
    mark.dataset.liveState = state === "on" ? "on" : state === "late" ? "late" : "off";
    mark.querySelector("[data-live-text]").textContent = LIVE[state] ?? "Signed out";
  }
  const words = { down: `No line. As of ${asOf}.`, signin: "You are signed out: reload the page to sign in." };
  const more = [waitWords(own.length, state), others(all.filter((tap) => tap.by !== staff))].filter(Boolean).join(" ");
  part("line-words").textContent = words[state] ?? "";
  part("line-more").textContent = more;
  part("line").hidden = !(words[state] || more);
}

/** The refused taps, each with its reason until somebody has seen it. */
export function showRefusals() {
  const box = part("refused");
  const pattern = part("refusal");
  const rows = refusals().map((tap) => {
    const row = pattern.content.cloneNode(true);
    row.querySelector("[data-refusal-what]").textContent = `Not done: ${tap.what}, ${tap.label}`;
    row.querySelector("[data-refusal-words]").textContent = tap.words;
    row.querySelector("[data-refusal-seen]").dataset.place = tap.place;
    return row;
  });
  box.replaceChildren(...rows);
  box.hidden = rows.length === 0;
}

/** A toast with what was done. */
export function toast(words) {
  const made = part("toast").content.cloneNode(true);
  made.querySelector("span").textContent = words;
  const box = document.getElementById("toasts");
  box.append(made);
  while (box.children.length > MOST_TOASTS) {
    box.firstElementChild.remove();
  }
  // toast.js starts the clocks of toasts that come out of band.
  document.dispatchEvent(new Event("htmx:oobAfterSwap"));
}

document.addEventListener("click", (event) => {
  const seen = event.target.closest("[data-refusal-seen]");
  if (seen) {
    forget(seen.dataset.place);
    showRefusals();
  }
});
