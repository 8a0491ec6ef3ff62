import type { Json } from "./json";

interface Line {
  readonly indent: number;
  readonly text: string;
}

/**
 * Reads the configuration as the server shows it: YAML in blocks of two spaces, with every text plain or in double quotes.
 * Any other YAML, such as that of another alert manager, may be read wrongly or not at all: then the result is undefined.
 */
export function readShown(yaml: string): Json | undefined {
  const lines = yaml
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  const reader = new Reader(lines);
  try {
    const value = reader.block(0);
    return reader.isAtEnd() && typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

class Reader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#lines.length;
  }

  /** The map or list whose lines stand at `indent`. */
  block(indent: number): unknown {
    return isItem(this.#here(indent)) ? this.#list(indent) : this.#map(indent);
  }

  #here(indent: number): string | undefined {
    const line = this.#lines[this.#at];
    return line !== undefined && line.indent === indent ? line.text : undefined;
  }

  #list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (let text = this.#here(indent); isItem(text); text = this.#here(indent)) {
      const rest = (text ?? "").slice(1).trim();
      if (rest === "") {
        this.#at += 1;
        items.push(this.block(indent + 2));
      } else if (keyOf(rest) === undefined) {
        this.#at += 1;
        items.push(scalar(rest));
      } else {
        // The first entry of a map stands on the line of the dash.
        this.#lines[this.#at] = { indent: indent + 2, text: rest };
        items.push(this.#map(indent + 2));
      }
    }
    return items;
  }

  #map(indent: number): Json {
    const entries: [string, unknown][] = [];
    for (let text = this.#here(indent); text !== undefined && !isItem(text); text = this.#here(indent)) {
      const key = keyOf(text);
      if (key === undefined) throw new Error("no key");
      this.#at += 1;
      entries.push([String(scalar(key.text)), key.rest === "" ? this.#behindKey(indent) : scalar(key.rest)]);
    }
    if (entries.length === 0) throw new Error("no entry");
    return Object.fromEntries(entries);
  }

  /** A list stands as far left as its key, a map further in. */
  #behindKey(indent: number): unknown {
    return isItem(this.#here(indent)) ? this.#list(indent) : this.#map(indent + 2);
  }
}

function isItem(text: string | undefined): boolean {
  return text === "-" || text?.startsWith("- ") === true;
}

function keyOf(text: string): { readonly text: string; readonly rest: string } | undefined {
  const match = /^("(?:[^"\\]|\\.)*"|[^\s"'{}[\]#&*!|>%@`:][^\s:]*):(?:\s+(.*))?$/s.exec(text);
  return match === null ? undefined : { text: match[1] ?? "", rest: match[2] ?? "" };
}

function scalar(text: string): unknown {
  if (text.startsWith('"')) return JSON.parse(text.replace(/\\x([0-9a-fA-F]{2})/g, "\\u00$1")) as unknown;
  if (text === "{}") return {};
  if (text === "[]") return [];
  if (/^[{[&*!|>'%@`]/.test(text)) throw new Error("no scalar of the server's");
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  return text;
}
