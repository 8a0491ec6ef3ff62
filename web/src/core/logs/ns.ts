import { LOCALE_RULES, type Locale } from "../format/locale";
import { calendarDay, clockTime } from "../format/time";

/**
 * An instant in unix nanoseconds, as the decimal text the server wrote. It never becomes a number: 19 digits do not
 * fit in one, and two lines that differ in the last digits would fall together.
 */
export type Ns = string;

const NS_PER_MS = 1_000_000n;

/** Negative, zero or positive as `a` is before, at or after `b`. */
export function compareNs(a: Ns, b: Ns): number {
  if (a.length !== b.length || a.startsWith("-") || b.startsWith("-")) return compareBig(BigInt(a), BigInt(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function addNs(time: Ns, nanoseconds: bigint): Ns {
  return String(BigInt(time) + nanoseconds);
}

/** Unix seconds (whole milliseconds count) as nanoseconds. */
export function nsOfSeconds(seconds: number): Ns {
  return String(BigInt(Math.round(seconds * 1000)) * NS_PER_MS);
}

/** Unix milliseconds, rounded down. For showing only. */
export function msOfNs(time: Ns): number {
  return Number(BigInt(time) / NS_PER_MS);
}

export function secondsOfNs(time: Ns): number {
  return msOfNs(time) / 1000;
}

/** Time of day to the millisecond in the viewer's zone: `14:40:02.118`. */
export function lineClock(time: Ns, locale: Locale): { readonly clock: string; readonly fraction: string } {
  const ms = msOfNs(time);
  const fraction = String(((ms % 1000) + 1000) % 1000).padStart(3, "0");
  return { clock: clockTime(Math.floor(ms / 1000), locale, true), fraction: `${LOCALE_RULES[locale].decimal}${fraction}` };
}

/** Day, time and all nine digits of the second. */
export function fullMoment(time: Ns, locale: Locale): string {
  const seconds = Math.floor(msOfNs(time) / 1000);
  const digits = time.padStart(10, "0").slice(-9);
  return `${calendarDay(seconds, locale)} ${clockTime(seconds, locale, true)}${LOCALE_RULES[locale].decimal}${digits}`;
}
