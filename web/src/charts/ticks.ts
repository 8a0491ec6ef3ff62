/** Ticks of a value axis. The axis spans exactly from the first tick to the last. */
export interface ValueTicks {
  readonly values: readonly number[];
  /** Digits after the mark that the tick distance needs. */
  readonly decimals: number;
}

/** Binary steps are coarse, each twice the one before, so they may be one more. */
const MAX_INTERVALS = { 2: 6, 10: 5 } as const;

/** What a chart may ask of its ticks beyond being round. */
export interface TickLimits {
  /** At most so many distances. */
  readonly intervals?: number;
  /** Only whole numbers. */
  readonly isCount?: boolean;
}

/** Round ticks that enclose `min` to `max`: 4 to 6 of them, zero always among them when the data touches it. */
export function valueTicks(min: number, max: number, base: 2 | 10, limits: TickLimits = {}): ValueTicks {
  const low = Math.min(0, min);
  const high = max > low ? max : low + 1;
  const step = valueStep(low, high, base, limits);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const values: number[] = [];
  // `|| 0` keeps a minus zero from showing.
  for (let i = first; i <= last; i += 1) values.push(roundTo(i * step) || 0);
  return { values, decimals: decimalsOf(step) };
}

/** Ticks of a chart with two directions: both sides always show, even when nothing moved. */
export function mirrorTicks(min: number, max: number, base: 2 | 10): ValueTicks {
  const reach = Math.max(max, -min) || 8;
  return valueTicks(Math.min(min, -reach / 8), Math.max(max, reach / 8), base);
}

/** The smallest of `tops` that holds `max`, or the last of them; without any, `max` itself. */
export function chooseTop(max: number, tops: readonly number[] | undefined): number {
  return tops?.find((top) => top >= max) ?? tops?.at(-1) ?? max;
}

function valueStep(low: number, high: number, base: 2 | 10, limits: TickLimits): number {
  const most = limits.intervals ?? MAX_INTERVALS[base];
  let exponent = Math.floor(Math.log((high - low) / most) / Math.log(base)) - 1;
  for (;;) {
    for (const factor of base === 2 ? [1] : [1, 2, 2.5, 5]) {
      const step = factor * base ** exponent;
      const intervals = Math.ceil(high / step - 1e-9) - Math.floor(low / step + 1e-9);
      const isAllowed = limits.isCount !== true || Number.isInteger(roundTo(step));
      if (intervals <= most && isAllowed) return step;
    }
    exponent += 1;
  }
}

function roundTo(value: number): number {
  return Number(value.toPrecision(12));
}

function decimalsOf(step: number): number {
  const text = roundTo(step).toString();
  if (text.includes("e-")) return Number(text.slice(text.indexOf("e-") + 2));
  const dot = text.indexOf(".");
  return dot === -1 ? 0 : text.length - dot - 1;
}

/** Ticks of a time axis: unix seconds and their distance. */
export interface TimeTicks {
  readonly times: readonly number[];
  readonly step: number;
}

const TIME_STEPS: readonly number[] = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000,
];

/**
 * Ticks at full minutes, hours and days of the viewer's zone, at most `maxCount` of them.
 * `utcOffset` is the zone's distance from UTC in seconds, east positive.
 */
export function timeTicks(from: number, to: number, maxCount: number, utcOffset: number): TimeTicks {
  const least = (to - from) / Math.max(1, maxCount);
  const step = TIME_STEPS.find((candidate) => candidate >= least) ?? 864000;
  const times: number[] = [];
  for (let time = Math.ceil((from + utcOffset) / step) * step - utcOffset; time <= to; time += step) times.push(time);
  return { times, step };
}
