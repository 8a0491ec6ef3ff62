import type uPlot from "uplot";
import type { Mark, MarkTone } from "../core/timeline";
import { type Palette, withAlpha } from "./palette";

const TRIANGLE_PX = 4;

const FIRING_ALPHA = 0.1;

/** Marks nearer to each other than this, in CSS pixels, are one line in the colour of the gravest. */
const APART_PX = 3;

const GRAVITY: Record<MarkTone, number> = { crit: 3, warn: 2, info: 1, mute: 0 };

/** Tints the ground from the moment on at which an alert began to fire. */
export function drawFiring(u: uPlot, since: number, palette: Palette): void {
  const { ctx, bbox } = u;
  const from = Math.max(bbox.left, u.valToPos(since, "x", true));
  const width = bbox.left + bbox.width - from;
  if (width <= 0) return;
  ctx.save();
  ctx.fillStyle = withAlpha(palette.crit, FIRING_ALPHA);
  ctx.fillRect(from, bbox.top, width, bbox.height);
  ctx.restore();
}

/** Draws what happened: a dashed line with a triangle on top for each. */
export function drawMarks(u: uPlot, marks: readonly Mark[], palette: Palette): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const right = bbox.left + bbox.width;
  const places = marks
    .map((mark) => ({ x: u.valToPos(mark.time, "x", true), tone: mark.tone }))
    .filter(({ x }) => x >= bbox.left && x <= right);
  ctx.save();
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  for (const { x, tone } of apart(places, APART_PX * ratio)) {
    const colour = palette.tone(tone);
    const at = Math.round(x) + 0.5;
    ctx.strokeStyle = colour;
    ctx.setLineDash([2 * ratio, 2 * ratio]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.moveTo(at - TRIANGLE_PX * ratio, bbox.top - 6 * ratio);
    ctx.lineTo(at + TRIANGLE_PX * ratio, bbox.top - 6 * ratio);
    ctx.lineTo(at, bbox.top);
    ctx.fill();
  }
  ctx.restore();
}

/** Of places nearer to each other than a distance only the gravest stays. */
export function apart<T extends { readonly x: number; readonly tone: MarkTone }>(places: readonly T[], distance: number): readonly T[] {
  const kept: T[] = [];
  for (const place of [...places].sort((a, b) => a.x - b.x)) {
    const last = kept.at(-1);
    if (last === undefined || place.x - last.x >= distance) kept.push(place);
    else if (GRAVITY[place.tone] > GRAVITY[last.tone]) kept[kept.length - 1] = place;
  }
  return kept;
}

/** Draws the held instant: a line, and a dot on every series. */
export function drawPin(u: uPlot, time: number, colours: readonly string[], palette: Palette): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const x = u.valToPos(time, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const at = Math.round(x) + 0.5;
  ctx.save();
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.strokeStyle = palette.cursor;
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, bbox.top + bbox.height);
  ctx.stroke();
  const row = u.valToIdx(time);
  ctx.lineWidth = 1.5 * ratio;
  ctx.strokeStyle = palette.surface;
  colours.forEach((colour, i) => {
    const value = u.data[i + 1]?.[row];
    if (value === null || value === undefined) return;
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(at, u.valToPos(value, "y", true), 3 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  });
  ctx.restore();
}
