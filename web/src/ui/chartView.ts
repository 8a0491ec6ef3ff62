import type { ChartKind, ChartView } from "../charts/view";
import type { Locale } from "../core/format/locale";
import { formatNumber, MISSING } from "../core/format/number";
import type { Scale } from "../core/format/quantity";
import { axisTime, clockTime } from "../core/format/time";
import type { ChartState } from "../core/home/state";
import type { Messages } from "../core/messages";
import { cutAfter, type Frame, type FrameSeries, hasValues, lastValue } from "../core/series/frame";
import type { LegendEntry } from "./Legend";

/** A chart ready for the screen. `view` is missing while there is nothing to draw. */
export interface ChartDescription {
  readonly title: string;
  readonly unit: string;
  readonly view: ChartView | undefined;
  readonly legend: readonly LegendEntry[];
  /** What the chart says, for those who do not see it. */
  readonly summary: string;
}

/** What differs from chart to chart. */
export interface Traits {
  readonly kind: ChartKind;
  readonly base: 2 | 10;
  readonly scale: Scale;
  /** Digits after the mark in legend and tooltip. */
  readonly decimals: number;
  /** The unit in the tooltip, with the space before it. */
  readonly suffix: string;
  readonly unit: string;
  readonly tops?: readonly number[];
  readonly threshold?: { readonly value: number; readonly label: string };
  /** The name of a series in the tooltip, where it is not that of the legend. */
  tooltipName?(series: FrameSeries): string;
}

export interface ViewWords {
  readonly messages: Messages;
  readonly locale: Locale;
  readonly hidden: ReadonlySet<string>;
  /** Unix seconds after which a line would only repeat an old value. */
  readonly endsAt: number | undefined;
}

/** Puts a chart's data into the units and words of the screen; `traitsOf` sees what is left of the data. */
export function describeView(title: string, state: ChartState, words: ViewWords, traitsOf: (frame: Frame) => Traits): ChartDescription {
  const frame: Frame = state.status === "ready" ? cutAfter(state.frame, words.endsAt) : { times: [], series: [] };
  if (state.status !== "ready" || !hasValues(frame)) return { title, unit: "", view: undefined, legend: [], summary: title };
  const traits = traitsOf(frame);
  const scaled = scaleFrame(frame, traits.scale.size);
  const legend = legendOf(scaled, traits, words);
  const view: ChartView = {
    kind: traits.kind,
    frame: scaled,
    span: state.span,
    base: traits.base,
    names: scaled.series.map((series) => traits.tooltipName?.(series) ?? seriesName(series.key, words.messages)),
    hidden: words.hidden,
    formatValue: (value) => `${formatNumber(value, traits.decimals, words.locale)}${traits.suffix}`,
    formatTick: (value, decimals) => formatNumber(value, decimals, words.locale),
    formatTime: (time, step) => axisTime(time, step, words.locale),
    formatInstant: (time) => clockTime(time, words.locale, true),
    ...(traits.tops === undefined ? {} : { tops: traits.tops }),
    ...(traits.threshold === undefined ? {} : { threshold: traits.threshold }),
  };
  const values = legend.map((entry) => `${entry.name} ${entry.value}`).join(", ");
  return { title, unit: traits.unit, view, legend, summary: `${words.messages.chart.summary(title, values)}. ${words.messages.chart.keys}` };
}

/** One entry per key: a device with two directions shows both values, in / out. */
function legendOf(frame: Frame, traits: Traits, { messages, locale }: ViewWords): LegendEntry[] {
  const entries = new Map<string, LegendEntry>();
  for (const series of frame.series) {
    const value = lastValue(frame, series);
    const text = value === null ? MISSING : formatNumber(value, traits.decimals, locale);
    const before = entries.get(series.key);
    const suffix = traits.kind === "stack" && traits.suffix === " %" ? traits.suffix : "";
    entries.set(
      series.key,
      before === undefined
        ? { key: series.key, name: seriesName(series.key, messages), colour: series.colour, value: `${text}${suffix}` }
        : { ...before, value: `${before.value} / ${text}` },
    );
  }
  return [...entries.values()];
}

/** Known keys have words; everything else is the name of a device and stays as it is. */
export function seriesName(key: string, { series }: Messages): string {
  const words: Readonly<Record<string, string>> = series;
  return words[key] ?? key;
}

function scaleFrame(frame: Frame, size: number): Frame {
  if (size === 1) return frame;
  const series = frame.series.map((line) => ({ ...line, values: line.values.map((value) => (value === null ? null : value / size)) }));
  return { times: frame.times, series };
}

export function peakOf(frame: Frame): number {
  let peak = 0;
  for (const series of frame.series) for (const value of series.values) if (value !== null && value > peak) peak = value;
  return peak;
}
