/** The span of time a page looks at. `live` follows the clock, `fixed` stands still. Unix seconds. */
export type TimeRange =
  | { readonly kind: "live"; readonly seconds: number }
  | { readonly kind: "fixed"; readonly from: number; readonly to: number };

/** A range resolved against a clock. Unix seconds, `from < to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Live ranges on offer, in seconds. */
export const RANGE_SECONDS = [900, 3600, 21600, 86400, 604800] as const;

export const DEFAULT_RANGE: TimeRange = { kind: "live", seconds: 3600 };

/** Zooming out stops here: 30 days. */
export const MAX_RANGE_SECONDS = 30 * 86400;

/** Zooming in stops here. */
const MIN_RANGE_SECONDS = 30;

export function resolveRange(range: TimeRange, now: number): Span {
  return range.kind === "live" ? { from: now - range.seconds, to: now } : { from: range.from, to: range.to };
}

export function rangeSeconds(range: TimeRange): number {
  return range.kind === "live" ? range.seconds : range.to - range.from;
}

/** The range of the same length one half further back. */
export function previousRange(range: TimeRange, now: number): TimeRange {
  const span = resolveRange(range, now);
  const shift = (span.to - span.from) / 2;
  return { kind: "fixed", from: span.from - shift, to: span.to - shift };
}

/** The range of the same length one half further on; it becomes live again when it reaches `now`. */
export function nextRange(range: TimeRange, now: number): TimeRange {
  if (range.kind === "live") return range;
  const seconds = range.to - range.from;
  const to = range.to + seconds / 2;
  return to >= now ? liveRange(seconds) : { kind: "fixed", from: to - seconds, to };
}

/** Twice the length around the same centre; a live range stays live. */
export function zoomOutRange(range: TimeRange, now: number): TimeRange {
  const seconds = Math.min(MAX_RANGE_SECONDS, rangeSeconds(range) * 2);
  if (range.kind === "live") return liveRange(seconds);
  const centre = (range.from + range.to) / 2;
  const to = centre + seconds / 2;
  return to >= now ? liveRange(seconds) : { kind: "fixed", from: to - seconds, to };
}

/** A fixed range between two instants in either order, never shorter than the least length. */
export function fixedRange(a: number, b: number): TimeRange {
  const [from, to] = a < b ? [a, b] : [b, a];
  if (to - from >= MIN_RANGE_SECONDS) return { kind: "fixed", from, to };
  const centre = (from + to) / 2;
  return { kind: "fixed", from: centre - MIN_RANGE_SECONDS / 2, to: centre + MIN_RANGE_SECONDS / 2 };
}

/** The address form: `?range=3600` or `?from=…&to=…`; the default is left out. */
export function rangeToSearch(range: TimeRange): string {
  if (range.kind === "fixed") return `?from=${Math.round(range.from)}&to=${Math.round(range.to)}`;
  const isDefault = DEFAULT_RANGE.kind === "live" && range.seconds === DEFAULT_RANGE.seconds;
  return isDefault ? "" : `?range=${range.seconds}`;
}

/** Reads the address form; anything unreadable or out of bounds gives the default. */
export function rangeFromSearch(search: string): TimeRange {
  const params = new URLSearchParams(search);
  const from = Number(params.get("from") ?? Number.NaN);
  const to = Number(params.get("to") ?? Number.NaN);
  if (from > 0 && to > from && to - from <= MAX_RANGE_SECONDS) return fixedRange(from, to);
  const seconds = Number(params.get("range") ?? Number.NaN);
  const isInBounds = seconds >= MIN_RANGE_SECONDS && seconds <= MAX_RANGE_SECONDS;
  return isInBounds ? { kind: "live", seconds } : DEFAULT_RANGE;
}

const RANGE_PARAMS = ["range", "from", "to"] as const;

/** The address form of a range with everything else that stands in the address now. */
export function rangeInSearch(range: TimeRange, search: string): string {
  const params = new URLSearchParams(rangeToSearch(range));
  for (const [name, value] of new URLSearchParams(search)) {
    if (!(RANGE_PARAMS as readonly string[]).includes(name)) params.append(name, value);
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

function liveRange(seconds: number): TimeRange {
  return { kind: "live", seconds };
}
