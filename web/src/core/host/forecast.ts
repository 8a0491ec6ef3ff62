import type { MetricsClient } from "../api/client";
import { freeOfDisk } from "../queries/node";

/** Points of a course over time: unix seconds and values, rising in time. */
export interface Course {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Less of the past than this, in seconds, says nothing about the coming days. */
const LEAST_PAST_SECONDS = 6 * 3600;

/** Below this share of the course that a straight line explains, there is no trend to speak of. */
const LEAST_FIT = 0.7;

/** What lies further ahead than this, in seconds, is not worth a word. */
const FURTHEST_SECONDS = 365 * 86400;

/** Points of the past that are looked at, and how much of it, in seconds. */
const FORECAST_STEP_SECONDS = 1800;
const FORECAST_PAST_SECONDS = 86400;

/**
 * In how many seconds what is free will be used up if it goes on as it went: a straight line through the course. Undefined
 * where there is too little past, no steady trend, no fall, or a year to go.
 */
export function secondsUntilNone(free: Course): number | undefined {
  const { times, values } = free;
  const [first, last] = [times[0], times.at(-1)];
  const now = values.at(-1);
  if (first === undefined || last === undefined || now === undefined || last - first < LEAST_PAST_SECONDS) return undefined;
  const line = fit(times, values);
  if (line === undefined || line.slope >= 0 || line.fit < LEAST_FIT) return undefined;
  const left = now / -line.slope;
  return left <= FURTHEST_SECONDS ? left : undefined;
}

/** Least squares: the slope, and which share of the variation the line explains. */
function fit(times: readonly number[], values: readonly number[]): { slope: number; fit: number } | undefined {
  const count = Math.min(times.length, values.length);
  const mean = (numbers: readonly number[]) => numbers.slice(0, count).reduce((sum, value) => sum + value, 0) / count;
  const [meanTime, meanValue] = [mean(times), mean(values)];
  let [tt, tv, vv] = [0, 0, 0];
  for (let i = 0; i < count; i += 1) {
    const [t, v] = [(times[i] ?? 0) - meanTime, (values[i] ?? 0) - meanValue];
    tt += t * t;
    tv += t * v;
    vv += v * v;
  }
  if (tt === 0 || vv === 0) return undefined;
  return { slope: tv / tt, fit: (tv * tv) / (tt * vv) };
}

/** A file system, as its series name it. */
export interface Disk {
  readonly device: string;
  readonly mountpoint: string;
}

/** In how many seconds a disk will be full, seen from `at` (unix seconds). Throws an `ApiError`. */
export async function loadForecast(client: MetricsClient, instance: string, disk: Disk, at: number, signal: AbortSignal): Promise<number | undefined> {
  const end = Math.floor(at / FORECAST_STEP_SECONDS) * FORECAST_STEP_SECONDS;
  const [series] = await client.range({ query: freeOfDisk(instance, disk), start: end - FORECAST_PAST_SECONDS, end, step: FORECAST_STEP_SECONDS }, signal);
  return series === undefined ? undefined : secondsUntilNone(series);
}
