/**
 * Puts the panels together: what one of them learns and another one shows passes through here.
 */

import { startChat } from "./chat.js";
import { startEcho } from "./echo.js";
import { Rope } from "./rope.js";
import { showChip, summarize } from "./status.js";
import { startTicker } from "./ticker.js";

const rope = new Rope(document.querySelector("#rope"));
const stateLine = document.querySelector("#state");
const sockets = new Map();

function panel(id) {
  const element = document.getElementById(id);
  const chip = element.querySelector("[data-chip]");
  return {
    element,
    state: (state) => {
      sockets.set(chip, state);
      showChip(chip, state);
      showSummary();
    },
  };
}

/** The line is read out when it changes, so it changes only when the state does. */
function showSummary() {
  const { name, text } = summarize([...sockets.values()]);
  if (stateLine.textContent === text) return;
  stateLine.textContent = text;
  stateLine.dataset.state = name;
  rope.setState(name);
}

const [ticker, echo, chat] = ["ticker", "echo", "chat"].map(panel);
startTicker(ticker.element, { state: ticker.state, tension: (tension) => rope.setTension(tension) });
startEcho(echo.element, { state: echo.state, echo: () => rope.light() });
startChat(chat.element, { state: chat.state });

setInterval(() => {
  for (const [chip, state] of sockets) if (state.name === "waiting") showChip(chip, state);
}, 100);
