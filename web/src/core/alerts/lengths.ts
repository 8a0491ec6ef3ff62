/** How long a silence lasts. */
export type Length = { readonly kind: "for"; readonly seconds: number } | { readonly kind: "morning" } | { readonly kind: "other"; readonly text: string };

export const HOUR_SECONDS = 3600;
const MORNING_HOUR = 7;

/** The next seven o'clock of the viewer's zone after `now`. Unix seconds. */
export function nextMorning(now: number): number {
  const date = new Date(now * 1000);
  const morning = new Date(date.getFullYear(), date.getMonth(), date.getDate(), MORNING_HOUR);
  if (morning.getTime() <= date.getTime()) morning.setDate(morning.getDate() + 1);
  return morning.getTime() / 1000;
}

/** When a silence that begins now ends, in unix seconds; undefined where the length cannot be read. */
export function endOf(length: Length, now: number): number | undefined {
  if (length.kind === "for") return now + length.seconds;
  if (length.kind === "morning") return nextMorning(now);
  const seconds = parseSpan(length.text);
  return seconds === undefined ? undefined : now + seconds;
}

const UNITS: Readonly<Record<string, number>> = { m: 60, h: HOUR_SECONDS, d: 86400, w: 604800 };

/** Reads `90m`, `2h 30m`, `3d`, `1w`; undefined for anything else, for nothing and for more than a year. */
export function parseSpan(input: string): number | undefined {
  const compact = input.toLowerCase().replace(/\s+/g, "");
  if (!/^(?:\d{1,5}[mhdw])+$/.test(compact)) return undefined;
  const seconds = [...compact.matchAll(/(\d+)([mhdw])/g)].reduce((sum, [, digits, unit]) => sum + Number(digits) * (UNITS[unit ?? ""] ?? 0), 0);
  return seconds > 0 && seconds <= 366 * 86400 ? seconds : undefined;
}
