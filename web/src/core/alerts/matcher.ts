import type { Labels } from "../api/types";
import { isRecord, type Json, text } from "./json";
import { anchored } from "./regex";

const OPERATORS = ["=", "!=", "=~", "!~"] as const;
export type Operator = (typeof OPERATORS)[number];

/** One condition of a silence. A label that is not there has the empty value. */
export interface Matcher {
  readonly name: string;
  readonly op: Operator;
  readonly value: string;
}

/** Whether labels meet a condition; undefined where this page cannot tell, since it does not know the pattern. */
export function matches({ name, op, value }: Matcher, labels: Labels): boolean | undefined {
  const given = labels[name] ?? "";
  if (op === "=") return given === value;
  if (op === "!=") return given !== value;
  const pattern = anchored(value);
  if (pattern === undefined) return undefined;
  return pattern.test(given) === (op === "=~");
}

/** Whether labels meet every condition; undefined where it hangs on one this page cannot tell. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean | undefined {
  const answers = matchers.map((matcher) => matches(matcher, labels));
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** Why the alert manager would refuse these conditions. */
export type Fault = "none" | "everything";

export function faultOf(matchers: readonly Matcher[]): Fault | undefined {
  if (matchers.length === 0) return "none";
  // At least one must not be met by a label that is not there.
  return matchers.every((matcher) => matches(matcher, {}) === true) ? "everything" : undefined;
}

/** The first condition whose pattern this page does not know; the alert manager may. */
export function unknownIn(matchers: readonly Matcher[]): Matcher | undefined {
  return matchers.find((matcher) => matches(matcher, {}) === undefined);
}

/** A condition as one writes it: `name="value"`. */
export function matcherText({ name, op, value }: Matcher): string {
  return `${name}${op}${quoted(value)}`;
}

function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** Reads `name=value`, with or without quotes and braces, several apart by commas. Undefined where it is none. */
export function parseMatchers(input: string): readonly Matcher[] | undefined {
  const [, inner = input] = /^\s*\{([\s\S]*)\}\s*$/.exec(input) ?? [];
  const found: Matcher[] = [];
  const one = /\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_:][\w:.-]*))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^",\s]*))\s*(?:,|$)/y;
  let at = 0;
  while (at < inner.length && inner.slice(at).trim() !== "") {
    one.lastIndex = at;
    const match = one.exec(inner);
    const op = OPERATORS.find((known) => known === match?.[3]);
    if (match === null || op === undefined) return undefined;
    const name = match[1] === undefined ? (match[2] ?? "") : unescaped(match[1]);
    found.push({ name, op, value: match[4] === undefined ? (match[5] ?? "") : unescaped(match[4]) });
    at = one.lastIndex;
  }
  return found.length === 0 ? undefined : found;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}

/** Reads a condition of `/api/v2/silences`. */
export function readMatcher(body: unknown): Matcher {
  const one: Json = isRecord(body) ? body : {};
  const isRegex = one["isRegex"] === true;
  const isEqual = one["isEqual"] !== false;
  return { name: text(one["name"]), op: isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=", value: text(one["value"]) };
}

/** A condition as `/api/v2/silences` takes it. */
export function matcherBody({ name, op, value }: Matcher): Json {
  return { name, value, isRegex: op === "=~" || op === "!~", isEqual: op === "=" || op === "=~" };
}
