/** What the server refused about a query. */
export interface QueryProblem {
  /** The server's words, without the place. */
  readonly text: string;
  /** Line and column, both counted from 1, where the server says so. */
  readonly place: { readonly line: number; readonly column: number } | undefined;
  readonly remedy: Remedy | undefined;
}

/** What can be done about it; the words are the catalogue's. */
export type Remedy = "finish" | "braces" | "select" | "character" | "pattern" | "notBuilt" | "tooMuch" | "string";

const REMEDIES: readonly (readonly [RegExp, Remedy])[] = [
  [/^not built yet/, "notBuilt"],
  [/at least one (?:regexp or )?equality matcher/, "select"],
  [/unexpected \$end/, "finish"],
  [/literal not terminated|unterminated/, "string"],
  [/unexpected IDENTIFIER|expecting \{|unexpected STRING/, "braces"],
  [/unexpected char|invalid char|illegal character/, "character"],
  [/error parsing regexp|invalid regexp|missing (?:closing|argument)/, "pattern"],
  [/too many|maximum|limit|exceed|timeout|timed out/i, "tooMuch"],
];

/** Reads the plain text of a refusal. */
export function readProblem(message: string): QueryProblem {
  const [, line, column, rest] = /^parse error at line (\d+), col (\d+):\s*([^]*)$/.exec(message) ?? [];
  const text = (rest ?? message).replace(/^parse error\s*:\s*/, "").trim();
  const isPlaced = line !== undefined && column !== undefined && Number(line) > 0 && Number(column) > 0;
  return {
    text: text === "" ? message : text,
    place: isPlaced ? { line: Number(line), column: Number(column) } : undefined,
    remedy: REMEDIES.find(([pattern]) => pattern.test(text))?.[1],
  };
}

/** Index in the query of a line and column, at most its length. */
export function indexOfPlace(query: string, place: { line: number; column: number }): number {
  const lines = query.split("\n");
  const before = lines.slice(0, place.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  return Math.max(0, Math.min(query.length, before + place.column - 1));
}
