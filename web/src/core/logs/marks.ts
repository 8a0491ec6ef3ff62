import { isLineFilter, readStructure } from "./structure";
import { unquote } from "./text";

/** A stretch of a text: first index and the index behind it. */
export type Stretch = readonly [start: number, end: number];

/** Only so much of a line is searched for hits: nobody reads further on one line, and a pattern may be slow. */
const SEARCHED_CHARACTERS = 4000;

const MOST_HITS = 200;

/** What the line filters of a query look for, as patterns of the page. A pattern that only the server understands is left out. */
export function patternsOf(query: string): readonly RegExp[] {
  const patterns: RegExp[] = [];
  for (const stage of readStructure(query).stages) {
    if (!isLineFilter(stage) || (stage.name !== "|=" && stage.name !== "|~")) continue;
    // `|= ip("…")` compares addresses, not text.
    if (stage.tokens.some((token) => token.text === "ip")) continue;
    for (const token of stage.tokens) {
      if (token.kind !== "string") continue;
      const text = unquote(token.text);
      const pattern = stage.name === "|=" ? literal(text, false) : fromGo(text);
      if (pattern !== undefined) patterns.push(pattern);
    }
  }
  return patterns;
}

/** A text as it is; undefined for an empty one. */
export function literal(text: string, ignoresCase: boolean): RegExp | undefined {
  if (text === "") return undefined;
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), ignoresCase ? "giu" : "gu");
}

/** A pattern of Go's syntax, where it means the same here. */
function fromGo(source: string): RegExp | undefined {
  const [, flags = "", rest = source] = /^\(\?([ims]+)\)(.*)$/s.exec(source) ?? [];
  try {
    return new RegExp(rest.replaceAll("(?P<", "(?<"), `g${flags}`);
  } catch {
    return undefined;
  }
}

/** Where any of the patterns hits, in order and without overlap. */
export function hits(text: string, patterns: readonly RegExp[]): readonly Stretch[] {
  const searched = text.slice(0, SEARCHED_CHARACTERS);
  const found: Stretch[] = [];
  for (const pattern of patterns) {
    for (const match of searched.matchAll(pattern)) {
      if (match[0] !== "") found.push([match.index, match.index + match[0].length]);
      if (found.length >= MOST_HITS) break;
    }
  }
  return merge(found.sort((a, b) => a[0] - b[0]));
}

function merge(sorted: readonly Stretch[]): readonly Stretch[] {
  const merged: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}
