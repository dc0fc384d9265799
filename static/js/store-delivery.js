// A delivery that is being unpacked: what differs from the note is said beside the line, a scan counts one more.

import { countScan } from "./store-scan.js";

function tell(line) {
  const typed = line.querySelector("input[type=number]").value;
  const gap = Number(typed) - Number(line.dataset.expected);
  const words = typed === "" || gap === 0 ? "" : `${Math.abs(gap)} ${gap > 0 ? "over" : "short"}`;
  line.querySelector("[data-differs]").textContent = words;
}

function fill(form) {
  for (const line of form.querySelectorAll("[data-expected]")) {
    const input = line.querySelector("input[type=number]");
    input.value ||= line.dataset.expected;
    tell(line);
  }
}

function scan(event) {
  if (event.key !== "Enter" || !event.target.matches("[data-line-scan]")) {
    return;
  }
  // Enter would say that all of it came.
  event.preventDefault();
  const known = countScan(event.target.value);
  event.target.setCustomValidity(known ? "" : "This is not on the delivery note. Put it aside and ask the manager.");
  event.target.reportValidity();
  event.target.select();
}

/** Work on the form of a delivery, when the page has one. */
export function startDelivery() {
  const form = document.querySelector("[data-delivery]");
  if (!form) {
    return;
  }
  form.addEventListener("input", (event) => {
    const line = event.target.closest("[data-expected]");
    event.target.matches("[data-line-scan]") && event.target.setCustomValidity("");
    line && tell(line);
  });
  form.addEventListener("keydown", scan);
  form.querySelector("[data-as-written]").addEventListener("click", () => fill(form));
}
