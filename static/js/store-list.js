// The lists of the store screen: replaced when something changed, without taking away what somebody is typing.

const lists = () => document.getElementById("tasks");
const keyed = (inside, key) => inside.querySelector(`[data-key="${CSS.escape(key)}"]`);
const isTyped = (field) => field.value !== field.defaultValue;
const inUse = (item) =>
  item.matches(":has(input:focus, select:focus, details[open])") ||
  [...item.querySelectorAll("input:not([type=hidden])")].some(isTyped);

let filter = "";

/** The item of a key, and the place of the focus within the lists. */
export const itemOf = (key) => keyed(document, key);

function position() {
  const focused = document.activeElement;
  const item = focused?.closest?.("#tasks [data-key]");
  if (item) {
    return { key: item.dataset.key, value: focused.value, field: focused.matches("input, select") ? focused : null };
  }
  return focused?.matches?.("[data-filter]") ? { filter: true } : {};
}

function restore(was) {
  if (was.field?.isConnected) {
    was.field.focus({ preventScroll: true });
  } else if (was.key) {
    const item = keyed(lists(), was.key);
    const same = [...(item?.querySelectorAll("button") ?? [])].find((button) => button.value === was.value);
    same?.focus({ preventScroll: true });
  } else if (was.filter) {
    document.querySelector("[data-filter]")?.focus({ preventScroll: true });
  }
}

/** Put fresh lists in the place of the old ones. */
export function merge(html) {
  const frame = document.createElement("template");
  frame.innerHTML = html;
  const fresh = frame.content.getElementById("tasks");
  if (!fresh || !lists()) {
    return false;
  }
  const was = position();
  for (const item of [...lists().querySelectorAll("[data-key]")].filter(inUse)) {
    keyed(fresh, item.dataset.key)?.replaceWith(item);
  }
  lists().replaceWith(fresh);
  sieve(filter);
  restore(was);
  return true;
}

/** Where the focus goes when the item of `key` was dealt with: the next one's first field or button. */
export function next(key) {
  const item = keyed(lists() ?? document, key);
  const after = item?.nextElementSibling ?? item?.previousElementSibling;
  return after?.dataset.key ?? null;
}

/** Focus what one does first with an item. */
export function focusOn(key) {
  const item = key && itemOf(key);
  item?.querySelector("input:not([type=hidden]):not(:disabled), button:not(:disabled), a")?.focus();
}

/** Mark the items that have been tapped and wait for an answer. */
export function mark(taps) {
  const tapped = new Set(taps.map((tap) => tap.key));
  for (const item of document.querySelectorAll("[data-key]")) {
    const waits = tapped.has(item.dataset.key);
    item.toggleAttribute("data-tapped", waits);
    for (const button of item.querySelectorAll("form[data-tap] button")) {
      button.disabled = waits;
    }
  }
}

/** Say on those items that the line is down, or not. */
export function sayWaits(isDown) {
  for (const words of document.querySelectorAll("[data-waits]")) {
    words.hidden = !(isDown && words.closest("[data-tapped]"));
  }
}

/** Show only the holds whose name or product has these letters. */
export function sieve(letters) {
  filter = letters;
  const field = document.querySelector("[data-filter]");
  if (!field) {
    return;
  }
  field.value = letters;
  const wanted = letters.trim().toLocaleLowerCase();
  for (const item of field.closest("section").querySelectorAll(".task")) {
    item.hidden = wanted !== "" && !item.querySelector(".task-head").textContent.toLocaleLowerCase().includes(wanted);
  }
}
