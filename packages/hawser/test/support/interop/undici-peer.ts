/**
 * The peer undici, whose WebSocket is Node's global one. It inflates, and never compresses what it sends.
 */

import { Agent, WebSocket } from "undici";
import { authority } from "../certificates.ts";
import { AgentConnection, type Call, type Opened } from "./agent.ts";
import type { Peer } from "./peer.ts";
import { WebAgent, type WebSocketLike } from "./web-agent.ts";

export function undiciPeer(): Peer {
  const dispatcher = new Agent({ connect: { ca: authority } });
  const create = (url: string, protocols: readonly string[]) =>
    new WebSocket(url, { protocols: [...protocols], dispatcher }) as WebSocketLike;
  const agent = new WebAgent(create) as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  const call: Call = async (method, ...args) => agent[method]!(...args);
  return {
    name: "undici",
    abilities: ["tell parameters of extensions", "close without a code"],
    start: async () => {},
    stop: () => dispatcher.destroy(),
    connect: async (url, { subprotocols }) =>
      new AgentConnection(call, (await call("open", url, subprotocols)) as Opened),
  };
}
