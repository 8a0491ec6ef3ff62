import type { Frame } from "../core/series/frame";
import type { Span } from "../core/time/range";

/** How the series of a chart relate. */
export type ChartKind =
  /** Bands on top of each other. */
  | "stack"
  /** Bars on top of each other, the first series uppermost. A time is the middle of its bar. */
  | "bars"
  /** Lines from zero. */
  | "lines"
  /** Lines above zero and, in the same colour, below it; labels carry no minus. */
  | "mirror";

/** Everything a chart needs to draw itself. Values are in the unit shown. */
export interface ChartView {
  readonly kind: ChartKind;
  readonly frame: Frame;
  readonly span: Span;
  /** 2 for binary units, so that ticks fall on 8, 16, 24; otherwise 10. */
  readonly base: 2 | 10;
  /**
   * Tops the value axis may have, smallest first; the data decides which, and what exceeds the
   * last is cut off. Without it the data alone decides.
   */
  readonly tops?: readonly number[];
  /** At most so many distances between ticks of the value axis, for a low chart. */
  readonly intervals?: number;
  /** Values are counts: no tick stands between two whole numbers. */
  readonly isCount?: boolean;
  /** Without values at the left edge: for bars so low that only their course counts. */
  readonly hasNoValueAxis?: boolean;
  /** Since when an alert about it fires; unix seconds. From there on the ground is tinted. */
  readonly firesSince?: number;
  readonly threshold?: { readonly value: number; readonly label: string };
  /** The name of each series of the frame in the tooltip. */
  readonly names: readonly string[];
  /** Keys of the series that are switched off. */
  readonly hidden: ReadonlySet<string>;
  /** A value with its unit, for the tooltip. */
  formatValue(value: number): string;
  /** A value on the axis; `decimals` is what the tick distance needs. */
  formatTick(value: number, decimals: number): string;
  /** An instant on the axis, as fine as the tick distance `step` (seconds) needs. */
  formatTime(time: number, step: number): string;
  /** An instant in the tooltip. */
  formatInstant(time: number): string;
}
