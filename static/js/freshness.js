// What the mark beside a live list says.

/** How fresh the page is, in words. `state` on, late or off; `changedAt` in milliseconds, or null. */
export function freshness(state, changedAt) {
  if (state === "late") {
    return "Not live just now: asks again every 10 seconds";
  }
  if (state === "off") {
    return "As of now. Reload to ask again.";
  }
  if (changedAt === null) {
    return "Live, nothing changed since you came";
  }
  const seconds = Math.round((Date.now() - changedAt) / 1000);
  const ago = seconds < 60 ? `${seconds} second${seconds === 1 ? "" : "s"}` : `${Math.floor(seconds / 60)} min`;
  return `Live, last change ${ago} ago`;
}
