/**
 * Opening handshakes that a server must refuse: upgrade, key, version, host, origin, subprotocols (RFC 6455, section 4.2).
 */

import type { Answer, Case } from "../case.ts";
import { caseOf, mayRefuse, OPEN, plus, REFUSALS, type Row, refuses, set } from "./request-row.ts";

function upgradeRows(): Row[] {
  const row = { rule: "RFC 6455 4.2.1", status: refuses(426), answer: { headers: { upgrade: "websocket" } } };
  return [
    { ...row, name: "no-upgrade", title: "no Upgrade header", changes: { without: ["Upgrade"] } },
    { ...row, name: "upgrade-h2c", title: "Upgrade: h2c", changes: set("Upgrade", "h2c") },
    { ...row, name: "upgrade-empty", title: "an empty Upgrade header", changes: set("Upgrade", "") },
    { ...row, name: "upgrade-part", title: "Upgrade: websockets", changes: set("Upgrade", "websockets") },
    { ...row, name: "no-connection", title: "no Connection header", changes: { without: ["Connection"] } },
    {
      ...row,
      name: "connection-keep-alive",
      title: "Connection: keep-alive",
      changes: set("Connection", "keep-alive"),
    },
    { ...row, name: "connection-part", title: "Connection: upgraded", changes: set("Connection", "upgraded") },
  ];
}

function keyRows(): Row[] {
  const row = { rule: "RFC 6455 4.2.1", status: refuses(400) };
  const key = "Sec-WebSocket-Key";
  return [
    { ...row, name: "no-key", title: "no key", changes: { without: [key] } },
    { ...row, name: "key-empty", title: "an empty key", changes: set(key, "") },
    { ...row, name: "key-short", title: "a key of 15 bytes", changes: set(key, Buffer.alloc(15).toString("base64")) },
    { ...row, name: "key-long", title: "a key of 17 bytes", changes: set(key, Buffer.alloc(17).toString("base64")) },
    {
      ...row,
      name: "key-not-base64",
      title: "a key that is not base64",
      changes: set(key, "*GhlIHNhbXBsZSBub25jZQ=="),
    },
    { ...row, name: "key-no-padding", title: "a key without its padding", changes: set(key, "dGhlIHNhbXBsZSBub25jZQ") },
    {
      ...row,
      name: "key-with-space",
      title: "a key with a space inside",
      changes: set(key, "dGhlIHNhbXBs ZSBub25jZQ=="),
    },
    { ...row, name: "key-twice", title: "two keys", changes: plus("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==") },
    { ...row, name: "key-list", title: "two keys in one header", changes: set(key, "{key}, {key}") },
  ];
}

function versionRows(): Row[] {
  const version = "Sec-WebSocket-Version";
  const answer = { headers: { "sec-websocket-version": "13" } };
  const wrong = ["0", "7", "8", "12", "14", "99", "255"].map((value): Row => {
    const status = value === "8" ? { strict: [426], rfc: [101, ...REFUSALS] } : refuses(426);
    return {
      name: `version-${value}`,
      title: `version ${value}`,
      rule: "RFC 6455 4.4",
      status,
      answer,
      changes: set(version, value),
    };
  });
  const malformed = [
    ["empty", ""],
    ["word", "abc"],
    ["leading-zero", "013"],
    ["fraction", "13.0"],
    ["list", "13, 8"],
  ].map(([name, value]): Row => {
    return {
      name: `version-${name}`,
      title: `version "${value}"`,
      rule: "RFC 6455 4.2.1",
      status: refuses(400, 426),
      changes: set(version, value!),
    };
  });
  return [
    ...wrong,
    ...malformed,
    {
      name: "no-version",
      title: "no version",
      rule: "RFC 6455 4.2.1",
      status: refuses(400, 426),
      changes: { without: [version] },
    },
    {
      name: "version-twice",
      title: "two versions",
      rule: "RFC 6455 11.3.5",
      status: refuses(400, 426),
      changes: plus("Sec-WebSocket-Version: 8"),
    },
  ];
}

function hostAndOriginRows(): Row[] {
  return [
    {
      name: "no-host",
      title: "no Host header",
      rule: "RFC 9112 3.2",
      status: refuses(400),
      changes: { without: ["Host"] },
    },
    {
      name: "host-twice",
      title: "two Host headers",
      rule: "RFC 9112 3.2",
      status: refuses(400),
      changes: plus("Host: example.org"),
    },
    {
      name: "origin-same",
      title: "the server's own origin",
      rule: "RFC 6455 10.2",
      status: OPEN,
      changes: plus("Origin: http://{host}"),
    },
    {
      name: "origin-foreign",
      title: "a foreign origin",
      rule: "RFC 6455 10.2",
      status: mayRefuse(403),
      changes: plus("Origin: http://attacker.example"),
    },
    {
      name: "origin-null",
      title: "Origin: null",
      rule: "RFC 6455 10.2",
      status: mayRefuse(403),
      changes: plus("Origin: null"),
    },
    {
      name: "origin-other-port",
      title: "an origin with another port",
      rule: "RFC 6455 10.2",
      status: mayRefuse(403),
      changes: plus("Origin: http://127.0.0.1:1"),
    },
  ];
}

function subprotocolRows(): Row[] {
  const row = { rule: "RFC 6455 4.2.2", status: OPEN };
  const chosen = (...names: string[]): Partial<Answer> => ({ subprotocols: { strict: [], rfc: names } });
  return [
    {
      ...row,
      name: "subprotocol",
      title: "a subprotocol that the server does not know",
      changes: plus("Sec-WebSocket-Protocol: chat"),
      answer: chosen("chat"),
    },
    {
      ...row,
      name: "subprotocols",
      title: "two subprotocols that the server does not know",
      changes: plus("Sec-WebSocket-Protocol: chat, superchat"),
      answer: chosen("chat", "superchat"),
    },
    {
      ...row,
      name: "subprotocol-prototype",
      title: "subprotocols named as prototypes' properties",
      changes: plus("Sec-WebSocket-Protocol: constructor, __proto__"),
      answer: chosen("constructor", "__proto__"),
    },
    {
      ...row,
      name: "subprotocol-malformed",
      title: "a malformed list of subprotocols",
      status: { strict: [101, 400], rfc: [101, ...REFUSALS] },
      changes: plus("Sec-WebSocket-Protocol: a b, (c)"),
      answer: chosen("a b"),
    },
    {
      ...row,
      name: "extensions-malformed",
      title: "a malformed list of extensions",
      status: { strict: [101, 400], rfc: [101, ...REFUSALS] },
      changes: plus("Sec-WebSocket-Extensions: a; =; b=="),
    },
    {
      ...row,
      name: "extensions-slow-pattern",
      title: "an extension header made for slow patterns",
      status: { strict: [101, 400], rfc: [101, ...REFUSALS] },
      changes: plus(`Sec-WebSocket-Extensions: a; b="${"\\c".repeat(2_000)}`),
    },
    {
      ...row,
      name: "subprotocol-slow-pattern",
      title: "a subprotocol header made for slow patterns",
      status: { strict: [101, 400], rfc: [101, ...REFUSALS] },
      changes: plus(`Sec-WebSocket-Protocol: a${" ".repeat(4_000)}b`),
      answer: chosen(`a${" ".repeat(4_000)}b`),
    },
  ];
}

export function serverRefusalCases(): Case[] {
  return [...upgradeRows(), ...keyRows(), ...versionRows(), ...hostAndOriginRows(), ...subprotocolRows()].map(caseOf);
}
