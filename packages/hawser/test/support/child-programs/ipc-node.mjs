/**
 * A worker whose backplane is used from its primary, by messages of their own in the same channel. Each `start` after a `close` is
 * that of another backplane.
 */

import { ipcBackplane } from "hawser/backplanes/ipc";

let backplane = ipcBackplane();
const tell = (message) => process.send({ remote: message });

const receiver = {
  received: (publication, position) => tell({ event: "received", args: [packed(publication), position ?? null] }),
  gap: (topics) => tell({ event: "gap", args: [topics ?? null] }),
  connected: () => tell({ event: "connected", args: [] }),
  disconnected: (cause) => tell({ event: "disconnected", args: [String(cause)] }),
  rejected: (reason) => tell({ event: "rejected", args: [reason] }),
};

process.on("message", async ({ remote }) => {
  if (remote === undefined) return;
  const { number, target, method, args } = remote;
  try {
    const on = target === "presence" ? backplane.presence : backplane;
    const value = await on[method](...(method === "start" ? [receiver] : args.map(unpackedArg)));
    if (method === "close") backplane = ipcBackplane();
    tell({ number, value: method === "history" ? { ...value, publications: value.publications.map(packed) } : value });
  } catch ({ name, message, code }) {
    tell({ number, error: { name, message, code } });
  }
});

/** Bytes do not survive JSON. */
function packed(publication) {
  const { data } = publication;
  return typeof data === "string"
    ? publication
    : { ...publication, data: { base64: Buffer.from(data).toString("base64") } };
}

function unpackedArg(arg) {
  return arg?.data?.base64 === undefined
    ? (arg ?? undefined)
    : { ...arg, data: Buffer.from(arg.data.base64, "base64") };
}

tell({ isReady: true });
