/** What a piece of a query is, for its colour and for editing. */
export type TokenKind = "space" | "comment" | "string" | "number" | "operator" | "keyword" | "function" | "label" | "plain";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Index of its first character in the query. */
  readonly at: number;
}

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["space", /\s+/y],
  ["comment", /#[^\n]*/y],
  // A string that is never closed runs to the end: the query is being written.
  ["string", /"(?:[^"\\\n]|\\.)*(?:"|$|(?=\n))|`[^`]*(?:`|$)/y],
  ["keyword", /--[a-z-]+/y],
  ["number", /\d[\w.]*/y],
  ["plain", /[A-Za-z_][\w.]*/y],
  ["operator", /\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[-+*/%^|=<>,(){}[\]]/y],
];

const KEYWORDS = new Set([
  "json", "logfmt", "regexp", "pattern", "unpack", "unwrap", "drop", "keep", "decolorize", "line_format", "label_format",
  "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "or", "and", "unless", "ip",
]);

/** Stages that extract labels from the line. */
export const PARSERS: ReadonlySet<string> = new Set(["json", "logfmt", "regexp", "pattern", "unpack"]);

/** Cuts a query into pieces that together are the query. Never fails: what makes no sense is plain. */
export function tokenise(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const token = tokenAt(query, at);
    tokens.push(token);
    at += token.text.length;
  }
  return nameWords(tokens);
}

function tokenAt(query: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(query)?.[0];
    if (text !== undefined && text !== "") return { kind, text, at };
  }
  // A whole character, also one that takes two units.
  return { kind: "plain", text: String.fromCodePoint(query.codePointAt(at) ?? 0), at };
}

/** Tells words apart by where they stand. */
function nameWords(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  return tokens.map((token, i) => {
    if (token.text === "{") depth += 1;
    if (token.text === "}") depth -= 1;
    if (token.kind !== "plain" || !/^[A-Za-z_]/.test(token.text)) return token;
    return { ...token, kind: depth > 0 ? "label" : wordKind(token.text.toLowerCase(), nextSignificant(tokens, i)?.text ?? "") };
  });
}

function wordKind(word: string, next: string): TokenKind {
  const isCompared = /^(?:=|!=|=~|!~|==|>|>=|<|<=)$/.test(next);
  // `| json != "x"` is a parser and a line filter, `| level != "x"` compares.
  if (KEYWORDS.has(word) && !(isCompared && !PARSERS.has(word))) return "keyword";
  return next === "(" || next === "by" || next === "without" ? "function" : "label";
}

function nextSignificant(tokens: readonly Token[], from: number): Token | undefined {
  return tokens.slice(from + 1).find((token) => isSignificant(token));
}

export function isSignificant(token: Token): boolean {
  return token.kind !== "space" && token.kind !== "comment";
}
