// One live stream: fetches a ticket, listens, and starts again with a fresh ticket when the line breaks.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

async function answerFrom(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`no ticket: ${answer.status}`);
  }
  return answer.json();
}

/**
 * Listen to the channels that the ticket at `ticketUrl` names.
 * on.event(name, data) for each event, on.up(answer) when the line stands, on.down() when it does not; `answer` is
 * what came with the ticket.
 */
export function listen(ticketUrl, names, on) {
  let wait = FIRST_WAIT;
  let source = null;

  async function connect() {
    let answer = null;
    try {
      answer = await answerFrom(ticketUrl);
      source = new EventSource(`/events?ticket=${encodeURIComponent(answer.ticket)}`);
    } catch {
      retry();
      return;
    }
    source.addEventListener("open", () => {
      wait = FIRST_WAIT;
      on.up(answer);
    });
    // The browser would repeat the old ticket: close, and come back with a new one.
    source.addEventListener("error", retry);
    for (const name of names) {
      source.addEventListener(name, (event) => on.event(name, JSON.parse(event.data || "{}")));
    }
  }

  function retry() {
    source?.close();
    source = null;
    on.down();
    // Spread over time, so that a restart is not met by everybody at once.
    setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  // A line that comes back may have left the old stream dead without a word: only a new one proves that we hear.
  window.addEventListener("online", () => {
    if (source) {
      wait = FIRST_WAIT / 4;
      retry();
    }
  });
  window.addEventListener("pagehide", () => source?.close());
  connect();
}
