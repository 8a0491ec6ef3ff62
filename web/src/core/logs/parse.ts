/** Fields the page itself reads from a line, in a form that a parser stage of a query would give them. */
export interface ParsedFields {
  readonly format: "json" | "logfmt";
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Longer lines are not read: no one looks at fields of a dump. */
const LONGEST_CHARACTERS = 64 * 1024;
const MOST_FIELDS = 100;

/** The fields of a JSON object or of `key=value` pairs; undefined where a line has neither. */
export function parseFields(line: string): ParsedFields | undefined {
  if (line.length > LONGEST_CHARACTERS) return undefined;
  return line.trimStart().startsWith("{") ? parseJson(line) : parseLogfmt(line);
}

/** Names that a label may have: other characters become `_`. */
function labelName(key: string): string {
  const name = key.replace(/[^A-Za-z0-9_]/g, "_");
  return /^\d/.test(name) ? `_${name}` : name;
}

function parseJson(line: string): ParsedFields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line, keepDigits);
  } catch {
    return undefined;
  }
  const fields = new Map<string, string>();
  flatten(value, "", fields);
  return fields.size === 0 ? undefined : { format: "json", fields: [...fields].slice(0, MOST_FIELDS) };
}

/** A number that is kept as it was written, since many digits do not survive as a number. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? new Digits(context?.source ?? String(value)) : value;
}

/** Nested keys are joined by `_`; lists and null are left out, and of two equal names the first counts: as the server does. */
function flatten(value: unknown, prefix: string, into: Map<string, string>): void {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Digits) return;
  for (const [key, item] of Object.entries(value)) {
    const name = prefix === "" ? labelName(key) : `${prefix}_${labelName(key).replace(/^_(?=\d)/, "")}`;
    const text = scalarText(item);
    if (text === undefined) flatten(item, name, into);
    else if (name !== "" && !into.has(name)) into.set(name, text);
  }
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  return value instanceof Digits ? value.text : undefined;
}

const PAIR = /(?:^|\s)([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)/g;

function parseLogfmt(line: string): ParsedFields | undefined {
  const fields = new Map<string, string>();
  for (const [, key = "", quoted, bare = ""] of line.matchAll(PAIR)) {
    const name = labelName(key);
    const value = quoted === undefined ? bare : quoted.replace(/\\(.)/g, (_, c: string) => ({ n: "\n", t: "\t", r: "\r" })[c] ?? c);
    if (value !== "" && !fields.has(name)) fields.set(name, value);
    if (fields.size >= MOST_FIELDS) break;
  }
  return fields.size === 0 ? undefined : { format: "logfmt", fields: [...fields] };
}
