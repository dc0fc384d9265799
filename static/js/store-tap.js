// A form of the store screen as a tap: its own id, what was done to what, with which values, and when.

import { newId } from "./store-queue.js";

const OWN = new Set(["csrfmiddlewaretoken", "at", "tap_id", "target", "back", "verb"]);

/** The tap that `button` of `form` makes, by the staff member who is signed in; `key` names the item it belongs to. */
export function tapOf(form, button, staff) {
  const fields = new FormData(form);
  const item = form.closest("[data-key]");
  // A form that fills a page of its own is called as the page.
  const title = (item !== form && item?.querySelector("h3")) || document.querySelector("h1");
  return {
    tap_id: fields.get("tap_id") || newId(),
    verb: button.value,
    target: fields.get("target"),
    at: fields.get("at"),
    values: Object.fromEntries([...fields].filter(([name]) => !OWN.has(name))),
    tapped_at: new Date().toISOString(),
    by: staff.id,
    by_name: staff.name,
    key: item?.dataset.key,
    label: title.textContent.trim(),
    what: button.textContent.trim(),
  };
}

/** Make the form ready for another tap, which is one of its own. */
export function renew(form) {
  form.reset();
  form.elements.tap_id.value = newId();
}
