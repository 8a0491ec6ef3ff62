import type { ChartKind, ChartView } from "../../charts/view";
import type { Locale } from "../../core/format/locale";
import { formatNumber, MISSING } from "../../core/format/number";
import { memoryScale, rateScale, type Scale } from "../../core/format/quantity";
import { axisTime, clockTime } from "../../core/format/time";
import type { ChartId } from "../../core/home/charts";
import type { ChartState } from "../../core/home/state";
import type { Messages } from "../../core/messages";
import { cutAfter, type Frame, type FrameSeries, hasValues, lastValue } from "../../core/series/frame";
import { OTHER_DEVICES } from "../../core/series/shape";
import type { LegendEntry } from "../../ui/Legend";

/** The charts drawn on Home; the others feed sparklines only. */
export type HomeChartId = Extract<ChartId, "cpu" | "memory" | "load" | "disk" | "network">;

/** A chart ready for the screen. `view` is missing while there is nothing to draw. */
export interface ChartDescription {
  readonly title: string;
  readonly unit: string;
  readonly view: ChartView | undefined;
  readonly legend: readonly LegendEntry[];
  /** What the chart says, for those who do not see it. */
  readonly summary: string;
}

interface Words {
  readonly messages: Messages;
  readonly locale: Locale;
  readonly hidden: ReadonlySet<string>;
  readonly threads: number | undefined;
  /** Unix seconds after which a line would only repeat an old value. */
  readonly endsAt: number | undefined;
}

/** What differs from chart to chart. */
interface Traits {
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
}

const PERCENT_TOPS = [10, 25, 50, 100];

/** Up to this many cores the limit is always in the picture; beyond, only when load comes near it. */
const ALWAYS_SHOWN_CORES = 8;

export function describeChart(id: HomeChartId, state: ChartState, words: Words): ChartDescription {
  const frame: Frame = state.status === "ready" ? cutAfter(state.frame, words.endsAt) : { times: [], series: [] };
  const traits = traitsOf(id, frame, words);
  const title = words.messages.chart[id];
  if (state.status !== "ready" || !hasValues(frame)) {
    return { title, unit: "", view: undefined, legend: [], summary: title };
  }
  const scaled = scaleFrame(frame, traits.scale.size);
  const legend = legendOf(scaled, traits, words);
  const view: ChartView = {
    kind: traits.kind,
    frame: scaled,
    span: state.span,
    base: traits.base,
    names: scaled.series.map((series) => tooltipName(id, series, words.messages)),
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

function traitsOf(id: HomeChartId, frame: Frame, { messages, threads }: Words): Traits {
  const { chart } = messages;
  const one: Scale = { unit: "", size: 1 };
  const peak = peakOf(frame);
  switch (id) {
    case "cpu": {
      const unit = threads === undefined ? "%" : chart.cpuUnit(threads);
      return { kind: "stack", base: 10, scale: one, decimals: 1, suffix: " %", unit, tops: PERCENT_TOPS };
    }
    case "memory": {
      const scale = memoryScale(peak);
      return { kind: "stack", base: 2, scale, decimals: 2, suffix: ` ${scale.unit}`, unit: scale.unit };
    }
    case "disk":
    case "network": {
      const scale = rateScale(peak);
      const unit = id === "disk" ? chart.diskUnit(scale.unit) : chart.networkUnit(scale.unit);
      return { kind: "mirror", base: 10, scale, decimals: scale.size === 1 ? 0 : 1, suffix: ` ${scale.unit}`, unit };
    }
    case "load": {
      const traits: Traits = { kind: "lines", base: 10, scale: one, decimals: 2, suffix: "", unit: chart.loadUnit };
      const isNear = threads !== undefined && (threads <= ALWAYS_SHOWN_CORES || peak >= threads / 4);
      return isNear ? { ...traits, threshold: { value: threads, label: chart.cores(threads) } } : traits;
    }
  }
}

/** One entry per key: a device with two directions shows both values, in / out. */
function legendOf(frame: Frame, traits: Traits, { messages, locale }: Words): LegendEntry[] {
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
function seriesName(key: string, { series }: Messages): string {
  const words: Readonly<Record<string, string>> = series;
  return words[key] ?? key;
}

function tooltipName(id: HomeChartId, series: FrameSeries, messages: Messages): string {
  const name = series.key === OTHER_DEVICES ? messages.series.other : seriesName(series.key, messages);
  if (id === "disk") return `${name} ${series.isBelow === true ? messages.series.write : messages.series.read}`;
  if (id === "network") return `${name} ${series.isBelow === true ? messages.series.out : messages.series.in}`;
  return name;
}

function scaleFrame(frame: Frame, size: number): Frame {
  if (size === 1) return frame;
  const series = frame.series.map((line) => ({ ...line, values: line.values.map((value) => (value === null ? null : value / size)) }));
  return { times: frame.times, series };
}

function peakOf(frame: Frame): number {
  let peak = 0;
  for (const series of frame.series) for (const value of series.values) if (value !== null && value > peak) peak = value;
  return peak;
}
