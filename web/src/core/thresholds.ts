/** How grave a value is. */
export type Level = "ok" | "warn" | "crit";

/** The value from which on a level holds. */
export interface Thresholds {
  readonly warn: number;
  readonly crit: number;
}

export const CPU_THRESHOLDS: Thresholds = { warn: 80, crit: 90 };
export const MEMORY_THRESHOLDS: Thresholds = { warn: 85, crit: 95 };
export const DISK_THRESHOLDS: Thresholds = { warn: 85, crit: 95 };

export function levelOf(value: number, thresholds: Thresholds): Level {
  if (value >= thresholds.crit) return "crit";
  return value >= thresholds.warn ? "warn" : "ok";
}

/** The limit a value has passed; undefined while it is below all. */
export function passedLimit(value: number, thresholds: Thresholds): number | undefined {
  const level = levelOf(value, thresholds);
  return level === "ok" ? undefined : thresholds[level];
}
