// Reads bar codes and the shopper's picture code with the camera, where the browser can. Asks for it only on a tap.

const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "qr_code"];
const LOOK_MS = 200;
const SAME_MS = 1500;

const view = document.querySelector("[data-camera-view]");
const button = document.querySelector("[data-camera]");
let stream = null;
let timer = null;
let last = { code: "", at: 0 };

const say = (words) => {
  view.querySelector("[data-camera-words]").textContent = words;
};

function stop() {
  clearInterval(timer);
  for (const track of stream?.getTracks() ?? []) {
    track.stop();
  }
  stream = null;
  view.hidden = true;
  button.focus();
}

function found(code) {
  const now = Date.now();
  // The same code stays before the camera for many pictures.
  if (code === last.code && now - last.at < SAME_MS) {
    last.at = now;
    return;
  }
  last = { code, at: now };
  say(`Read: ${code}`);
  const field = document.getElementById("scan");
  field.value = code;
  field.form.requestSubmit();
}

async function detector() {
  const known = await window.BarcodeDetector.getSupportedFormats();
  return new window.BarcodeDetector({ formats: FORMATS.filter((format) => known.includes(format)) });
}

async function start() {
  view.hidden = false;
  say("The browser asks whether it may use the camera.");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const reader = await detector();
    const video = view.querySelector("video");
    video.srcObject = stream;
    await video.play();
    say("Hold the code before the camera.");
    timer = setInterval(async () => {
      const codes = await reader.detect(video).catch(() => []);
      if (codes.length) {
        found(codes[0].rawValue);
      }
    }, LOOK_MS);
  } catch {
    say("There is no camera, or it is not allowed. Type the code.");
  }
}

/** Offer the camera where the browser reads codes; elsewhere one types. */
export function startCamera() {
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices) {
    return;
  }
  button.hidden = false;
  button.addEventListener("click", start);
  view.querySelector("[data-camera-stop]").addEventListener("click", stop);
  window.addEventListener("pagehide", () => stream && stop());
}
