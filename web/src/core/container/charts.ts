import * as queries from "../queries/container";
import type { Aligned, Frame, FrameSeries, SeriesColour } from "../series/frame";
import { sumColumns } from "../series/frame";
import { deviceLines } from "../series/shape";
import type { SourceSpec } from "../series/source";

export type ContainerChartId = "cpu" | "memory" | "network" | "disk";

export const CONTAINER_CHARTS: Record<ContainerChartId, SourceSpec> = {
  cpu: { query: queries.containerCpuOverTime, shape: cpuLines },
  memory: { query: queries.containerMemoryOverTime, shape: memoryLines },
  network: { query: queries.containerNetworkOverTime, shape: (aligned) => deviceLines(asDevices(aligned), ["c3", "c4", "c7", "c1"]) },
  disk: { query: queries.containerDiskOverTime, shape: (aligned) => deviceLines(asDevices(aligned), ["c1", "c2", "c7", "c6"]) },
};

/** What was used; for how long it was held back only where that ever happened. */
export function cpuLines(aligned: Aligned): Frame {
  const used = valuesOf(aligned, "part", "used");
  const throttled = valuesOf(aligned, "part", "throttled");
  const series: FrameSeries[] = [{ key: "used", colour: "c3", values: used }];
  if (throttled.some((value) => value !== null && value > 0)) series.push({ key: "throttled", colour: "c5", values: throttled });
  return { times: aligned.times, series };
}

const MEMORY_LINES: readonly { readonly key: string; readonly name: string; readonly colour: SeriesColour }[] = [
  { key: "working_set", name: "container_memory_working_set_bytes", colour: "c6" },
  { key: "rss", name: "container_memory_rss", colour: "c7" },
  { key: "cache", name: "container_memory_cache", colour: "c1" },
  { key: "swap", name: "container_memory_swap", colour: "c8" },
];

/** Swap only where some was used. */
export function memoryLines(aligned: Aligned): Frame {
  const lines = MEMORY_LINES.map(({ key, name, colour }) => ({ key, colour, values: valuesOf(aligned, "__name__", name) }));
  const isShown = ({ key, values }: FrameSeries) => values.some((value) => value !== null && (key !== "swap" || value > 0));
  return { times: aligned.times, series: lines.filter(isShown) };
}

/** Of a container made anew under its name, both have series: together they are its course. */
function valuesOf(aligned: Aligned, label: string, value: string): readonly (number | null)[] {
  const columns = aligned.series.filter((line) => line.metric[label] === value).map((line) => line.values);
  return sumColumns(columns, aligned.times.length);
}

/** An interface is drawn like a device; of a device the directory does not matter. */
function asDevices(aligned: Aligned): Aligned {
  const series = aligned.series.map((line) => {
    const device = line.metric["interface"] ?? (line.metric["device"] ?? "").replace(/^\/dev\//, "");
    return { ...line, metric: { ...line.metric, device } };
  });
  return { times: aligned.times, series };
}
