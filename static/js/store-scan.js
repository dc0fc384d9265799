// Scanners type a code and Enter. Wherever the focus is, a code goes where it belongs: to the one field that takes every
// scan, or, while counting, to the field of the product that was scanned.

// No finger types so fast.
const BURST_MS = 100;
const SHORTEST_CODE = 8;
const NO_LINE =
  "No line: codes can't be looked up just now. Find the hold in the list and type its code there; it is checked when " +
  "the line is back.";

const field = () => document.getElementById("scan");
const counting = () => Boolean(document.querySelector("[data-count-mode]")?.checked);

let burst = { field: null, keys: "", before: "", at: 0 };

/** The count field of a product on this page, by bar code or item number. */
function countField(code) {
  const wanted = code.trim().toUpperCase();
  const item = [...document.querySelectorAll("[data-codes]")].find((one) =>
    one.dataset.codes.toUpperCase().split(" ").includes(wanted),
  );
  return item?.querySelector("input[type=number]:not([name=quantity])") ?? null;
}

/** One more in a field of pieces. */
export function addOne(input) {
  input.value = String((Number.parseInt(input.value, 10) || 0) + 1);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const item = input.closest(".task, [data-key]");
  item?.setAttribute("data-counted", "");
  setTimeout(() => item?.removeAttribute("data-counted"), 600);
}

/** Count a scanned code on this page; false when the product is not on it. */
export function countScan(code) {
  const input = countField(code);
  if (input) {
    addOne(input);
    input.scrollIntoView({ block: "nearest" });
  }
  return Boolean(input);
}

function look(code) {
  field().value = code;
  field().form.requestSubmit();
}

/** Remember what is typed in one go, and what stood in the field before. */
function listen(event) {
  const now = performance.now();
  if (now - burst.at > BURST_MS || burst.field !== event.target) {
    burst = { field: event.target, keys: "", before: event.target.value ?? "", at: now };
  }
  burst.keys += event.key.length === 1 ? event.key : "";
  burst.at = now;
}

/** A scanner typed a bar code into a field of pieces: give the field its number back. */
function rescue(event) {
  if (event.key !== "Enter" || !event.target.matches("input[type=number]") || burst.keys.length < SHORTEST_CODE) {
    return false;
  }
  event.preventDefault();
  const code = burst.keys;
  event.target.value = burst.before;
  if (!countScan(code) && field()) {
    look(code);
  }
  return true;
}

function onKey(event) {
  listen(event);
  if (rescue(event) || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) {
    return;
  }
  const free = !event.target.matches("input, textarea, select, [contenteditable]");
  if (free && field() && event.key !== " ") {
    // The letter lands in the field that has the focus when the key goes down.
    field().value = "";
    field().focus();
  }
}

function onSwap(event) {
  if (event.target.id !== "scanned") {
    return;
  }
  const code = field().value;
  field().select();
  if (counting() && countScan(code)) {
    return;
  }
  event.target.querySelector("[data-first], input[name=counted]")?.focus();
}

/** Listen to keys, scans and the buttons that count. */
export function startScan() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const plus = event.target.closest("[data-plus]");
    if (plus) {
      addOne(plus.closest("form").querySelector("input[type=number]"));
    }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-scan]") && counting() && countScan(field().value)) {
      event.preventDefault();
      field().select();
    }
  });
  document.addEventListener("htmx:afterSwap", onSwap);
  document.addEventListener("htmx:sendError", (event) => {
    if (event.target.matches("[data-scan]")) {
      document.getElementById("scanned").textContent = NO_LINE;
    }
  });
}
