/** Reading answers field by field: what is missing or of another kind is taken as empty. */

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The objects of a list; none where there is no list. */
export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The texts of a list; none where there is no list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The pairs of an object whose values are text. */
export function pairs(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(isRecord(value) ? value : {}).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return Object.fromEntries(entries);
}

/** Unix seconds of an RFC 3339 text; undefined for none, and for the year 1 that stands for none. */
export function instant(value: unknown): number | undefined {
  const ms = Date.parse(text(value));
  return Number.isFinite(ms) && ms > 0 ? ms / 1000 : undefined;
}
