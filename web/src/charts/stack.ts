import type { Frame, FrameSeries } from "../core/series/frame";
import type { ChartKind } from "./view";

type Column = (number | null)[];

/** What is drawn: one column per series, in the order of the frame; hidden series are all gaps. */
export interface Drawn {
  readonly times: readonly number[];
  readonly columns: readonly Column[];
  readonly min: number;
  readonly max: number;
}

/** From the values of a frame to the heights on the chart. */
export function toDrawn(frame: Frame, kind: ChartKind, hidden: ReadonlySet<string>): Drawn {
  const columns = columnsOf(frame, kind, hidden);
  let min = 0;
  let max = 0;
  for (const column of columns) {
    for (const value of column) {
      if (value === null) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { times: frame.times, columns, min, max };
}

function columnsOf(frame: Frame, kind: ChartKind, hidden: ReadonlySet<string>): Column[] {
  if (kind === "stack") return stackColumns(frame, hidden);
  if (kind !== "bars") return plainColumns(frame, hidden);
  // Drawn one over the other, tallest first: what a later bar leaves free is the share of the one before.
  const upsideDown = { times: frame.times, series: [...frame.series].reverse() };
  return stackColumns(upsideDown, hidden).reverse();
}

/** Each band's upper edge. Where one band has a gap but others have values, it counts as nothing. */
function stackColumns(frame: Frame, hidden: ReadonlySet<string>): Column[] {
  const rows = frame.times.length;
  const total: number[] = new Array<number>(rows).fill(0);
  const isKnown = frame.times.map((_, row) => frame.series.some((series) => isValue(series.values[row])));
  return frame.series.map((series) => {
    if (hidden.has(series.key)) return gaps(rows);
    return isKnown.map((known, row) => {
      if (!known) return null;
      const height = (total[row] ?? 0) + (series.values[row] ?? 0);
      total[row] = height;
      return height;
    });
  });
}

function plainColumns(frame: Frame, hidden: ReadonlySet<string>): Column[] {
  return frame.series.map((series) => (hidden.has(series.key) ? gaps(frame.times.length) : sideColumn(series, frame.times.length)));
}

function sideColumn(series: FrameSeries, rows: number): Column {
  const sign = series.isBelow === true ? -1 : 1;
  return Array.from({ length: rows }, (_, row) => {
    const value = series.values[row];
    return isValue(value) ? sign * value || 0 : null;
  });
}

/** Rows whose value has gaps on both sides: a line has no length there, so a dot is drawn. */
export function lonelyRows(column: readonly (number | null | undefined)[]): number[] {
  const rows: number[] = [];
  column.forEach((value, row) => {
    if (isValue(value) && !isValue(column[row - 1]) && !isValue(column[row + 1])) rows.push(row);
  });
  return rows;
}

function gaps(rows: number): Column {
  return new Array<number | null>(rows).fill(null);
}

function isValue(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}
