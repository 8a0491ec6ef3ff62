import { isSignificant, PARSERS, type Token, tokenise } from "./tokens";
import { unquote } from "./text";

/** `name op "value"` in a selector or a label filter; `start` and `end` are its place in the query. */
export interface Comparison {
  readonly name: string;
  readonly op: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** One step of the pipeline, with its `|`. */
export interface Stage {
  /** `|=`, `|~`, `!=`, … for a line filter; the word for a parser or formatter; empty for a label filter. */
  readonly name: string;
  readonly tokens: readonly Token[];
  readonly start: number;
  readonly end: number;
}

/** The parts of a query that the page reads and edits. */
export interface Structure {
  /** Undefined where there is no selector. `end` is the place of its closing brace. */
  readonly selector: { readonly start: number; readonly end: number; readonly matchers: readonly Comparison[] } | undefined;
  readonly stages: readonly Stage[];
  /** Where a further stage goes: behind the last piece that is not a comment. */
  readonly end: number;
  /** Whether the query asks for lines, not for numbers made of them. */
  readonly asksForLines: boolean;
}

const LINE_FILTERS: ReadonlySet<string> = new Set(["|=", "|~", "|>", "!=", "!~", "!>"]);

export function readStructure(query: string): Structure {
  const tokens = tokenise(query).filter(isSignificant);
  const open = tokens.findIndex((token) => token.text === "{");
  const close = open === -1 ? -1 : tokens.findIndex((token, i) => i > open && token.text === "}");
  const last = tokens.at(-1);
  const end = last === undefined ? query.length : last.at + last.text.length;
  const first = tokens[open];
  const final = tokens[close];
  if (first === undefined || final === undefined) return { selector: undefined, stages: [], end, asksForLines: false };
  return {
    selector: { start: first.at, end: final.at, matchers: comparisons(tokens.slice(open + 1, close)) },
    stages: stagesOf(tokens.slice(close + 1), end),
    end,
    asksForLines: tokens.slice(0, open).every((token) => token.text === "("),
  };
}

/** All `name op "value"` among tokens that are a comma-separated list. */
function comparisons(tokens: readonly Token[]): readonly Comparison[] {
  const found: Comparison[] = [];
  for (let i = 0; i + 2 < tokens.length; i += 1) {
    const one = comparisonAt(tokens, i);
    if (one !== undefined) found.push(one);
  }
  return found;
}

function comparisonAt(tokens: readonly Token[], i: number): Comparison | undefined {
  const [name, op, value] = [tokens[i], tokens[i + 1], tokens[i + 2]];
  if (name?.kind !== "label" || op?.kind !== "operator" || value?.kind !== "string") return undefined;
  return { name: name.text, op: op.text, value: unquote(value.text), start: name.at, end: value.at + value.text.length };
}

function stagesOf(tokens: readonly Token[], end: number): readonly Stage[] {
  const starts = tokens.flatMap((token, i) => (startsStage(token, tokens[i - 1]) ? [i] : []));
  return starts.map((from, n) => {
    const to = starts[n + 1] ?? tokens.length;
    const [bar, word] = [tokens[from], tokens[from + 1]];
    const isWord = bar?.text === "|" && word?.kind === "keyword";
    const name = bar?.text === "|" ? (isWord ? word.text.toLowerCase() : "") : (bar?.text ?? "");
    const last = tokens[to - 1];
    return { name, tokens: tokens.slice(from, to), start: bar?.at ?? end, end: last === undefined ? end : last.at + last.text.length };
  });
}

function startsStage(token: Token, before: Token | undefined): boolean {
  if (token.kind !== "operator") return false;
  if (token.text === "|" || token.text === "|=" || token.text === "|~" || token.text === "|>") return before?.kind !== "label" || token.text === "|";
  if (!LINE_FILTERS.has(token.text)) return false;
  return before?.kind !== "label";
}

/** The comparison a label filter stage consists of, if it is a single one. */
export function soleComparison(stage: Stage): Comparison | undefined {
  return stage.name === "" && stage.tokens.length === 4 ? comparisonAt(stage.tokens, 1) : undefined;
}

export function isLineFilter(stage: Stage): boolean {
  return LINE_FILTERS.has(stage.name);
}

export function isParser(stage: Stage): boolean {
  return PARSERS.has(stage.name);
}

/** The part of a metric query that selects lines; undefined where there is none. */
export function linesPart(query: string): string | undefined {
  const { selector } = readStructure(query);
  if (selector === undefined) return undefined;
  const rest = query.slice(selector.start);
  let depth = 0;
  const stop = tokenise(rest).find((token) => {
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    return token.text === "[" || depth < 0;
  });
  return rest.slice(0, stop?.at ?? rest.length).trim();
}
