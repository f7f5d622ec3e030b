/**
 * The panel of `/ticker`: three instruments, each a number and a line.
 */

import { drawLine } from "./chart.js";
import { LiveSocket } from "./live-socket.js";

const CAPACITY = 120;
const DIGITS = { tension: 1, wind: 1, tide: 2 };

/**
 * @param {HTMLElement} panel
 * @param {{ state(state: import("./live-socket.js").SocketState): void, tension(value: number): void }} events
 */
export function startTicker(panel, events) {
  const gauges = [...panel.querySelectorAll("[data-gauge]")].map(findGauge);
  let readings = [];
  const show = () => {
    for (const gauge of gauges) showGauge(gauge, readings);
  };
  const receive = {
    history: (message) => {
      readings = message.readings;
    },
    reading: (message) => {
      readings = [...readings, message.reading].slice(-CAPACITY);
    },
  };
  const socket = new LiveSocket(() => "/ticker", {
    state: events.state,
    message: (data) => {
      const message = JSON.parse(data);
      receive[message.type]?.(message);
      if (readings.length === 0 || document.hidden) return;
      show();
      events.tension(readings.at(-1).tension);
    },
  });
  wirePause(panel.querySelector("#ticker-pause"), socket);
  socket.start();
  return socket;
}

function findGauge(element) {
  return {
    name: element.dataset.gauge,
    title: element.querySelector("figcaption").textContent,
    unit: element.querySelector(".unit").textContent,
    value: element.querySelector("[data-value]"),
    chart: element.querySelector("svg"),
  };
}

function showGauge({ name, title, unit, value, chart }, readings) {
  const values = readings.map((reading) => reading[name]);
  const [low, high] = [Math.min(...values), Math.max(...values)].map((bound) => bound.toFixed(DIGITS[name]));
  value.textContent = values.at(-1).toFixed(DIGITS[name]);
  chart.setAttribute("aria-label", `${title}, last ${values.length} readings: from ${low} to ${high} ${unit}`);
  drawLine(chart, values, CAPACITY);
}

/** Moving content can be stopped; here that closes the connection, and the server's feed with it. */
function wirePause(button, socket) {
  button.addEventListener("click", () => {
    const pause = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", String(pause));
    if (pause) socket.stop();
    else socket.start();
  });
}
