import type { LogEntry } from "../api/loki";
import type { Labels } from "../api/types";
import type { Field } from "./edit";
import { type Band, bandOf, LEVEL_FIELD } from "./levels";
import { compareNs, type Ns } from "./ns";
import { type ParsedFields, parseFields } from "./parse";

/** A line on the page. */
export interface LogLine {
  /** Different for every line of this page. */
  readonly id: number;
  readonly ts: Ns;
  readonly text: string;
  /** Labels of the stream, structured metadata and labels the query made, all together. */
  readonly labels: Labels;
  readonly level: string;
  readonly band: Band;
  readonly service: string;
}

let nextId = 1;

export function toLine(entry: LogEntry): LogLine {
  const labels = joinLabels(entry);
  const level = labels[LEVEL_FIELD] ?? labels["level"] ?? "";
  nextId += 1;
  return {
    id: nextId,
    ts: entry.ts,
    text: entry.line,
    labels,
    level,
    band: bandOf(level),
    service: labels["service_name"] ?? labels["container"] ?? labels["job"] ?? "",
  };
}

/** Lines of one stream share their labels where they can: there may be many thousand lines. */
function joinLabels({ stream, metadata, parsed }: LogEntry): Labels {
  if (isEmpty(parsed) && isEmpty(metadata)) return stream;
  if (isEmpty(parsed) && Object.keys(metadata).length === 1 && metadata[LEVEL_FIELD] !== undefined) return withLevel(stream, metadata[LEVEL_FIELD]);
  return { ...metadata, ...parsed, ...stream };
}

const leveled = new WeakMap<Labels, Map<string, Labels>>();

function withLevel(stream: Labels, level: string): Labels {
  let known = leveled.get(stream);
  if (known === undefined) leveled.set(stream, (known = new Map()));
  let labels = known.get(level);
  if (labels === undefined) known.set(level, (labels = { [LEVEL_FIELD]: level, ...stream }));
  return labels;
}

function isEmpty(labels: Labels): boolean {
  for (const _ in labels) return false;
  return true;
}

/** Newest first; lines of the same instant stay in the order they came in. */
export function newestFirst(lines: readonly LogLine[]): readonly LogLine[] {
  return [...lines].sort((a, b) => compareNs(b.ts, a.ts));
}

const read = new WeakMap<LogLine, ParsedFields | null>();

/** What the page reads from the text of a line; remembered as long as the line. */
export function fieldsOfText(line: LogLine): ParsedFields | undefined {
  const known = read.get(line);
  if (known !== undefined) return known ?? undefined;
  const parsed = parseFields(line.text);
  read.set(line, parsed ?? null);
  return parsed;
}

/** Everything known of a line: labels first, then what its text says and no label does. */
export function fieldsOf(line: LogLine, streamLabels: ReadonlySet<string>): readonly Field[] {
  const fields: Field[] = Object.entries(line.labels).map(([name, value]) => ({ name, value, origin: streamLabels.has(name) ? "stream" : "label" }));
  fields.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const parsed = fieldsOfText(line);
  for (const [key, value] of parsed?.fields ?? []) {
    // A parser stage gives a name that is taken another one.
    const name = line.labels[key] === undefined ? key : `${key}_extracted`;
    const isThere = line.labels[key] === value || line.labels[name] !== undefined;
    if (!isThere && parsed !== undefined) fields.push({ name, value, origin: parsed.format });
  }
  return fields;
}

function rank(field: Field): number {
  if (field.name === LEVEL_FIELD) return 0;
  if (field.name === "service_name") return 1;
  return field.origin === "stream" ? 2 : 3;
}

/** The labels of a line that make its stream. */
export function streamOf(line: LogLine, streamLabels: ReadonlySet<string>): Labels {
  return Object.fromEntries(Object.entries(line.labels).filter(([name]) => streamLabels.has(name)));
}
