/** Steps that divide minutes, hours and days evenly, in seconds. */
const STEPS: readonly number[] = [
  1, 2, 5, 10, 15, 20, 30, 60, 90, 120, 180, 300, 360, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
];

/** Points a chart asks for: more than one every two pixels cannot be seen. */
export const TARGET_POINTS = 240;

/** The smallest even step, in seconds, that keeps a span within the target number of points. */
export function chooseStep(seconds: number, points: number = TARGET_POINTS): number {
  const least = seconds / points;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 86400) * 86400;
}

/** The window of `rate()`, in seconds: a minute, or the step when that is longer, so that nothing falls between points. */
export function rateWindow(step: number): number {
  return Math.max(60, step);
}

/** Seconds as a PromQL duration in its shortest exact form: `1m`, `90s`, `2h`. */
export function promDuration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  if (seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}
