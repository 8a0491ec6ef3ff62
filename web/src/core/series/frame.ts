import type { MatrixSeries } from "../api/types";

/** Names of the series colours in the design tokens (`--c1` …), those of states and the neutral ones. */
export type SeriesColour =
  | "c1" | "c2" | "c3" | "c4" | "c5" | "c6" | "c7" | "c8" | "c9" | "c10"
  | "crit-g" | "warn-g" | "info-g" | "mute-g" | "line-2";

/** One line or band of a chart. `values[i]` belongs to `times[i]` of its frame; null where there is none. */
export interface FrameSeries {
  /** Stable identity, such as a mode or a device. */
  readonly key: string;
  readonly colour: SeriesColour;
  readonly values: readonly (number | null)[];
  /** Only in charts with two directions: drawn below zero. */
  readonly isBelow?: boolean;
}

/** What a chart draws: one time column (unix seconds, rising) shared by all series. */
export interface Frame {
  readonly times: readonly number[];
  readonly series: readonly FrameSeries[];
}

/** Series put on one shared time column. */
export interface AlignedSeries {
  readonly metric: MatrixSeries["metric"];
  readonly values: readonly (number | null)[];
}

export interface Aligned {
  readonly times: readonly number[];
  readonly series: readonly AlignedSeries[];
}

/**
 * Puts all series on the grid `from, from + step … ≤ to`, plus any instants of their own
 * (the newest point may lie off the grid). Values that are not finite become gaps.
 */
export function align(matrix: readonly MatrixSeries[], from: number, to: number, step: number): Aligned {
  const times = timeColumn(matrix, from, to, step);
  const rowOf = new Map(times.map((time, row) => [key(time), row]));
  const series = matrix.map((line) => {
    const values: (number | null)[] = new Array<number | null>(times.length).fill(null);
    line.times.forEach((time, i) => {
      const row = rowOf.get(key(time));
      const value = line.values[i];
      if (row !== undefined && value !== undefined && Number.isFinite(value)) values[row] = value;
    });
    return { metric: line.metric, values };
  });
  return { times, series };
}

/** Milliseconds as the identity of an instant: the API writes times with three decimals. */
function key(time: number): number {
  return Math.round(time * 1000);
}

function timeColumn(matrix: readonly MatrixSeries[], from: number, to: number, step: number): readonly number[] {
  const instants = new Set<number>();
  const count = Math.floor((to - from) / step + 1e-9);
  for (let i = 0; i <= count; i += 1) instants.add(key(from + i * step));
  for (const line of matrix) for (const time of line.times) instants.add(key(time));
  return [...instants].sort((a, b) => a - b).map((ms) => ms / 1000);
}

/** The newest value of a series and null when it has none at the newest instant that any series has. */
export function lastValue(frame: Frame, series: FrameSeries): number | null {
  for (let row = frame.times.length - 1; row >= 0; row -= 1) {
    if (frame.series.some((other) => other.values[row] !== null && other.values[row] !== undefined)) {
      return series.values[row] ?? null;
    }
  }
  return null;
}

/** Sum of several columns; null where all are. */
export function sumColumns(columns: readonly (readonly (number | null)[])[], rows: number): (number | null)[] {
  const sum: (number | null)[] = [];
  for (let row = 0; row < rows; row += 1) {
    let total: number | null = null;
    for (const column of columns) {
      const value = column[row];
      if (value !== null && value !== undefined) total = (total ?? 0) + value;
    }
    sum.push(total);
  }
  return sum;
}

/** The frame with every value after `time` taken out; unchanged without a time. */
export function cutAfter(frame: Frame, time: number | undefined): Frame {
  if (time === undefined) return frame;
  const series = frame.series.map((line) => ({
    ...line,
    values: line.values.map((value, row) => ((frame.times[row] ?? 0) > time ? null : value)),
  }));
  return { times: frame.times, series };
}

export function hasValues(frame: Frame): boolean {
  return frame.series.some((series) => series.values.some((value) => value !== null));
}
