import { memoryScale, rateScale, type Scale } from "../../core/format/quantity";
import type { ChartId } from "../../core/home/charts";
import type { ChartState } from "../../core/home/state";
import type { Messages } from "../../core/messages";
import type { Frame, FrameSeries } from "../../core/series/frame";
import { OTHER_DEVICES } from "../../core/series/shape";
import { type ChartDescription, describeView, peakOf, seriesName, type Traits, type ViewWords } from "../chartView";

/** The charts drawn of a host; the others feed sparklines only. */
export type HostChartId = Extract<ChartId, "cpu" | "memory" | "load" | "disk" | "network">;

interface Words extends ViewWords {
  readonly threads: number | undefined;
}

const PERCENT_TOPS = [10, 25, 50, 100];

/** Up to this many cores the limit is always in the picture; beyond, only when load comes near it. */
const ALWAYS_SHOWN_CORES = 8;

export function describeChart(id: HostChartId, state: ChartState, words: Words): ChartDescription {
  return describeView(words.messages.chart[id], state, words, (frame) => traitsOf(id, frame, words));
}

function traitsOf(id: HostChartId, frame: Frame, { messages, threads }: Words): Traits {
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
      return {
        kind: "mirror",
        base: 10,
        scale,
        decimals: scale.size === 1 ? 0 : 1,
        suffix: ` ${scale.unit}`,
        unit,
        tooltipName: (series) => sideName(id, series, messages),
      };
    }
    case "load": {
      const traits: Traits = { kind: "lines", base: 10, scale: one, decimals: 2, suffix: "", unit: chart.loadUnit };
      const isNear = threads !== undefined && (threads <= ALWAYS_SHOWN_CORES || peak >= threads / 4);
      return isNear ? { ...traits, threshold: { value: threads, label: chart.cores(threads) } } : traits;
    }
  }
}

/** A device and what moved: read or written, in or out. */
export function sideName(id: "disk" | "network", series: FrameSeries, messages: Messages): string {
  const name = series.key === OTHER_DEVICES ? messages.series.other : seriesName(series.key, messages);
  const isBelow = series.isBelow === true;
  const sides = id === "disk" ? (["read", "write"] as const) : (["in", "out"] as const);
  return `${name} ${messages.series[sides[isBelow ? 1 : 0]]}`;
}
