import { describe, expect, it } from "vitest";
import { EVERYTHING, logsHref, logsSearch, queryFromSearch } from "./address";
import { type Field, selectorOf, type Wish, withField, withFilter } from "./edit";
import { bandOf, lettersOf, levelsOf } from "./levels";
import { hits, literal, patternsOf } from "./marks";
import { indexOfPlace, readProblem } from "./problem";
import { linesPart, readStructure } from "./structure";
import { quote, unquote, withoutEscapes } from "./text";
import { tokenise } from "./tokens";

const HOUR = { kind: "live", seconds: 3600 } as const;

describe("the address", () => {
  it("leaves out what is the default", () => {
    expect(logsSearch(EVERYTHING, HOUR)).toBe("");
    expect(queryFromSearch("")).toBe(EVERYTHING);
    expect(queryFromSearch("?query=%20")).toBe(EVERYTHING);
  });

  it.each(['{a="b"} |= "x & y = 100%"', '{a=~"é+"} | json | level="error" # why', '{a="\\"\\n"}'])("keeps %s with a range", (query) => {
    const search = logsSearch(query, { kind: "fixed", from: 1000, to: 5000 });
    expect(queryFromSearch(search)).toBe(query);
    expect(search).toMatch(/^\?from=1000&to=5000&query=/);
    expect(logsHref(query, HOUR)).toMatch(/^logs\?query=/);
  });
});

describe("tokens", () => {
  it.each([
    '{host="bromo", container=~"immich.*"} |~ "(?i)failed|killed" | json',
    'sum by (level) (count_over_time({a="b"} | logfmt [5m])) > 3.5e2',
    '{a="not closed',
    "{a=`raw \\ \n text`} # a comment",
    "🙂 é \u0000",
    "",
  ])("together are the query: %s", (query) => {
    const tokens = tokenise(query);
    expect(tokens.map((token) => token.text).join("")).toBe(query);
    for (const token of tokens) expect(query.startsWith(token.text, token.at)).toBe(true);
  });

  it("tell labels, functions, keywords and strings apart by where they stand", () => {
    const kinds = new Map(tokenise('sum by (json) (rate({json="x"} | json | level="y" [5m]))').map((token) => [`${token.at}`, token]));
    const of = (text: string) => [...kinds.values()].filter((token) => token.text === text).map((token) => token.kind);
    expect(of("sum")).toEqual(["function"]);
    expect(of("rate")).toEqual(["function"]);
    expect(of("by")).toEqual(["keyword"]);
    expect(of("json")).toEqual(["keyword", "label", "keyword"]);
    expect(of("level")).toEqual(["label"]);
    expect(of('"x"')).toEqual(["string"]);
  });
});

describe("the structure of a query", () => {
  it("has a selector and stages", () => {
    const { selector, stages, asksForLines } = readStructure('{a="b", c!~"d"} |= "e" or "f" != "g" | json | h="i" | line_format "{{.j}}" # k');
    expect(selector?.matchers.map(({ name, op, value }) => [name, op, value])).toEqual([["a", "=", "b"], ["c", "!~", "d"]]);
    expect(stages.map((stage) => stage.name)).toEqual(["|=", "!=", "json", "", "line_format"]);
    expect(asksForLines).toBe(true);
  });

  it("knows queries that ask for numbers, and finds their lines", () => {
    const query = 'sum by (a) (count_over_time({a="b"} |= "c" [5m])) > 1';
    expect(readStructure(query).asksForLines).toBe(false);
    expect(linesPart(query)).toBe('{a="b"} |= "c"');
    expect(linesPart("vector(1)")).toBeUndefined();
  });
});

const stream = (name: string, value: string): Field => ({ name, value, origin: "stream" });
const label = (name: string, value: string): Field => ({ name, value, origin: "label" });

describe("editing a query", () => {
  it.each<[string, Field, Wish, string]>([
    ['{a="b"}', stream("c", "d"), "keep", '{a="b", c="d"}'],
    ['{a="b"}', stream("c", "d"), "leave out", '{a="b", c!="d"}'],
    // The same wish twice changes nothing, the opposite wish takes the place of the first.
    ['{a="b", c="d"}', stream("c", "d"), "keep", '{a="b", c="d"}'],
    ['{a="b", c!="d"}', stream("c", "d"), "keep", '{a="b", c="d"}'],
    ['{a="b", c="x"}', stream("c", "d"), "keep", '{a="b", c="d"}'],
    // Something must be selected.
    ['{c="d"}', stream("c", "d"), "leave out", '{c=~".+", c!="d"}'],
    [EVERYTHING, stream("service_name", "caddy"), "keep", '{service_name=~".+", service_name="caddy"}'],
    ['{a="b"} |= "x" # note', stream("c", 'quo"te\\'), "keep", '{a="b", c="quo\\"te\\\\"} |= "x" # note'],
    ['{a="b"}', label("detected_level", "error"), "keep", '{a="b"} | detected_level="error"'],
    ['{a="b"} | detected_level="error"', label("detected_level", "error"), "leave out", '{a="b"} | detected_level!="error"'],
    ['{a="b"} | detected_level="error"', label("detected_level", "warn"), "keep", '{a="b"} | detected_level="warn"'],
    ['{a="b"} | detected_level!="info"', label("detected_level", "debug"), "leave out", '{a="b"} | detected_level!="info" | detected_level!="debug"'],
    ['{a="b"}', { name: "status", value: "500", origin: "json" }, "keep", '{a="b"} | json | status="500"'],
    ['{a="b"} | json', { name: "status", value: "500", origin: "json" }, "leave out", '{a="b"} | json | status!="500"'],
    ['{a="b"} # end', { name: "k", value: "v", origin: "logfmt" }, "keep", '{a="b"} | logfmt | k="v" # end'],
  ])("%s with %o, %s", (query, field, wish, edited) => {
    expect(withField(query, field, wish)).toBe(edited);
    expect(withField(edited, field, wish)).toBe(edited);
  });

  it("keeps one band of levels", () => {
    const once = withFilter('{a="b"}', "detected_level", "=~", levelsOf("error"));
    expect(once).toBe('{a="b"} | detected_level=~"fatal|critical|error"');
    expect(withFilter(once, "detected_level", "=", "warn")).toBe('{a="b"} | detected_level="warn"');
  });

  it("selects a stream exactly", () => {
    expect(selectorOf({ job: "x", a: 'b"' })).toBe('{a="b\\"", job="x"}');
  });
});

describe("strings", () => {
  it.each(["plain", 'with "quotes"', "back\\slash", "new\nline\ttab", "é 🙂 \u0001"])("%j survives quoting", (text) => expect(unquote(quote(text))).toBe(text));

  it("reads raw strings and strings that are not closed yet", () => {
    expect(unquote("`a\\d+`")).toBe("a\\d+");
    expect(unquote('"abc')).toBe("abc");
    expect(unquote("`abc")).toBe("abc");
  });

  it("drops the colours of terminals", () => {
    expect(withoutEscapes("\u001b[31;1mred\u001b[0m and \u001b[2Kplain")).toBe("red and plain");
    expect(withoutEscapes("[31m stays")).toBe("[31m stays");
  });
});

describe("marks", () => {
  const marked = (query: string, text: string) => hits(text, patternsOf(query)).map(([start, end]) => text.slice(start, end));

  it("are what line filters look for", () => {
    expect(marked('{a="b"} |~ "(?i)failed|killed" |= "9.5" != "x" |= ip("10.0.0.1")', "Killed x job failed 9.5 925 10.0.0.1")).toEqual(["Killed", "failed", "9.5"]);
  });

  it("melt together where they touch, and leave out what only the server understands", () => {
    expect(marked('{a="b"} |= "abc" |= "cd" |~ "\\\\pX(" |~ "(?P<n>z)"', "xabcdz")).toEqual(["abcdz"]);
    expect(marked('{a="b"} |= ""', "abc")).toEqual([]);
  });

  it("of a text looked for on the page ignore its case", () => {
    const pattern = literal("A.b", true);
    expect(hits("a.B axb", pattern === undefined ? [] : [pattern])).toEqual([[0, 3]]);
    expect(literal("", true)).toBeUndefined();
  });
});

describe("a refusal", () => {
  it("has a place and a remedy", () => {
    const problem = readProblem("parse error at line 1, col 14: syntax error: unexpected $end, expecting }");
    expect(problem).toEqual({ text: "syntax error: unexpected $end, expecting }", place: { line: 1, column: 14 }, remedy: "finish" });
  });

  it.each([
    ["parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value", "select"],
    ["not built yet: the stage decolorize", "notBuilt"],
    ["something else", undefined],
  ])("%s", (message, remedy) => {
    const problem = readProblem(message);
    expect([problem.remedy, problem.place]).toEqual([remedy, undefined]);
    expect(message.endsWith(problem.text)).toBe(true);
  });

  it("finds its place in the query, also behind the end", () => {
    expect(indexOfPlace('{a="b"}\n| jso', { line: 2, column: 3 })).toBe(10);
    expect(indexOfPlace("abc", { line: 1, column: 99 })).toBe(3);
    expect(indexOfPlace("abc", { line: 9, column: 1 })).toBe(3);
  });
});

describe("levels", () => {
  it.each([
    ["error", "error", "ERR"],
    ["CRITICAL", "error", "CRT"],
    ["fatal", "error", "FTL"],
    ["warn", "warn", "WRN"],
    ["trace", "debug", "TRC"],
    ["unknown", "unknown", "–"],
    ["constructor", "unknown", "–"],
  ])("%s is in the band %s and written %s", (level, band, letters) => expect([bandOf(level), lettersOf(level)]).toEqual([band, letters]));
});
