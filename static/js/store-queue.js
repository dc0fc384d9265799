// Taps that wait for the line: kept on the device, sent in order, each until it was answered.
// One entry a tap: two open pages never write over each other's.

const WAITS = "cx-tap:";
const REFUSED = "cx-refused:";
const MOST_TRIES = 8;
const PATIENCE_MS = 10000;
const WORDS = {
  404: "This is not in this store.",
  413: "This was too much for one tap.",
};

let last = 0;
let sending = null;

/** A random UUID; crypto.randomUUID exists on secure addresses only. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function read(prefix) {
  const places = Object.keys(localStorage).filter((place) => place.startsWith(prefix));
  return places.sort().map((place) => ({ ...JSON.parse(localStorage.getItem(place)), place }));
}

function write(prefix, entry) {
  last = Math.max(Date.now(), last + 1);
  localStorage.setItem(`${prefix}${last}:${entry.tap_id}`, JSON.stringify(entry));
}

/** Remember a tap. Throws when the device has no room or allows none. */
export function put(tap) {
  write(WAITS, tap);
}

/** All taps of this device that were not answered yet, oldest first. */
export const waiting = () => read(WAITS);

/** Taps that were refused and that nobody has seen yet. */
export const refusals = () => read(REFUSED);

/** Somebody has read a refusal. */
export function forget(place) {
  localStorage.removeItem(place);
}

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** One try: {state: done, refused, later, signin or offline, words, again}. */
async function send(url, tap) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout?.(PATIENCE_MS),
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
      body: JSON.stringify(tap),
    });
  } catch {
    return { state: "offline" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    return { state: "signin" };
  }
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) {
    return { state: "later" };
  }
  const told = await answer.json().catch(() => ({}));
  const words = told.words || WORDS[answer.status] || "The portal could not read this tap.";
  return { state: told.done ? "done" : "refused", words, again: Boolean(told.again) };
}

/** What became of a tap: gone, refused, or tried once more; true when the next may go. */
function settle(tap, outcome) {
  if (outcome.state === "later" && (tap.tries ?? 0) < MOST_TRIES) {
    localStorage.setItem(tap.place, JSON.stringify({ ...tap, tries: (tap.tries ?? 0) + 1 }));
    return false;
  }
  if (outcome.state === "offline" || outcome.state === "signin") {
    return false;
  }
  localStorage.removeItem(tap.place);
  if (outcome.state !== "done") {
    const words = outcome.words || "The portal failed at this tap again and again. Tell those who run it.";
    write(REFUSED, { ...tap, words });
  }
  return true;
}

async function sendAll(url, staff, told) {
  for (;;) {
    const tap = waiting().find((entry) => entry.by === staff);
    if (!tap) {
      return "sent";
    }
    const outcome = await send(url, tap);
    const goesOn = settle(tap, outcome);
    told(tap, outcome);
    if (!goesOn) {
      return outcome.state;
    }
  }
}

/**
 * Send what waits, in order: told(tap, outcome) after each. Resolves to sent, offline, later or signin.
 * Calls while it runs share the run; other open pages of this browser wait for their turn.
 */
export function flush(url, staff, told) {
  const run = () => sendAll(url, staff, told);
  sending ??= (navigator.locks ? navigator.locks.request("cx-taps", run) : run()).finally(() => {
    sending = null;
  });
  return sending;
}
