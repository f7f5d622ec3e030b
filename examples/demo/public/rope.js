/**
 * The mooring line between this page and the server: taut while connected, parted while not. It hangs by the ticker's
 * tension, and every echo sends a light along it. Decoration: whatever it shows stands in words beside it.
 */

import { measure, part, place } from "./chart.js";

const THICKNESS = 11;
const LAY = 7;
const TRIP = 900;
const BOLLARD = "M-15 0h30M-9 0v-26h18v26M-14 -26q-2 -9 5 -10h18q7 1 5 10z";

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Rope {
  #svg;
  #state = "connecting";
  #tension = 30;
  #sag = 40;
  #lights = [];
  #frame = 0;

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.#svg = svg;
    new ResizeObserver(() => this.#wake()).observe(svg);
  }

  /** @param {"open" | "connecting" | "waiting" | "closed"} state */
  setState(state) {
    this.#state = state;
    this.#wake();
  }

  /** @param {number} tension in kilonewtons */
  setTension(tension) {
    this.#tension = tension;
    this.#wake();
  }

  /** One echo came back. */
  light() {
    if (still.matches || document.hidden) return;
    this.#lights.push(performance.now());
    this.#wake();
  }

  #wake() {
    this.#frame ||= requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now) {
    this.#frame = 0;
    const goal = this.#state === "open" ? 46 - Math.min(38, Math.max(0, this.#tension - 14)) : 46;
    this.#sag += still.matches ? goal - this.#sag : (goal - this.#sag) * 0.08;
    this.#lights = this.#lights.filter((start) => now - start < TRIP);
    this.#paint(now);
    if (Math.abs(goal - this.#sag) > 0.3 || this.#lights.length > 0) this.#wake();
  }

  #paint(now) {
    const { width, height } = measure(this.#svg);
    const quay = height - 22;
    const [left, right, top] = [46, width - 46, quay - 22];
    this.#paintHarbour(width, quay, left, right);
    this.#svg.dataset.state = this.#state;
    const whole = curve([left, top], [(left + right) / 2, top + 2 * this.#sag], [right, top]);
    const isParted = this.#state === "waiting" || this.#state === "closed";
    const pieces = isParted ? hangingEnds(left, right, top, quay) : [whole];
    place(part(this.#svg, "path", "core"), { d: pieces.map(outline).join(""), "stroke-width": THICKNESS });
    place(part(this.#svg, "path", "strands"), { d: pieces.map(strands).join("") });
    place(part(this.#svg, "path", "turns"), { d: turns(left, top) + turns(right, top) });
    this.#paintLights(now, whole, isParted);
  }

  #paintHarbour(width, quay, left, right) {
    place(part(this.#svg, "path", "water"), { d: wave(width, quay + 12) });
    place(part(this.#svg, "path", "quay"), { d: `M0 ${quay}H${left + 34}M${right - 34} ${quay}H${width}` });
    place(part(this.#svg, "path", "bollard-here"), { d: BOLLARD, transform: `translate(${left} ${quay})` });
    place(part(this.#svg, "path", "bollard-there"), { d: BOLLARD, transform: `translate(${right} ${quay})` });
  }

  /** There and back in one trip, however short the real one was. */
  #paintLights(now, at, isParted) {
    const dots = (isParted ? [] : this.#lights).map((start) => {
      const done = (now - start) / TRIP;
      const [x, y] = at(done < 0.5 ? done * 2 : 2 - done * 2);
      return `M${x.toFixed(1)} ${y.toFixed(1)}h.01`;
    });
    place(part(this.#svg, "path", "lights"), { d: dots.join("") });
  }
}

/** A quadratic Bézier curve: the point at `t` from 0 to 1. */
function curve([x0, y0], [x1, y1], [x2, y2]) {
  const mix = (a, b, c, t) => (1 - t) ** 2 * a + 2 * (1 - t) * t * b + t ** 2 * c;
  return (t) => [mix(x0, x1, x2, t), mix(y0, y1, y2, t)];
}

function hangingEnds(left, right, top, quay) {
  const reach = Math.min(150, (right - left) * 0.3);
  const ends = [
    [left, 1],
    [right, -1],
  ];
  return ends.map(([x, way]) => curve([x, top], [x + way * reach * 0.55, top + 2], [x + way * reach * 0.8, quay + 12]));
}

/** The turns that the line takes around its bollard. */
function turns(x, y) {
  return `M${x - 10} ${y}h20M${x - 10} ${y + 9}h20`;
}

function outline(at) {
  const points = Array.from({ length: 49 }, (_, index) =>
    at(index / 48)
      .map((value) => value.toFixed(1))
      .join(" "),
  );
  return `M${points.join("L")}`;
}

/** The lay of the rope: short strokes across it, leaning, every few pixels. */
function strands(at) {
  let path = "";
  let travelled = 0;
  let [x, y] = at(0);
  for (let step = 1; step <= 600; step++) {
    const [nextX, nextY] = at(step / 600);
    const length = Math.hypot(nextX - x, nextY - y);
    travelled += length;
    if (travelled >= LAY) {
      travelled -= LAY;
      path += strand(nextX, nextY, (nextX - x) / length, (nextY - y) / length);
    }
    [x, y] = [nextX, nextY];
  }
  return path;
}

function strand(x, y, alongX, alongY) {
  const [lean, half] = [3.4, THICKNESS / 2 - 0.8];
  const [dx, dy] = [alongX * lean - alongY * half, alongY * lean + alongX * half];
  const number = (value) => value.toFixed(1);
  return `M${number(x - dx)} ${number(y - dy)}Q${number(x + alongX * 1.6)} ${number(y + alongY * 1.6)} ${number(x + dx)} ${number(y + dy)}`;
}

function wave(width, y) {
  let path = `M0 ${y}`;
  for (let x = 0; x < width; x += 48) path += "q12 -5 24 0t24 0";
  return path;
}
