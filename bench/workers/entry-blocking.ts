/** A program that blocks for 100 ms with each message, and says first which process it is. */
import { serve } from "hawser";

const BLOCK = 100;

const nobody = new Int32Array(new SharedArrayBuffer(4));

await serve(
  {
    open(ws) {
      ws.sendNow(String(process.pid));
    },
    message(ws, message) {
      Atomics.wait(nobody, 0, 0, BLOCK);
      ws.sendNow(message);
    },
  },
  { host: "127.0.0.1" },
);
