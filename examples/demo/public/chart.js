/**
 * Two small charts in SVG: a line with its area, and bars. Knows nothing of what the numbers mean.
 */

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 4;

/**
 * @param {SVGSVGElement} svg
 * @param {readonly number[]} values oldest first
 * @param {number} capacity values that fill the width; fewer stand at the right
 */
export function drawLine(svg, values, capacity) {
  const { width, height } = measure(svg);
  const [low, high] = padded(Math.min(...values), Math.max(...values));
  const x = (index) => MARGIN + ((capacity - values.length + index) / (capacity - 1)) * (width - 2 * MARGIN);
  const y = (value) => height - MARGIN - ((value - low) / (high - low)) * (height - 2 * MARGIN);
  const points = values.map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`);
  const last = values.length - 1;
  part(svg, "path", "area").setAttribute("d", `M${x(0)} ${height}L${points.join("L")}L${x(last)} ${height}Z`);
  part(svg, "path", "line").setAttribute("d", `M${points.join("L")}`);
  place(part(svg, "circle", "tip"), { cx: x(last), cy: y(values[last]), r: 3 });
}

/**
 * @param {SVGSVGElement} svg
 * @param {readonly (number | null)[]} values oldest first, from 0; `null` is a gap
 * @param {number} capacity values that fill the width
 */
export function drawBars(svg, values, capacity) {
  const { width, height } = measure(svg);
  const high = Math.max(1, ...values.map((value) => value ?? 0));
  const step = width / capacity;
  let bars = "";
  let gaps = "";
  values.forEach((value, index) => {
    const x = ((capacity - values.length + index + 0.5) * step).toFixed(1);
    if (value === null) gaps += `M${x} ${height - 2}v-2`;
    else bars += `M${x} ${height - 2}V${(height - 4 - (value / high) * (height - 8)).toFixed(1)}`;
  });
  place(part(svg, "path", "bars"), { d: bars, "stroke-width": Math.max(1.5, step * 0.56) });
  place(part(svg, "path", "gaps"), { d: gaps, "stroke-width": Math.max(1.5, step * 0.56) });
}

/** Draws in CSS pixels: strokes and dots keep their shape at every width. */
export function measure(svg) {
  const { clientWidth: width, clientHeight: height } = svg;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { width, height };
}

/** The child of that class, made at first use. */
export function part(svg, tag, name) {
  const found = svg.querySelector(`:scope > .${name}`);
  if (found) return found;
  const made = document.createElementNS(SVG, tag);
  made.setAttribute("class", name);
  return svg.appendChild(made);
}

export function place(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

/** A flat line stands in the middle. */
function padded(low, high) {
  const space = (high - low) * 0.1 || 1;
  return [low - space, high + space];
}
