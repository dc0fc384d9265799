// While a list changes under the reader, what he looks at stays where it is.

/** Do `change`, and let the first statement in sight stand where it stood. */
export function keepPlace(box, change) {
  const seen = [...box.querySelectorAll("[data-live-key]")].find((one) => one.getBoundingClientRect().bottom > 0);
  const key = Number(seen?.dataset.liveKey);
  const top = seen?.getBoundingClientRect().top;
  change();
  const again = seen && box.querySelector(`[data-live-key="${key}"]`);
  if (again && window.scrollY > 0) {
    // At once: a smooth one would be seen, and the next change would find it half done.
    window.scrollBy({ top: again.getBoundingClientRect().top - top, behavior: "instant" });
  }
}

/** What the reader has chosen on the page, to be given back after the list was replaced. */
export function position(box) {
  const focused = document.activeElement;
  return {
    level: focused?.closest("[data-live-key]")?.dataset.liveKey,
    href: focused?.getAttribute?.("href"),
    inside: box.contains(focused),
    onMap: document.getElementById("view-map")?.checked,
  };
}

/** Give back what `position` remembered. */
export function restore(box, was) {
  const map = document.getElementById("view-map");
  if (map) {
    map.checked = Boolean(was.onMap);
  }
  if (!was.inside) {
    return;
  }
  const same = was.href ? `a[href="${CSS.escape(was.href)}"]` : "";
  const statement = was.level && box.querySelector(`[data-live-key="${Number(was.level)}"]`);
  // The same link of the same store; where its door has changed, the one that stands there now.
  const inside = statement && ((same && statement.querySelector(same)) || statement.querySelector(".statement-do a, a"));
  const target = inside || (same && box.querySelector(same));
  target?.focus({ preventScroll: true });
}
