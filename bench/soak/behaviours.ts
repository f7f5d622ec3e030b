/**
 * What the clients of the soak do to the server, one after the other: a name, and one connection's life.
 *
 * A life may end by throwing `Gone`. Any other error says that the server did what it must not.
 */
import { BINARY, buildFrame, compressAlone, PING, PONG, TEXT } from "../generator/frame.ts";
import { buildRequest } from "../generator/handshake.ts";
import type { Peer } from "./peer.ts";
import type { SeededRandom } from "./random.ts";

export type Behaviour = (peer: Peer, random: SeededRandom) => Promise<void>;

const CLOSE = 0x8;

/** How long a connection may be held idle (ms). */
const HOLD = 2_000;

/** Compressed, 5 kB; inflated, more than the server takes. */
const BOMB = clientFrame(BINARY, compressAlone(Buffer.alloc(5_000_000)), true);

const LARGE = clientFrame(BINARY, Buffer.alloc(16_384));
const PINGS = repeated(clientFrame(PING, Buffer.alloc(125)), 200);
const FRAGMENTS = repeated(fragment(0x0, Buffer.alloc(1)), 5_000);

export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  async "valid chatter"(peer, random) {
    await peer.shakeHands();
    for (let count = 1 + random.below(20); count > 0; count--) {
      const payload = random.bytes(random.below(2_000));
      peer.write(clientFrame(BINARY, payload));
      if (!(await readEcho(peer)).equals(payload)) throw new Error("an echo is not what was sent");
      if (random.below(4) === 0) await peer.idle(random.below(200));
    }
    await sayGoodbye(peer);
  },

  async "compressed chatter"(peer, random) {
    await peer.shakeHands(true);
    for (let count = 1 + random.below(20); count > 0; count--) {
      const text = `{"user":${random.below(1_000)},"text":"${"so it goes ".repeat(random.below(50))}"}`;
      peer.write(clientFrame(TEXT, compressAlone(Buffer.from(text)), true));
      await peer.idle(random.below(100));
    }
    await sayGoodbye(peer);
  },

  async "connects and says nothing"(peer, random) {
    await peer.idle(random.below(HOLD));
  },

  async "abandons the handshake"(peer, random) {
    const request = buildRequest(1, false);
    peer.write(request.slice(0, random.below(request.length)));
    await peer.idle(random.below(HOLD));
  },

  async "drips the handshake"(peer, random) {
    for (const character of buildRequest(1, false).slice(0, 20)) {
      peer.write(character);
      await peer.idle(random.below(100));
    }
  },

  async "garbage instead of a request"(peer, random) {
    peer.write(random.bytes(1 + random.below(5_000)));
    await peer.untilGone();
  },

  async "garbage instead of frames"(peer, random) {
    await peer.shakeHands(random.below(2) === 0);
    peer.write(random.bytes(1 + random.below(500)));
    await peer.idle(random.below(HOLD));
  },

  async "unknown opcodes"(peer) {
    await peer.shakeHands();
    peer.write(clientFrame(0x3, Buffer.alloc(10)));
    await peer.untilGone();
  },

  async "resets within a message"(peer, random) {
    await peer.shakeHands(random.below(2) === 0);
    peer.write(LARGE.subarray(0, 1 + random.below(LARGE.length)));
    await peer.idle(random.below(200));
    peer.socket.resetAndDestroy();
  },

  async "resets while echoes are under way"(peer, random) {
    await peer.shakeHands();
    peer.socket.pause();
    for (let count = random.below(60); count > 0; count--) peer.write(LARGE);
    await peer.idle(random.below(200));
    peer.socket.resetAndDestroy();
  },

  async "closes its half"(peer, random) {
    await peer.shakeHands();
    peer.write(LARGE.subarray(0, random.below(LARGE.length)));
    peer.socket.end();
    await peer.untilGone();
  },

  async "reads slowly"(peer, random) {
    await peer.shakeHands();
    for (let count = 0; count < 40; count++) {
      peer.socket.pause();
      peer.write(LARGE);
      await peer.idle(random.below(50));
      peer.socket.resume();
    }
    await sayGoodbye(peer);
  },

  async "never reads"(peer, random) {
    await peer.shakeHands();
    peer.socket.pause();
    for (let count = 0; count < 400 && peer.write(LARGE); count++);
    await peer.idle(random.below(HOLD));
  },

  async "a flood of pings"(peer, random) {
    await peer.shakeHands();
    peer.socket.pause();
    for (let count = 0; count < 20 && peer.write(PINGS); count++);
    await peer.idle(random.below(500));
    peer.socket.resume();
    await sayGoodbye(peer);
  },

  async "a flood of fragments"(peer, random) {
    await peer.shakeHands();
    peer.write(fragment(BINARY, Buffer.alloc(1)));
    for (let count = 0; count < 5 && peer.write(FRAGMENTS); count++);
    await peer.idle(random.below(500));
  },

  async "a message that is too big"(peer) {
    await peer.shakeHands();
    peer.write(clientFrame(BINARY, Buffer.alloc(65_536)).fill(0x7f, 2, 3).subarray(0, 14));
    await peer.untilGone();
  },

  async "a bomb"(peer) {
    await peer.shakeHands(true);
    peer.write(BOMB);
    await peer.untilGone();
  },

  async "closes and goes on"(peer, random) {
    await peer.shakeHands();
    peer.write(clientFrame(CLOSE, Buffer.from([3, 0xe8])));
    for (let count = random.below(20); count > 0; count--) peer.write(LARGE);
    await peer.untilGone();
  },

  async "closes and stays"(peer, random) {
    await peer.shakeHands();
    peer.write(clientFrame(CLOSE, Buffer.from([3, 0xe8])));
    await peer.untilGone();
    await peer.idle(random.below(HOLD));
  },
};

/** The payload of the next frame, which must be binary. A server that waits for a slow machine may ask for a sign of life. */
async function readEcho(peer: Peer): Promise<Buffer> {
  for (;;) {
    const [first, short] = (await peer.read(2)) as unknown as [number, number];
    const length = short === 126 ? (await peer.read(2)).readUInt16BE() : short;
    const payload = await peer.read(length);
    if (first === 0x80 + BINARY) return payload;
    if (first !== 0x80 + PING) throw new Error(`expected an echo, got a frame that begins with ${first.toString(16)}`);
    peer.write(clientFrame(PONG, payload));
  }
}

async function sayGoodbye(peer: Peer): Promise<void> {
  peer.write(clientFrame(CLOSE, Buffer.from([3, 0xe8])));
  await peer.untilGone();
}

function clientFrame(opcode: number, payload: Uint8Array, compressed = false): Buffer {
  return buildFrame({ opcode, payload: Buffer.from(payload), compressed, maskingKey: 0x12345678 });
}

function fragment(opcode: number, payload: Uint8Array): Buffer {
  const frame = clientFrame(opcode, payload);
  frame[0] = opcode;
  return frame;
}

function repeated(frame: Buffer, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => frame));
}
