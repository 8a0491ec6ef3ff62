/** How long a silence lasts. */
export type Length =
  | { readonly kind: "for"; readonly seconds: number }
  | { readonly kind: "morning" }
  /** Until an instant, in unix seconds. */
  | { readonly kind: "until"; readonly at: number }
  | { readonly kind: "other"; readonly text: string };

export const HOUR_SECONDS = 3600;
const MORNING_HOUR = 7;
const UNITS: Readonly<Record<string, number>> = { m: 60, h: HOUR_SECONDS, d: 86400, w: 604800 };

/** The next seven o'clock of the viewer's zone after `now`. Unix seconds. */
export function nextMorning(now: number): number {
  const date = new Date(now * 1000);
  const morning = new Date(date.getFullYear(), date.getMonth(), date.getDate(), MORNING_HOUR);
  if (morning.getTime() <= date.getTime()) morning.setDate(morning.getDate() + 1);
  return morning.getTime() / 1000;
}

/** When a silence that begins at `start` ends, in unix seconds; undefined where the length cannot be read. */
export function endOf(length: Length, start: number): number | undefined {
  if (length.kind === "for") return start + length.seconds;
  if (length.kind === "until") return length.at;
  if (length.kind === "morning") return nextMorning(start);
  const seconds = parseSpan(length.text);
  return seconds === undefined ? undefined : start + seconds;
}

/** The lengths that are one click away, in seconds. */
export const SHORT_LENGTHS: readonly number[] = [HOUR_SECONDS, 4 * HOUR_SECONDS, 24 * HOUR_SECONDS];

/** A length as the form offers it: one of its own, or written out. */
export function lengthOf(seconds: number): Length {
  return SHORT_LENGTHS.includes(seconds) ? { kind: "for", seconds } : { kind: "other", text: spanText(seconds) };
}

/** A span as `parseSpan` reads it, to the next minute: `1d 2h`. */
export function spanText(seconds: number): string {
  let rest = Math.max(60, Math.ceil(seconds / 60) * 60);
  const parts: string[] = [];
  for (const unit of ["d", "h", "m"]) {
    const size = UNITS[unit] ?? 60;
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.join(" ");
}

/** When a silence begins: an instant as a field for date and time writes it (`2026-11-25T22:00`), or now where it is empty or past. */
export function startOf(text: string, now: number): number {
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? Math.max(now, ms / 1000) : now;
}

/** Unix seconds as a field for date and time takes them, in the viewer's zone. */
export function fieldTime(time: number): string {
  const date = new Date(time * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Reads `90m`, `2h 30m`, `3d`, `1w`; undefined for anything else, for nothing and for more than a year. */
export function parseSpan(input: string): number | undefined {
  const compact = input.toLowerCase().replace(/\s+/g, "");
  if (!/^(?:\d{1,5}[mhdw])+$/.test(compact)) return undefined;
  const seconds = [...compact.matchAll(/(\d+)([mhdw])/g)].reduce((sum, [, digits, unit]) => sum + Number(digits) * (UNITS[unit ?? ""] ?? 0), 0);
  return seconds > 0 && seconds <= 366 * 86400 ? seconds : undefined;
}
