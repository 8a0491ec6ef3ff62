/** A rule's expression, cut where it compares: what is measured, how it is compared, and with which number. */
export interface Measured {
  /** What is drawn over time. */
  readonly query: string;
  readonly op: ">" | "<" | ">=" | "<=" | "==" | "!=" | undefined;
  /** Undefined where it is not compared, or not with a plain number. */
  readonly threshold: number | undefined;
  readonly unit: MeasuredUnit;
}

/** What a measured number is in, as far as the expression tells. */
export type MeasuredUnit = "percent" | "bytes" | "seconds" | "celsius" | "plain";

/**
 * Cuts an expression at its outermost comparison. Of several conditions that must hold together, the first is taken;
 * where either of two may hold, nothing is cut.
 */
export function measured(expression: string): Measured {
  const whole = { query: expression.trim(), op: undefined, threshold: undefined, unit: unitOf(expression) } as const;
  const first = firstCondition(unwrapped(expression.trim()));
  if (first === undefined) return whole;
  const inner = unwrapped(first);
  const cut = outermost(inner).find(({ word }) => /^(?:[<>]=?|[!=]=)$/.test(word));
  if (cut === undefined) return { ...whole, query: inner };
  const right = inner.slice(cut.at + cut.word.length).trim();
  const left = inner.slice(0, cut.at).trim();
  if (left === "" || /^bool\b/.test(right)) return whole;
  if (plainNumber(left) !== undefined) return { ...whole, query: first };
  return { query: left, op: cut.word as Measured["op"], threshold: plainNumber(right), unit: unitOf(left) };
}

interface Word {
  readonly word: string;
  readonly at: number;
}

/** Names and comparisons outside of brackets, quotes and comments. */
function outermost(expression: string): Word[] {
  const found: Word[] = [];
  const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#.*|[()[\]{}]|[<>]=?|[!=]=|=~|!~|[A-Za-z_:][\w:]*/g;
  let depth = 0;
  for (const match of expression.matchAll(token)) {
    const word = match[0];
    if ("([{".includes(word)) depth += 1;
    else if (")]}".includes(word)) depth -= 1;
    else if (depth === 0) found.push({ word, at: match.index });
  }
  return found;
}

/** Everything before the first further condition; undefined where one of several is enough. */
function firstCondition(expression: string): string | undefined {
  const words = outermost(expression);
  if (words.some(({ word }) => word.toLowerCase() === "or")) return undefined;
  const further = words.find(({ word }) => word.toLowerCase() === "and" || word.toLowerCase() === "unless");
  return further === undefined ? expression : expression.slice(0, further.at).trim();
}

/** Without brackets around the whole. */
function unwrapped(expression: string): string {
  let inner = expression;
  while (inner.startsWith("(") && inner.endsWith(")") && outermost(inner).length === 0 && closesLast(inner)) inner = inner.slice(1, -1).trim();
  return inner;
}

/** Whether the first bracket is closed by the last character. */
function closesLast(expression: string): boolean {
  let depth = 0;
  for (const match of expression.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[()]/g)) {
    if (match[0] === "(") depth += 1;
    if (match[0] === ")") depth -= 1;
    if (depth === 0) return match.index === expression.length - 1;
  }
  return false;
}

function plainNumber(text: string): number | undefined {
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return undefined;
  return Number(text);
}

function unitOf(expression: string): MeasuredUnit {
  if (/\b100\s*\*|\*\s*100\b/.test(expression)) return "percent";
  // Only a number as it was stored, or its extreme, still has the unit of its name.
  const name = /^(?:(?:max|min|avg|sum)(?:\s+(?:by|without)\s*\([^)]*\))?\s*\()*\s*([A-Za-z_:][\w:]*)\s*(?:\{[^}]*\})?\s*\)*$/.exec(expression.trim())?.[1];
  if (name === undefined) return "plain";
  if (name.endsWith("_percent")) return "percent";
  if (name.endsWith("_celsius")) return "celsius";
  if (name.endsWith("_seconds")) return "seconds";
  return name.endsWith("_bytes") ? "bytes" : "plain";
}

/** The expression in the address of a Prometheus graph, which an alert bears where no rule of ours is known. */
export function expressionOfUrl(url: string): string | undefined {
  const found = /[?&]g0\.expr=([^&#]*)/.exec(url)?.[1];
  if (found === undefined) return undefined;
  try {
    return decodeURIComponent(found.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
