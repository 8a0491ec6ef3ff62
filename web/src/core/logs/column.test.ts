import { describe, expect, it } from "vitest";
import { LogsClient } from "../api/loki";
import { columnQuery, containerLines, hostLines } from "./column";
import { type LogLine, toLine } from "./line";
import { LINES_EACH_SIDE, lineAt, linesAtHand, loadMoment } from "./moment";

describe("the query of a column", () => {
  it.each([
    [hostLines("bromo"), "all", "", '{host="bromo"}'],
    [containerLines("bromo", "web"), "all", "  ", '{job="containers", host="bromo", container="web"}'],
    [hostLines("bromo"), "error", "", '{host="bromo"} | detected_level=~"fatal|critical|error"'],
    [hostLines("bromo"), "warn", "", '{host="bromo"} | detected_level="warn"'],
    [hostLines("bromo"), "all", "GET /", '{host="bromo"} |~ "(?i)GET /"'],
    [hostLines("bromo"), "all", 'a.b"c', '{host="bromo"} |~ "(?i)a\\\\.b\\"c"'],
    [hostLines("bromo"), "warn", "disk", '{host="bromo"} |~ "(?i)disk" | detected_level="warn"'],
  ] as const)("%s, %s, %j", (base, level, text, expected) => {
    expect(columnQuery(base, level, text)).toBe(expected);
  });
});

const line = (ts: number, text = `line ${ts}`): LogLine => toLine({ ts: String(ts), line: text, stream: {}, metadata: {}, parsed: {} });
const newestFirst = (count: number) => Array.from({ length: count }, (_, i) => line(1000 + (count - 1 - i) * 10));

describe("lines at hand around a moment", () => {
  it("are those on both sides, oldest first", () => {
    const near = linesAtHand(newestFirst(500), "2505", true);
    expect(near?.length).toBe(2 * LINES_EACH_SIDE);
    expect(near?.[LINES_EACH_SIDE - 1]?.ts).toBe("2500");
    expect(near?.[LINES_EACH_SIDE]?.ts).toBe("2510");
  });

  it("do not do where older ones are missing", () => {
    expect(linesAtHand(newestFirst(500), "1100", true)).toBeUndefined();
    expect(linesAtHand(newestFirst(500), "1100", false)?.[0]?.ts).toBe("1000");
    expect(linesAtHand([], "1100", false)).toEqual([]);
  });

  it("end with the newest", () => {
    expect(linesAtHand(newestFirst(500), "9999", true)?.at(-1)?.ts).toBe("5990");
  });
});

describe("the line of a moment", () => {
  const lines = [line(1000), line(2000, "a"), line(2000, "b"), line(3000)];
  it.each([
    ["999", "line 1000"],
    ["1000", "line 1000"],
    ["2000", "b"],
    ["2999", "b"],
    ["9999", "line 3000"],
  ])("%s", (at, text) => {
    expect(lineAt(lines, at)?.text).toBe(text);
  });

  it("is none where there are none", () => expect(lineAt([], "5")).toBeUndefined());
});

describe("loading a moment", () => {
  it("asks once before it, once after it, and joins both", async () => {
    const asked: Record<string, string>[] = [];
    const client = new LogsClient((url) => {
      const params = new URL(url, "http://fake").searchParams;
      asked.push(Object.fromEntries(params));
      const values = params.get("direction") === "backward" ? [["90", "b"], ["80", "a"]] : [["110", "c"], ["120", "d"]];
      return Promise.resolve(Response.json({ status: "success", data: { resultType: "streams", result: [{ stream: {}, values }] } }));
    });
    const lines = await loadMoment(client, { query: "{a=\"b\"}", at: "100", start: "10", end: "200" }, new AbortController().signal);
    expect(lines.map((one) => one.text)).toEqual(["a", "b", "c", "d"]);
    expect(asked.map(({ start, end, direction }) => [start, end, direction])).toEqual([["10", "101", "backward"], ["101", "200", "forward"]]);
  });
});
