import type { Field, FieldOrigin } from "./edit";
import { fieldsOfText, type LogLine } from "./line";
import { LEVEL_FIELD } from "./levels";

/** How often the values of a field occur in the lines at hand. */
export interface FieldStats {
  readonly name: string;
  readonly origin: FieldOrigin;
  /** Lines that have the field. */
  readonly lines: number;
  readonly distinct: number;
  /** Numbers, and too many of them to be names of something. */
  readonly isMeasure: boolean;
  /** The most frequent values, most frequent first. */
  readonly top: readonly { readonly value: string; readonly lines: number }[];
}

/** So many of the newest lines are looked at. */
const COUNTED_LINES = 5000;
const TOP_VALUES = 5;
/** A field with more different numbers than this measures something. */
const MOST_CODES = 20;

interface Tally {
  readonly origin: FieldOrigin;
  readonly values: Map<string, number>;
  lines: number;
}

/** The fields of the newest lines: level and service first, then stream labels, then by how many lines have them. */
export function fieldStats(lines: readonly LogLine[], streamLabels: ReadonlySet<string>): readonly FieldStats[] {
  const tallies = new Map<string, Tally>();
  for (const line of lines.slice(0, COUNTED_LINES)) {
    for (const name in line.labels) count(tallies, name, line.labels[name] ?? "", streamLabels.has(name) ? "stream" : "label");
    const parsed = fieldsOfText(line);
    if (parsed === undefined) continue;
    for (const [name, value] of parsed.fields) if (line.labels[name] === undefined) count(tallies, name, value, parsed.format);
  }
  return [...tallies].map(([name, tally]) => summarise(name, tally)).sort(byUse);
}

function count(tallies: Map<string, Tally>, name: string, value: string, origin: FieldOrigin): void {
  let tally = tallies.get(name);
  if (tally === undefined) tallies.set(name, (tally = { origin, values: new Map(), lines: 0 }));
  tally.lines += 1;
  tally.values.set(value, (tally.values.get(value) ?? 0) + 1);
}

function summarise(name: string, tally: Tally): FieldStats {
  const values = [...tally.values].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const isMeasure = values.length > MOST_CODES && values.every(([value]) => /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value));
  return {
    name,
    origin: tally.origin,
    lines: tally.lines,
    distinct: values.length,
    isMeasure,
    top: values.slice(0, TOP_VALUES).map(([value, lines]) => ({ value, lines })),
  };
}

function byUse(a: FieldStats, b: FieldStats): number {
  return rank(a) - rank(b) || b.lines - a.lines || (a.name < b.name ? -1 : 1);
}

function rank(field: Pick<Field, "name" | "origin">): number {
  if (field.name === LEVEL_FIELD) return 0;
  if (field.name === "service_name") return 1;
  return field.origin === "stream" ? 2 : 3;
}
