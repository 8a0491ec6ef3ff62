import { type Frame, sumColumns } from "../series/frame";
import type { Readings } from "./state";
import type { TileId } from "./tiles";

type Column = readonly (number | null)[];

/** Points of a sparkline: it is some 90 pixels wide. */
const SPARK_POINTS = 48;

/** The course of a tile's number, from the data of the chart it shares, thinned out to the width of a sparkline. */
export function sparkValues(id: TileId, frame: Frame, readings: Readings): Column {
  return thinOut(columnOf(id, frame, readings), SPARK_POINTS);
}

/** At most `points` means of neighbouring values; a group without values stays a gap. */
export function thinOut(column: Column, points: number): Column {
  if (column.length <= points) return column;
  return Array.from({ length: points }, (_, i) => {
    const from = Math.floor((i * column.length) / points);
    const to = Math.floor(((i + 1) * column.length) / points);
    const known = column.slice(from, to).filter((value): value is number => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

function columnOf(id: TileId, frame: Frame, readings: Readings): Column {
  const rows = frame.times.length;
  const columns = (keep: (key: string) => boolean) => frame.series.filter((series) => keep(series.key)).map((series) => series.values);
  switch (id) {
    case "cpu":
      return sumColumns(columns(() => true), rows);
    case "memory":
      return sumColumns(columns((key) => key === "apps"), rows);
    case "load":
      return divide(sumColumns(columns((key) => key === "node_load1"), rows), readings.threads);
    case "network":
      return sumColumns(frame.series.filter((series) => series.isBelow !== true).map((series) => series.values), rows);
    case "disk":
    case "temperature":
    case "disk_busy":
      return frame.series[0]?.values ?? [];
  }
}

function divide(column: Column, by: number | undefined): Column {
  if (by === undefined || by === 0) return column;
  return column.map((value) => (value === null ? null : value / by));
}
