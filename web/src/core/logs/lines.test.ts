import { describe, expect, it } from "vitest";
import { readTailFrame } from "../api/loki";
import { fitting } from "./bounds";
import { fileName, toText } from "./download";
import { fieldsOf, type LogLine, newestFirst, toLine } from "./line";
import { identityBy, mergeNewer, oldestInstant, since, without } from "./merge";
import { addNs, compareNs, fullMoment, lineClock, msOfNs, nsOfSeconds } from "./ns";
import { parseFields } from "./parse";
import { RowPlaces } from "./rows";
import { fieldStats } from "./stats";
import { planVolume, shapeVolume, totalOf } from "./volume";
import { Rate, Waiting } from "./waiting";

const T = "1700000000123456789";
const line = (ts: string, text: string, stream: Record<string, string> = { service_name: "a" }): LogLine =>
  toLine({ ts, line: text, stream, metadata: { detected_level: "info" }, parsed: {} });
const texts = (lines: readonly LogLine[]) => lines.map((one) => one.text);

describe("instants in nanoseconds", () => {
  it("never lose a digit", () => {
    expect(addNs(T, 1n)).toBe("1700000000123456790");
    expect(compareNs(T, addNs(T, 1n))).toBeLessThan(0);
    expect(compareNs("999", "1000")).toBeLessThan(0);
    expect(compareNs("-5", "3")).toBeLessThan(0);
    expect(compareNs(T, T)).toBe(0);
    expect(nsOfSeconds(1700000000.123)).toBe("1700000000123000000");
    expect(msOfNs(T)).toBe(1700000000123);
  });

  it("are written in the viewer's zone and language", () => {
    expect(lineClock(T, "en")).toEqual({ clock: "05:13:20", fraction: ".123" });
    expect(lineClock(T, "id").fraction).toBe(",123");
    expect(fullMoment(T, "en")).toBe("15 Nov 05:13:20.123456789");
  });
});

describe("merging", () => {
  const identity = identityBy(new Set(["service_name"]));

  it("knows a line again whatever a tail calls its other labels, and keeps real repetitions", () => {
    const known = [line("2", "x"), line("2", "x"), line("1", "y")];
    const tailed = toLine({ ts: "2", line: "x", stream: { service_name: "a", detected_level: "info", extra: "e" }, metadata: {}, parsed: {} });
    expect(without([tailed], known, identity)).toEqual([]);
    expect(without([line("2", "x"), line("2", "x"), line("2", "x")], known, identity)).toHaveLength(1);
    expect(without([line("2", "x", { service_name: "b" })], known, identity)).toHaveLength(1);
  });

  it("puts fresh lines where they belong", () => {
    const lines = [line("5", "e"), line("3", "c"), line("1", "a")];
    expect(texts(mergeNewer([line("6", "f"), line("4", "d")], lines))).toEqual(["f", "e", "d", "c", "a"]);
    expect(texts(mergeNewer([line("5", "e2")], lines))).toEqual(["e2", "e", "c", "a"]);
    expect(texts(mergeNewer([line("3", "c2"), line("0", "z")], lines))).toEqual(["e", "c2", "c", "a", "z"]);
    expect(mergeNewer([], lines)).toBe(lines);
  });

  it("cuts by instants", () => {
    const lines = [line("3", "c"), line("2", "b"), line("1", "a1"), line("1", "a2")];
    expect(texts(since(lines, "2"))).toEqual(["c", "b"]);
    expect(texts(since(lines, "0"))).toEqual(texts(lines));
    expect(texts(oldestInstant(lines))).toEqual(["a1", "a2"]);
    expect(oldestInstant([])).toEqual([]);
    expect(texts(newestFirst([line("1", "x"), line("2", "y"), line("1", "z")]))).toEqual(["y", "x", "z"]);
  });
});

describe("waiting lines", () => {
  it("are counted also beyond what is kept", () => {
    const waiting = new Waiting(2);
    waiting.add([line("1", "a"), line("2", "b")]);
    expect([waiting.count, waiting.isIncomplete]).toEqual([2, false]);
    waiting.add([line("3", "c")]);
    expect([waiting.count, waiting.isIncomplete, texts(waiting.lines)]).toEqual([3, true, ["c", "b"]]);
  });

  it("have a rate over a window", () => {
    const rate = new Rate(5, 100);
    rate.add(10, 100.5);
    expect(rate.perSecond(101)).toBe(10);
    rate.add(10, 104);
    expect(rate.perSecond(105)).toBe(4);
    expect(rate.perSecond(108)).toBe(2);
    expect(rate.perSecond(120)).toBe(0);
  });
});

describe("bounds", () => {
  it("hold lines and characters, at least one line", () => {
    const lines = ["aaaa", "bb", "c"].map((text) => line("1", text));
    expect(fitting(lines, 2, 100)).toBe(2);
    expect(fitting(lines, 9, 6)).toBe(2);
    expect(fitting(lines, 9, 1)).toBe(1);
    expect(fitting([], 9, 1)).toBe(0);
  });
});

describe("fields of a text", () => {
  it("come from JSON as the server's parser gives them", () => {
    expect(parseFields('{"a":1.5,"b":{"c.d":"x","2nd":true},"list":[1],"n":null,"b_c_d":"later","9":"nine"}')?.fields).toEqual([
      ["_9", "nine"],
      ["a", "1.5"],
      ["b_c_d", "x"],
      ["b_2nd", "true"],
    ]);
  });

  it("come from logfmt", () => {
    expect(parseFields('level=info msg="a \\"b\\"" dur=1.5s path=/x?a=b empty=')).toEqual({
      format: "logfmt",
      fields: [["level", "info"], ["msg", 'a "b"'], ["dur", "1.5s"], ["path", "/x?a=b"]],
    });
  });

  it.each(["plain words", "{not json", "", "x".repeat(70_000)])("are absent from others", (text) => expect(parseFields(text)).toBeUndefined());

  it("stand behind labels and never twice", () => {
    const one = line(T, '{"service_name":"inside","msg":"m","level":"info"}');
    expect(fieldsOf(one, new Set(["service_name"])).map(({ name, value, origin }) => `${name}=${value} ${origin}`)).toEqual([
      "detected_level=info label",
      "service_name=a stream",
      "service_name_extracted=inside json",
      "msg=m json",
      "level=info json",
    ]);
  });

  it("are counted, most frequent value first, measures told apart", () => {
    const lines = Array.from({ length: 30 }, (_, i) => line(String(i), `code=${i % 3 === 0 ? 500 : 200} took=${i}`));
    const stats = fieldStats(lines, new Set(["service_name"]));
    expect(stats.map((field) => field.name)).toEqual(["detected_level", "service_name", "code", "took"]);
    const code = stats.find((field) => field.name === "code");
    expect(code).toMatchObject({ origin: "logfmt", lines: 30, distinct: 2, isMeasure: false, top: [{ value: "200", lines: 20 }, { value: "500", lines: 10 }] });
    expect(stats.find((field) => field.name === "took")?.isMeasure).toBe(true);
  });
});

describe("the rows of a long list", () => {
  const places = new RowPlaces(5, (row) => (row === 2 ? 100 : 20));

  it("have places", () => {
    expect(places.total).toBe(180);
    expect([places.top(0), places.top(2), places.top(3)]).toEqual([0, 40, 140]);
    expect([0, 39, 40, 139, 140, 999].map((y) => places.rowAt(y))).toEqual([0, 1, 2, 2, 3, 4]);
  });

  it("are drawn in view and a little beyond", () => {
    expect(places.window(50, 10, 0)).toEqual({ first: 2, end: 3 });
    expect(places.window(50, 10, 1)).toEqual({ first: 1, end: 4 });
    expect(new RowPlaces(0, () => 20).window(0, 500)).toEqual({ first: 0, end: 0 });
  });
});

describe("a download", () => {
  it("is oldest first with full times", () => {
    const lines = [line(T, "newer"), line("1700000000000000001", "older")];
    expect(toText(lines)).toBe("2023-11-14T22:13:20.000000001Z a older\n2023-11-14T22:13:20.123456789Z a newer\n");
    expect(fileName(lines)).toBe("logs-20231114-221320.txt");
    expect(toText([])).toBe("");
  });
});

describe("volume", () => {
  const span = { from: 1000, to: 4600 };
  const plan = planVolume('{a="b"} | json # c', span);

  it("asks for bars at full steps, whatever ends the query", () => {
    expect(plan.step).toBe(30);
    expect(plan.start % plan.step).toBe(0);
    expect(plan.query).toBe('sum by (detected_level) (count_over_time({a="b"} | json # c\n| drop __error__, __error_details__\n[30s]))');
    expect(planVolume('{a="b"} |= "c"', span).query).not.toContain("drop");
  });

  it("sums levels into bands, loudest first", () => {
    const series = (level: string, values: number[]) => ({ metric: { detected_level: level }, times: values.map((_, i) => plan.start + i * plan.step), values });
    const volume = shapeVolume([series("info", [1, 2]), series("fatal", [3]), series("error", [4, 5]), series("odd", [6])], plan, span);
    expect(volume.totals).toEqual({ error: 12, warn: 0, info: 3, debug: 0, unknown: 6 });
    expect(totalOf(volume)).toBe(21);
    expect(volume.frame.series[0]).toMatchObject({ key: "error" });
    expect(volume.frame.series[0]?.values.slice(0, 3)).toEqual([7, 5, 0]);
    expect(volume.frame.times[0]).toBe(plan.start - plan.step / 2);
  });
});

describe("a frame of the live tail", () => {
  it("has lines and counts what was dropped", () => {
    const frame = readTailFrame(JSON.stringify({ streams: [{ stream: { job: "x" }, values: [[T, "l"]] }], dropped_entries: [{ timestamp: T, labels: {} }] }));
    expect(frame.dropped).toBe(1);
    expect(frame.entries).toEqual([{ ts: T, line: "l", stream: { job: "x" }, metadata: {}, parsed: {} }]);
    expect(readTailFrame('{"streams":null}').entries).toEqual([]);
  });

  it.each(["", "[]", '{"streams":[{}]}', '{"streams":[{"values":[[1,"a"]]}]}', '{"streams":[{"values":[["x","a"]]}]}'])("refuses %j", (text) => {
    expect(() => readTailFrame(text)).toThrow();
  });
});
