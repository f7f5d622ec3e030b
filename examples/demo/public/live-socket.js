/**
 * A WebSocket that comes back by itself. Knows nothing of what is said over it, nor of the page.
 */

import { retryDelay } from "./backoff.js";

/** A connection that lived this long was a good one: the next loss begins again with short waits. */
const MIN_UPTIME = 3_000;

/** The server's "not like this" (RFC 6455, section 7.4.1): the same attempt again would be refused again. */
const POLICY_VIOLATION = 1008;

/**
 * @typedef {object} SocketState
 * @property {"connecting" | "open" | "waiting" | "closed"} name
 * @property {boolean} [isRetry] of "connecting": a connection was lost before
 * @property {number} [retryAt] of "waiting": when the next attempt starts, in `performance.now()` milliseconds
 * @property {number} [code] of "waiting" and "closed": why the last connection ended
 * @property {string} [reason]
 */

export class LiveSocket {
  /** @type {SocketState} */
  state = { name: "closed" };
  #address;
  #events;
  #socket;
  #timer;
  #attempt = 0;

  /**
   * @param {() => string} address path and query on this page's server, asked for at each attempt
   * @param {{ open?(): void, message(data: string): void, lost?(): void, state?(state: SocketState): void }} events
   */
  constructor(address, events) {
    this.#address = address;
    this.#events = events;
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => this.#hurry());
    // A page kept for the back button must not come back with the sockets of yesterday
    addEventListener("pageshow", (event) => event.persisted && this.#hurry());
  }

  /** Connects, or connects anew. */
  start() {
    this.#drop(1000, "");
    this.#attempt = 0;
    this.#connect();
  }

  /** Closes, and stays closed until `start()`. */
  stop() {
    this.#drop(1000, "");
    this.#enter({ name: "closed", code: 1000 });
  }

  /** Gives up a connection that looks open and does not answer. @param {string} reason */
  abandon(reason) {
    this.#drop(4000, reason);
    this.#retry({ code: 4000, reason });
  }

  /** @param {string} text @returns {boolean} whether it was handed to an open connection */
  send(text) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  #connect() {
    const url = new URL(this.#address(), location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    const isCurrent = () => socket === this.#socket;
    let openedAt = Number.POSITIVE_INFINITY;
    this.#socket = socket;
    this.#enter({ name: "connecting", isRetry: this.#attempt > 0 });
    socket.onopen = () => {
      if (!isCurrent()) return;
      openedAt = performance.now();
      this.#enter({ name: "open" });
      this.#events.open?.();
    };
    socket.onmessage = ({ data }) => isCurrent() && this.#events.message(data);
    socket.onclose = ({ code, reason }) => {
      if (!isCurrent()) return;
      if (performance.now() - openedAt >= MIN_UPTIME) this.#attempt = 0;
      this.#drop(1000, "");
      if (code === POLICY_VIOLATION) this.#enter({ name: "closed", code, reason });
      else this.#retry({ code, reason });
    };
  }

  #retry(ended) {
    const delay = retryDelay(this.#attempt++);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#enter({ name: "waiting", retryAt: performance.now() + delay, ...ended });
  }

  /** The network is back or somebody looks: the wait has lost its sense. */
  #hurry() {
    if (this.state.name !== "waiting" || document.hidden) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** From here on, whatever the old connection still says is ignored. */
  #drop(code, reason) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.close(code, reason);
    this.#events.lost?.();
  }

  #enter(state) {
    this.state = state;
    this.#events.state?.(state);
  }
}
