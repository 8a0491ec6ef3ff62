/**
 * A pattern of the alert manager (RE2 syntax, matched against the whole value) as one of this page. Undefined where the
 * alert manager would refuse it, or where this page cannot tell what it means.
 */
export function anchored(pattern: string): RegExp | undefined {
  const [, letters = "", body = ""] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  // What follows is taken by this page's engine, but refused by the alert manager.
  if (/\(\?(?:[=!]|<[=!])/.test(body)) return undefined;
  const translated = translate(body);
  if (translated === undefined) return undefined;
  try {
    return new RegExp(`^(?:${translated})$`, `u${letters}`);
  } catch {
    return undefined;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  digit: "0-9",
  lower: "a-z",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

const ESCAPES: Readonly<Record<string, string>> = { A: "^", z: "$", a: "\\x07", s: "[\\t\\n\\f\\r ]", S: "[^\\t\\n\\f\\r ]" };

/** Inside brackets classes cannot stand in brackets of their own. */
const ESCAPES_IN_SET: Readonly<Record<string, string>> = { a: "\\x07", s: "\\t\\n\\f\\r " };

function translate(body: string): string | undefined {
  let out = "";
  let inSet = false;
  for (let i = 0; i < body.length; i += 1) {
    const rest = body.slice(i);
    const named = inSet ? /^\[:(\w+):\]/.exec(rest) : null;
    const opening = inSet ? null : /^\[\^?\]?/.exec(rest);
    if (named !== null) {
      const members = CLASSES[named[1] ?? ""];
      if (members === undefined) return undefined;
      out += members;
      i += named[0].length - 1;
    } else if (opening !== null) {
      // A closing bracket in the first place means itself.
      inSet = true;
      out += opening[0].replace("]", "\\]");
      i += opening[0].length - 1;
    } else if (body[i] === "\\") {
      const escape = escaped(rest, inSet);
      if (escape === undefined) return undefined;
      out += escape.text;
      i += escape.length - 1;
    } else if (!inSet && rest.startsWith("(?P<")) {
      out += "(?<";
      i += 3;
    } else {
      out += literal(body, i, inSet);
      if (body[i] === "]") inSet = false;
    }
  }
  return inSet ? undefined : out;
}

/** A brace that begins no repetition means itself, and so does a bracket that opens or closes nothing. */
function literal(body: string, i: number, inSet: boolean): string {
  const char = body[i] ?? "";
  if (char === (inSet ? "[" : "]")) return `\\${char}`;
  if (inSet || (char !== "{" && char !== "}")) return char;
  if (char === "{") return /^\{\d+(?:,\d*)?\}/.test(body.slice(i)) ? char : "\\{";
  return /\{\d+(?:,\d*)?$/.test(body.slice(0, i)) ? char : "\\}";
}

function escaped(rest: string, inSet: boolean): { readonly text: string; readonly length: number } | undefined {
  const next = rest[1];
  if (next === undefined || /[1-9CZ]/.test(next)) return undefined;
  if (next === "Q") {
    const end = rest.indexOf("\\E");
    const quoted = end === -1 ? rest.slice(2) : rest.slice(2, end);
    return { text: [...quoted].map(asItself).join(""), length: end === -1 ? rest.length : end + 2 };
  }
  const known = (inSet ? ESCAPES_IN_SET : ESCAPES)[next];
  if (known !== undefined) return { text: known, length: 2 };
  const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
  if (property !== null) return { text: propertyOf(property), length: property[0].length };
  const code = /^\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/.exec(rest);
  if (code !== null) return { text: `\\u{${code[1] ?? code[2] ?? ""}}`, length: code[0].length };
  return { text: /\w/.test(next) ? `\\${next}` : asItself(next), length: 2 };
}

function propertyOf([, letter, not, long, short]: RegExpExecArray): string {
  const sign = (letter === "P") === (not === "^") ? "p" : "P";
  const name = long ?? short ?? "";
  return name.length <= 2 ? `\\${sign}{${name}}` : `\\${sign}{Script=${name}}`;
}

function asItself(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
