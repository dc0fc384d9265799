// Rings when something new comes: a sound, the title, a banner. Sound needs one tap on the page first: browsers ask so.

const MUTE = "cx-mute";
const AGAIN_MS = 30000;
const NOTES = [
  [880, 0],
  [1175, 0.18],
  [880, 0.36],
];

const title = document.title;
const button = document.querySelector("[data-mute]");
const banner = document.querySelector("[data-ring]");
let audio = null;
let known = new Set();
let repeating = null;

const isMute = () => localStorage.getItem(MUTE) === "1";
const ringing = () => [...document.querySelectorAll("[data-rings]")];

function sound() {
  if (isMute() || audio?.state !== "running") {
    return;
  }
  for (const [pitch, after] of NOTES) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.16);
  }
}

function wake() {
  if (!audio && "AudioContext" in window) {
    audio = new AudioContext();
  }
  audio?.resume();
}

function quiet() {
  clearInterval(repeating);
  repeating = null;
  document.title = title;
}

function showMute() {
  if (!button) {
    return;
  }
  button.setAttribute("aria-pressed", String(isMute()));
  button.querySelector("i").className = isMute() ? "bi bi-bell-slash" : "bi bi-bell";
  button.querySelector("[data-mute-words]").textContent = isMute() ? "Silent" : "Rings";
}

function ring(items) {
  const first = items[0];
  const section = first.closest("[data-section]");
  const what = section.dataset.section === "questions" ? "New question" : "New hold to pick";
  const words = items.length > 1 ? `${items.length} new on the list` : `${what}: ${first.dataset.rings}`;
  banner.querySelector("[data-ring-words]").textContent = words;
  banner.querySelector("[data-ring-seen]").href = `#${section.id}`;
  banner.hidden = false;
  document.title = `● ${words}`;
  sound();
  navigator.vibrate?.(200);
  repeating ??= setInterval(sound, AGAIN_MS);
}

/** Look at the lists as they are now, and ring for what was not there before. */
export function notice() {
  const now = ringing();
  const fresh = now.filter((item) => !known.has(item.dataset.key));
  known = new Set(now.map((item) => item.dataset.key));
  if (fresh.length) {
    ring(fresh);
  } else if (!now.length) {
    banner.hidden = true;
    quiet();
  }
}

/** Start with what stands on the page, silently. */
export function startRing() {
  known = new Set(ringing().map((item) => item.dataset.key));
  showMute();
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => {
      wake();
      // Somebody is here.
      quiet();
    });
  }
  banner.addEventListener("click", () => {
    banner.hidden = true;
  });
  button?.addEventListener("click", () => {
    localStorage.setItem(MUTE, isMute() ? "0" : "1");
    showMute();
  });
}
