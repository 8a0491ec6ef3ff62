const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** A text as a string of LogQL. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** What a string of LogQL stands for; its quotes may be missing at the end. */
export function unquote(literal: string): string {
  if (literal.startsWith("`")) return literal.slice(1, literal.length > 1 && literal.endsWith("`") ? -1 : undefined);
  const isClosed = /^"(?:[^"\\]|\\.)*"$/s.test(literal);
  return literal.slice(1, isClosed ? -1 : undefined).replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^])/g, (_, escape: string) => {
    if (escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return ESCAPES[escape] ?? escape;
  });
}

/** A text without the terminal's colours and cursor moves, which say nothing here. */
export function withoutEscapes(text: string): string {
  return text.includes("\u001b") ? text.replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])/g, "") : text;
}
