import { type Aligned, type AlignedSeries, type Frame, type FrameSeries, type SeriesColour, sumColumns } from "./frame";

/** From aligned series to what each chart of a host draws. Keys are resolved to words by the page. */

type Column = readonly (number | null)[];

const CPU_BANDS: readonly { key: string; colour: SeriesColour; modes: readonly string[] }[] = [
  { key: "user", colour: "c3", modes: ["user", "nice"] },
  { key: "system", colour: "c4", modes: ["system"] },
  { key: "iowait", colour: "c2", modes: ["iowait"] },
  { key: "steal_irq", colour: "c7", modes: ["steal", "irq", "softirq"] },
];

/** CPU by mode as bands to be stacked, in per cent of all threads. */
export function cpuBands(aligned: Aligned): Frame {
  const series = CPU_BANDS.map((band) => {
    const columns = aligned.series.filter((line) => band.modes.includes(line.metric["mode"] ?? "")).map(valuesOf);
    return { key: band.key, colour: band.colour, values: sumColumns(columns, aligned.times.length) };
  });
  return { times: aligned.times, series: dropEmpty(series) };
}

/**
 * Memory as bands to be stacked, in bytes: what programs hold, what the kernel could give back at once,
 * what is free; together exactly the machine's memory. Swap in use lies on top.
 */
export function memoryBands(aligned: Aligned): Frame {
  const gauge = (name: string): Column | undefined =>
    aligned.series.find((line) => line.metric["__name__"] === `node_memory_${name}_bytes`)?.values;
  const total = gauge("MemTotal");
  const available = gauge("MemAvailable");
  const free = gauge("MemFree");
  const swapTotal = gauge("SwapTotal");
  const hasSwap = swapTotal?.some((value) => value !== null && value > 0) === true;
  const swap = hasSwap ? combine(swapTotal, gauge("SwapFree"), (all, unused) => all - unused) : [];
  // MemAvailable may be a little below MemFree: the kernel keeps a reserve.
  const unused = combine(free, available, (a, b) => Math.min(a, b));
  const series: FrameSeries[] = [
    { key: "apps", colour: "c6", values: combine(total, available, (all, left) => all - left) },
    { key: "cache", colour: "c1", values: combine(available, unused, (left, none) => left - none) },
    { key: "free", colour: "mute-g", values: unused },
    { key: "swap", colour: "c8", values: swap },
  ];
  return { times: aligned.times, series: dropEmpty(series) };
}

const LOADS: readonly { key: string; colour: SeriesColour }[] = [
  { key: "node_load1", colour: "c3" },
  { key: "node_load5", colour: "c1" },
  { key: "node_load15", colour: "c7" },
];

/** Load over 1, 5 and 15 minutes. */
export function loadLines(aligned: Aligned): Frame {
  const series = LOADS.map((load) => ({
    ...load,
    values: aligned.series.find((line) => line.metric["__name__"] === load.key)?.values ?? [],
  }));
  return { times: aligned.times, series: dropEmpty(series) };
}

/** Devices drawn one by one; the rest is one line, so that the legend stays one line. */
const MAX_DEVICES = 4;

/** The key of the line that sums up the devices not drawn by themselves. */
export const OTHER_DEVICES = "other";

/**
 * Throughput by device: a line above zero and one below it, in the same colour.
 * The device that moved most comes first.
 */
export function deviceLines(aligned: Aligned, colours: readonly SeriesColour[]): Frame {
  const devices = [...new Set(aligned.series.map((line) => line.metric["device"] ?? ""))];
  const weight = new Map(devices.map((device) => [device, weightOf(aligned, device)]));
  devices.sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0) || (a < b ? -1 : 1));
  const shown = devices.length > MAX_DEVICES ? devices.slice(0, MAX_DEVICES - 1) : devices;
  const rest = devices.slice(shown.length);
  const groups = shown.map((device) => ({ key: device, members: [device] }));
  if (rest.length > 0) groups.push({ key: OTHER_DEVICES, members: rest });
  const series = groups.flatMap((group, i) => {
    const colour = colours[i % colours.length] ?? "c1";
    return [false, true].map((isBelow) => {
      const lines = aligned.series.filter((line) => isSide(line, isBelow) && group.members.includes(line.metric["device"] ?? ""));
      return { key: group.key, colour, isBelow, values: sumColumns(lines.map(valuesOf), aligned.times.length) };
    });
  });
  return { times: aligned.times, series };
}

function isSide(line: AlignedSeries, isBelow: boolean): boolean {
  return (line.metric["direction"] === "down") === isBelow;
}

function weightOf(aligned: Aligned, device: string): number {
  let sum = 0;
  for (const line of aligned.series) {
    if (line.metric["device"] === device) for (const value of line.values) sum += value ?? 0;
  }
  return sum;
}

/** A single column under one key, for sparklines. */
export function singleLine(aligned: Aligned): Frame {
  const first = aligned.series[0];
  const series: FrameSeries[] = first === undefined ? [] : [{ key: "value", colour: "c6", values: first.values }];
  return { times: aligned.times, series };
}

function valuesOf(line: AlignedSeries): Column {
  return line.values;
}

function combine(a: Column | undefined, b: Column | undefined, join: (a: number, b: number) => number): (number | null)[] {
  if (a === undefined || b === undefined) return [];
  return a.map((left, row) => {
    const right = b[row];
    return left === null || right === null || right === undefined ? null : Math.max(0, join(left, right));
  });
}

function dropEmpty(series: readonly FrameSeries[]): FrameSeries[] {
  return series.filter((line) => line.values.some((value) => value !== null));
}
