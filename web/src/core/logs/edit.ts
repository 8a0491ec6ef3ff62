import { isParser, readStructure, soleComparison, type Structure } from "./structure";
import { quote } from "./text";

/** Keep only the lines with a value, or leave them out. */
export type Wish = "keep" | "leave out";

/** How the page knows a field, which decides how a query can ask for it. */
export type FieldOrigin =
  /** A label of the stream: a matcher of the selector. */
  | "stream"
  /** Structured metadata or a label a stage of the query extracted: a label filter. */
  | "label"
  /** Read by the page from a line in this format: a parser stage, then a label filter. */
  | "json"
  | "logfmt";

export interface Field {
  readonly name: string;
  readonly value: string;
  readonly origin: FieldOrigin;
}

/** The query with a field kept or left out. A wish that stands in it already changes nothing. */
export function withField(query: string, field: Field, wish: Wish): string {
  if (field.origin === "stream") return withMatcher(query, field.name, field.value, wish);
  const parsed = field.origin === "label" ? query : withParser(query, field.origin);
  return withFilter(parsed, field.name, wish === "keep" ? "=" : "!=", field.value);
}

/** The query with a label filter, which takes the place of its opposite or of another value kept for the same label. */
export function withFilter(query: string, name: string, op: "=" | "!=" | "=~", value: string): string {
  const { stages, end } = readStructure(query);
  const text = `| ${name}${op}${quote(value)}`;
  for (const stage of stages) {
    const present = soleComparison(stage);
    if (present?.name !== name) continue;
    if (present.op === op && present.value === value) return query;
    const isOpposite = present.value === value && present.op === (op === "=" ? "!=" : "=");
    const isOtherChoice = op !== "!=" && (present.op === "=" || present.op === "=~");
    if (isOpposite || isOtherChoice) return splice(query, stage.start, stage.end, text);
  }
  return splice(query, end, end, ` ${text}`);
}

function withParser(query: string, parser: "json" | "logfmt"): string {
  const { stages, end } = readStructure(query);
  return stages.some((stage) => isParser(stage) && stage.name === parser) ? query : splice(query, end, end, ` | ${parser}`);
}

function withMatcher(query: string, name: string, value: string, wish: Wish): string {
  const structure = readStructure(query);
  if (structure.selector === undefined) return `{${positive(name, value, wish)}}`;
  const { matchers } = structure.selector;
  const op = wish === "keep" ? "=" : "!=";
  if (matchers.some((m) => m.name === name && m.op === op && m.value === value)) return query;
  // What says the opposite goes; a kept value also replaces another kept one.
  const others = matchers.filter((m) => {
    if (m.name !== name || (m.op !== "=" && m.op !== "!=")) return true;
    return m.op === "=" ? m.value !== value && wish === "leave out" : m.value !== value;
  });
  const kept = others.map((m) => query.slice(m.start, m.end));
  const added = wish === "keep" ? `${name}=${quote(value)}` : exclusion(name, value, others.some(selects));
  return splice(query, structure.selector.start + 1, structure.selector.end, [...kept, added].join(", "));
}

/** A selector needs one matcher that an absent label does not meet. */
function selects(matcher: { op: string; value: string }): boolean {
  if (matcher.op === "=") return matcher.value !== "";
  return matcher.op === "=~" && !/^(?:\.\*|)$/.test(matcher.value) && !matcher.value.split("|").includes("");
}

function exclusion(name: string, value: string, isSelective: boolean): string {
  const without = `${name}!=${quote(value)}`;
  return isSelective ? without : `${name}=~".+", ${without}`;
}

function positive(name: string, value: string, wish: Wish): string {
  return wish === "keep" ? `${name}=${quote(value)}` : exclusion(name, value, false);
}

/** A selector that matches exactly the streams with these labels. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  return `{${names.map((name) => `${name}=${quote(labels[name] ?? "")}`).join(", ")}}`;
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

/** Whether the lines of a query pass through anything but line filters. */
export function hasLabelStages(structure: Structure): boolean {
  return structure.stages.some((stage) => stage.name === "" || /^[a-z]/.test(stage.name));
}
