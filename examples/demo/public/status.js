/**
 * The state of the sockets in words: a chip for each, and one sentence for all.
 */

const LABELS = { open: "open", connecting: "connecting", waiting: "waiting", closed: "closed" };

/** @param {HTMLElement} chip @param {import("./live-socket.js").SocketState} state */
export function showChip(chip, state) {
  chip.dataset.state = state.name;
  chip.textContent = describe(state);
  chip.title = state.code === undefined ? "" : `last close: ${state.code} ${state.reason ?? ""}`.trim();
}

function describe({ name, retryAt, code }) {
  if (name === "closed" && code !== undefined) return `closed, ${code}`;
  if (name !== "waiting") return LABELS[name];
  const seconds = Math.max(0, retryAt - performance.now()) / 1000;
  return `closed, ${code}; retry in ${seconds.toFixed(1)} s`;
}

/**
 * The worst of the states that are meant to be open, and a sentence about it.
 *
 * @param {readonly import("./live-socket.js").SocketState[]} states
 */
export function summarize(states) {
  const open = states.filter(({ name }) => name === "open").length;
  // Every attempt passes through "connecting": it is no news until it succeeds
  const isLost = states.some(({ name, isRetry }) => name === "waiting" || isRetry);
  if (isLost) return { name: "waiting", text: "Connection lost, reconnecting" };
  if (states.some(({ name }) => name === "connecting")) return { name: "connecting", text: "Connecting" };
  if (open === 0) return { name: "closed", text: "All connections closed" };
  return { name: "open", text: `Connected: ${open} of ${states.length} sockets open` };
}
