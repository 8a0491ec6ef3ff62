import type uPlot from "uplot";
import type { Palette } from "./palette";
import { type TimeTicks, timeTicks, type ValueTicks } from "./ticks";
import type { ChartView } from "./view";

/** Room around the plot in CSS pixels: top, right, bottom, left. */
export type Padding = [number, number, number, number];

const PADDING: Padding = [7, 6, 18, 36];
const PLAIN_PADDING: Padding = [4, 0, 18, 0];

export function paddingOf(view: ChartView): Padding {
  return view.hasNoValueAxis === true ? PLAIN_PADDING : PADDING;
}

const LABEL_SIZE = 10.5;

/** Least distance of two time labels in CSS pixels. */
const TIME_LABEL_DISTANCE = 76;

/** Draws gridlines and labels. uPlot's own axes are off: ours keep first and last label inside and know two tones. */
export function drawAxes(u: uPlot, view: ChartView, ticks: ValueTicks, palette: Palette): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `420 ${LABEL_SIZE * ratio}px ${palette.font}`;
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  drawTimes(u, view, timeTicksOf(u, view), palette, ratio);
  if (view.hasNoValueAxis !== true) drawValues(u, view, ticks, palette, ratio);
  ctx.restore();
}

function timeTicksOf(u: uPlot, view: ChartView): TimeTicks {
  const width = u.bbox.width / devicePixelRatio;
  const utcOffset = -new Date(view.span.to * 1000).getTimezoneOffset() * 60;
  return timeTicks(view.span.from, view.span.to, Math.floor(width / TIME_LABEL_DISTANCE), utcOffset);
}

function drawValues(u: uPlot, view: ChartView, ticks: ValueTicks, palette: Palette, ratio: number): void {
  const { ctx, bbox } = u;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const value of ticks.values) {
    const y = crisp(u.valToPos(value, "y", true), ratio);
    ctx.strokeStyle = value === 0 ? palette.gridZero : palette.grid;
    line(ctx, bbox.left, y, bbox.left + bbox.width, y);
    const shown = view.kind === "mirror" ? Math.abs(value) : value;
    ctx.fillStyle = palette.axis;
    ctx.fillText(view.formatTick(shown, ticks.decimals), bbox.left - 6 * ratio, y + 0.5 * ratio);
  }
}

function drawTimes(u: uPlot, view: ChartView, ticks: TimeTicks, palette: Palette, ratio: number): void {
  const { ctx, bbox } = u;
  const baseline = bbox.top + bbox.height + 13 * ratio;
  const rightEdge = bbox.left + bbox.width;
  let freeFrom = Number.NEGATIVE_INFINITY;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  for (const time of ticks.times) {
    const x = crisp(u.valToPos(time, "x", true), ratio);
    ctx.strokeStyle = palette.grid;
    if (view.hasNoValueAxis !== true) line(ctx, x, bbox.top, x, bbox.top + bbox.height);
    const text = view.formatTime(time, ticks.step);
    const width = ctx.measureText(text).width;
    const left = Math.min(Math.max(x - width / 2, bbox.left), rightEdge - width);
    if (left < freeFrom) continue;
    ctx.fillStyle = palette.axis;
    ctx.fillText(text, left, baseline);
    freeFrom = left + width + 8 * ratio;
  }
}

/** The limit: a dashed line with its name on it. */
export function drawThreshold(u: uPlot, threshold: NonNullable<ChartView["threshold"]>, palette: Palette): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const y = crisp(u.valToPos(threshold.value, "y", true), ratio);
  if (y < bbox.top - ratio || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = palette.crit;
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  line(ctx, bbox.left, y, bbox.left + bbox.width, y);
  ctx.setLineDash([]);
  ctx.font = `420 ${LABEL_SIZE * ratio}px ${palette.font}`;
  ctx.textAlign = "left";
  // Above the line, or below it when there is no room.
  const isRoomAbove = y - bbox.top > 14 * ratio;
  ctx.textBaseline = isRoomAbove ? "bottom" : "top";
  const at = isRoomAbove ? y - 2 * ratio : y + 3 * ratio;
  ctx.lineWidth = 4 * ratio;
  ctx.lineJoin = "round";
  ctx.strokeStyle = palette.surface;
  ctx.strokeText(threshold.label, bbox.left + 5 * ratio, at);
  ctx.fillStyle = palette.crit;
  ctx.fillText(threshold.label, bbox.left + 5 * ratio, at);
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** Onto the middle of a device pixel, so that a hairline stays a hairline. */
function crisp(position: number, ratio: number): number {
  const isOdd = Math.max(1, Math.round(ratio)) % 2 === 1;
  return Math.round(position) + (isOdd ? 0.5 : 0);
}
