import type { MatrixSeries } from "../api/types";
import type { Frame, SeriesColour } from "../series/frame";
import type { Span } from "../time/range";
import { chooseStep, promDuration } from "../time/step";
import { hasLabelStages } from "./edit";
import { type Band, bandOf, BANDS, LEVEL_FIELD } from "./levels";
import { readStructure } from "./structure";

/** Bars over the whole span: each is wide enough to be hit. */
const BARS = 120;

/** What the bars ask for. Times are unix seconds. */
export interface VolumePlan {
  readonly query: string;
  /** Ends of the first and the last bar. */
  readonly start: number;
  readonly end: number;
  /** Width of a bar in seconds. */
  readonly step: number;
}

/** Lines per level over time. */
export interface Volume {
  /** `times[i]` is the middle of bar i; the loudest level is the first series. */
  readonly frame: Frame;
  readonly span: Span;
  readonly step: number;
  readonly totals: Readonly<Record<Band, number>>;
}

const COLOURS: Record<Band, SeriesColour> = { error: "crit-g", warn: "warn-g", info: "info-g", debug: "mute-g", unknown: "line-2" };

/** The colour of a band in charts and legends. */
export function bandColour(band: Band): SeriesColour {
  return COLOURS[band];
}

/** Bars begin at full steps, so that they stay where they are while time goes on. */
export function planVolume(query: string, span: Span): VolumePlan {
  const step = chooseStep(span.to - span.from, BARS);
  const start = Math.floor(span.from / step) * step + step;
  const end = Math.max(start, Math.ceil(span.to / step) * step);
  // A line whose fields could not be read has an __error__, and numbers must not fail because of it.
  const pipeline = hasLabelStages(readStructure(query)) ? `${query}\n| drop __error__, __error_details__` : query;
  // On lines of their own, since the query may end in a comment.
  return { query: `sum by (${LEVEL_FIELD}) (count_over_time(${pipeline}\n[${promDuration(step)}]))`, start, end, step };
}

export function shapeVolume(matrix: readonly MatrixSeries[], plan: VolumePlan, span: Span): Volume {
  const count = Math.round((plan.end - plan.start) / plan.step) + 1;
  const totals: Record<Band, number> = { error: 0, warn: 0, info: 0, debug: 0, unknown: 0 };
  const columns = new Map<Band, number[]>(BANDS.map((band) => [band, new Array<number>(count).fill(0)]));
  for (const series of matrix) {
    const band = bandOf(series.metric[LEVEL_FIELD] ?? "");
    const column = columns.get(band);
    series.times.forEach((time, i) => {
      const bar = Math.round((time - plan.start) / plan.step);
      const value = series.values[i] ?? 0;
      if (column === undefined || bar < 0 || bar >= count || !Number.isFinite(value)) return;
      column[bar] = (column[bar] ?? 0) + value;
      totals[band] += value;
    });
  }
  const series = BANDS.map((band) => ({ key: band, colour: COLOURS[band], values: columns.get(band) ?? [] }));
  const times = Array.from({ length: count }, (_, bar) => plan.start + (bar - 0.5) * plan.step);
  return { frame: { times, series }, span: { from: Math.min(span.from, plan.start - plan.step), to: plan.end }, step: plan.step, totals };
}

/** Lines of all levels. */
export function totalOf(volume: Volume): number {
  return BANDS.reduce((sum, band) => sum + volume.totals[band], 0);
}
