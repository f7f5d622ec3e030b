/**
 * The panel of `/echo`: a round trip every second, measured here, and whatever the visitor wants echoed.
 *
 * An echo server answers in order, so the oldest question waits for the next answer.
 */

import { drawBars } from "./chart.js";
import { LiveSocket } from "./live-socket.js";

const INTERVAL = 1_000;
const CAPACITY = 60;
/** A connection that has not answered for so long is given up, even if the browser believes in it. */
const PATIENCE = 10_000;

/**
 * @param {HTMLElement} panel
 * @param {{ state(state: import("./live-socket.js").SocketState): void, echo(): void }} events
 */
export function startEcho(panel, events) {
  const answer = panel.querySelector("#echo-answer");
  const trips = [];
  let asked = [];
  let count = 0;

  const socket = new LiveSocket(() => "/echo", {
    state: events.state,
    open: () => ask("ping"),
    lost: () => {
      asked = [];
    },
    message: (text) => {
      const { sentAt, isVisitors } = asked.shift();
      const took = performance.now() - sentAt;
      if (isVisitors) answer.textContent = `“${text}” came back in ${format(took)} ms.`;
      count++;
      record(took);
      events.echo();
    },
  });

  function ask(text, isVisitors = false) {
    const sentAt = performance.now();
    if (!socket.send(text)) return false;
    asked.push({ sentAt, isVisitors });
    return true;
  }

  function record(took) {
    trips.push(took);
    if (trips.length > CAPACITY) trips.shift();
    showTrips(panel, trips, count);
  }

  setInterval(() => {
    if (document.hidden) return;
    if (asked.length > 0 && performance.now() - asked[0].sentAt > PATIENCE) socket.abandon("no echo");
    else if (!ask("ping")) record(null);
  }, INTERVAL);

  wireForm(panel.querySelector("#echo-form"), answer, (text) => ask(text, true));
  socket.start();
  return socket;
}

function wireForm(form, answer, ask) {
  const input = form.querySelector("input");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (ask(input.value)) input.value = "";
    else answer.textContent = "Not sent: the connection is not open.";
  });
}

function showTrips(panel, trips, count) {
  const show = (id, text) => {
    panel.querySelector(id).textContent = text;
  };
  const sorted = trips.filter((took) => took !== null).sort((a, b) => a - b);
  const quantile = (share) => format(sorted[Math.floor(share * (sorted.length - 1))]);
  const now = trips.at(-1);
  show("#latency-now", now === null ? "–" : format(now));
  show("#latency-median", `${quantile(0.5)} ms`);
  show("#latency-high", `${quantile(0.95)} ms`);
  show("#latency-count", String(count));
  const chart = panel.querySelector("#latency-chart");
  chart.setAttribute("aria-label", `The last ${trips.length} round trips: median ${quantile(0.5)} milliseconds`);
  drawBars(chart, trips, CAPACITY);
}

function format(took) {
  if (took === undefined) return "–";
  return took < 10 ? took.toFixed(1) : took.toFixed(0);
}
