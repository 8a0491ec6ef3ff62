import { beforeEach, describe, expect, it } from "vitest";
import { LogsClient } from "../api/loki";
import { ApiError } from "../api/types";
import { FakeTimers } from "../time/fakeTimers";
import type { TimeRange } from "../time/range";
import { EVERYTHING } from "./address";
import { ERRORS_SECONDS, errorsQuery, ErrorsTask } from "./errors";
import type { LogLine } from "./line";
import type { LogsState } from "./state";
import type { OpenSocket } from "./tail";
import { LogsTask } from "./task";

interface Stored {
  readonly ts: bigint;
  readonly text: string;
  readonly service: string;
}

/** A server that keeps lines of services and answers as Menara's does. */
class FakeServer {
  lines: Stored[] = [];
  requests: URL[] = [];
  fails: string | undefined;
  isDown = false;

  readonly fetch = (address: string): Promise<Response> => {
    if (this.isDown) return Promise.reject(new TypeError("nothing answers"));
    const url = new URL(address, "http://fake");
    this.requests.push(url);
    if (this.fails !== undefined) return Promise.resolve(new Response(this.fails, { status: 400 }));
    return Promise.resolve(Response.json({ status: "success", data: this.#answer(url) }));
  };

  #answer(url: URL): unknown {
    const query = url.searchParams.get("query") ?? "";
    if (url.pathname.endsWith("/labels")) return this.lines.length === 0 ? undefined : ["service_name"];
    if (url.pathname.endsWith("/query")) return { resultType: "vector", result: this.#counts() };
    if (query.includes("count_over_time")) return { resultType: "matrix", result: [] };
    return { resultType: "streams", result: this.#streams(url.searchParams, query), stats: { summary: { execTime: 0.01, totalBytesProcessed: 5 } } };
  }

  #counts(): unknown {
    const counts = new Map<string, number>();
    for (const { service } of this.lines) counts.set(service, (counts.get(service) ?? 0) + 1);
    return [...counts].map(([service_name, count]) => ({ metric: { service_name }, value: [0, String(count)] }));
  }

  #streams(params: URLSearchParams, query: string): unknown {
    const [start, end] = [BigInt(params.get("start") ?? "0"), BigInt(params.get("end") ?? "0")];
    const wanted = /service_name="(\w+)"/.exec(query)?.[1];
    const found = this.lines.filter((line) => line.ts >= start && line.ts < end && (wanted === undefined || line.service === wanted));
    found.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
    if (params.get("direction") === "backward") found.reverse();
    const shown = query.includes("nothing") ? [] : found.slice(0, Number(params.get("limit")));
    const services = [...new Set(shown.map((line) => line.service))];
    return services.map((service_name) => ({
      stream: { service_name },
      values: shown.filter((line) => line.service === service_name).map((line) => [String(line.ts), line.text, { structuredMetadata: { detected_level: "error" } }]),
    }));
  }
}

interface FakeSocket {
  readonly path: string;
  readonly handlers: Parameters<OpenSocket>[1];
  isClosed: boolean;
}

const NS_PER_MS = 1_000_000n;
let timers: FakeTimers;
let server: FakeServer;
let sockets: FakeSocket[];
let range: TimeRange;
let task: LogsTask;

beforeEach(() => {
  timers = new FakeTimers(1_700_000_000);
  server = new FakeServer();
  sockets = [];
  range = { kind: "live", seconds: 3600 };
  task = new LogsTask({
    client: new LogsClient(server.fetch),
    timers,
    openSocket: (path, handlers) => {
      const socket: FakeSocket = { path, handlers, isClosed: false };
      sockets.push(socket);
      return { close: () => (socket.isClosed = true) };
    },
    range: () => range,
    requestRefresh: () => undefined,
    query: EVERYTHING,
  });
});

const at = (secondsAgo: number, extra = 0n): bigint => BigInt(Math.round((timers.time - secondsAgo) * 1000)) * NS_PER_MS + extra;
const store = (count: number, ts: (i: number) => bigint, name = "l") => {
  for (let i = 0; i < count; i += 1) server.lines.push({ ts: ts(i), text: `${name}${i}`, service: "a" });
};
const refresh = () => task.refresh({ at: timers.time, signal: new AbortController().signal });
const state = (): LogsState => task.state.get();
const shown = (): readonly LogLine[] => {
  const { answer } = state();
  return answer.status === "lines" ? answer.lines : [];
};
const texts = () => shown().map((line) => line.text);
const tailed = (...lines: [bigint, string][]) =>
  JSON.stringify({ streams: [{ stream: { service_name: "a", detected_level: "info" }, values: lines.map(([ts, text]) => [String(ts), text]) }] });
const newest = () => {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no tail was opened");
  return socket;
};

describe("the lines of a query", () => {
  it("are newest first, and what is known is not asked again", async () => {
    store(3, (i) => at(30 - i));
    await refresh();
    expect(texts()).toEqual(["l2", "l1", "l0"]);
    expect(state().answer).toMatchObject({ older: "none", cost: { seconds: 0.01, bytes: 5 } });
    const asked = server.requests.length;
    await refresh();
    expect(server.requests.slice(asked).map((url) => url.searchParams.get("query")?.startsWith("sum by"))).toEqual([true]);
  });

  it("of the past need no tail and no second question", async () => {
    store(3, (i) => at(30 - i));
    range = { kind: "fixed", from: timers.time - 100, to: timers.time };
    await refresh();
    const asked = server.requests.length;
    await refresh();
    expect([server.requests.length - asked, sockets.length, state().live.status]).toEqual([0, 0, "off"]);
  });

  it("go on at the oldest instant without losing or repeating any, however many share it", async () => {
    // 900 of their own, 700 at one instant across the edge of the page, 900 older ones.
    store(900, (i) => at(10, BigInt(i)), "new");
    store(700, () => at(20), "same");
    store(900, (i) => at(30, BigInt(i)), "old");
    await refresh();
    expect(shown()).toHaveLength(1000);
    for (let page = 0; page < 5 && state().answer.status === "lines"; page += 1) await task.loadOlder();
    expect(shown()).toHaveLength(2500);
    expect(new Set(texts()).size).toBe(2500);
    expect(state().answer).toMatchObject({ older: "none" });
    const times = shown().map((line) => BigInt(line.ts));
    expect(times.every((ts, i) => i === 0 || ts <= (times[i - 1] ?? 0n))).toBe(true);
  });

  it("can be asked again after older ones failed", async () => {
    store(1200, (i) => at(10, BigInt(i)));
    await refresh();
    server.isDown = true;
    await task.loadOlder();
    expect(state().answer).toMatchObject({ older: "failed" });
    server.isDown = false;
    await task.loadOlder();
    expect(shown()).toHaveLength(1200);
  });

  it("are refused in the server's words; a server that is down is the page's matter", async () => {
    server.fails = "parse error at line 1, col 3: x";
    await refresh();
    expect(state().answer).toMatchObject({ status: "failed", error: { kind: "query", message: server.fails } });
    server.isDown = true;
    task.run("{a=\"b\"}");
    await expect(refresh()).rejects.toBeInstanceOf(ApiError);
  });
});

describe("nothing found", () => {
  it("is an empty store", async () => {
    await refresh();
    expect(state().answer).toMatchObject({ emptiness: { kind: "store" } });
  });

  it("is a query without lines", async () => {
    store(1, () => at(30));
    task.run('{service_name="a"} |= "nothing"');
    await refresh();
    expect(state().answer).toMatchObject({ emptiness: { kind: "query" } });
  });

  it("is a range without lines, and the newest line before it is named", async () => {
    store(2, (i) => at(7200 - i));
    await refresh();
    expect(state().answer).toMatchObject({ emptiness: { kind: "range", newest: String(at(7199)) } });
  });
});

describe("the live tail", () => {
  beforeEach(async () => {
    store(2, (i) => at(2 - i));
    await refresh();
    newest().handlers.onOpen();
  });

  it("begins before the newest line and shows each line once", async () => {
    const params = new URL(newest().path, "http://fake").searchParams;
    expect(params.get("query")).toBe(EVERYTHING);
    expect(BigInt(params.get("start") ?? "0")).toBeLessThan(at(1));
    newest().handlers.onText(tailed([at(2), "l0"], [at(1), "l1"], [at(0), "fresh"], [at(0), "fresh"]));
    await timers.pass(0.1);
    // Two lines that are alike in everything are two lines.
    expect(texts()).toEqual(["fresh", "fresh", "l1", "l0"]);
    await timers.pass(1);
    expect(state().live).toMatchObject({ status: "on", perSecond: 2 / 1 });
  });

  it("takes lines of the past into the list but not into the rate", async () => {
    newest().handlers.onText(tailed([at(1.5), "missed"], [at(0), "fresh"]));
    await timers.pass(0.1);
    expect(texts()).toEqual(["fresh", "l1", "missed", "l0"]);
    await timers.pass(1);
    expect(state().live.perSecond).toBe(1);
  });

  it("waits while paused and says how many lines do", async () => {
    task.pause();
    newest().handlers.onText(tailed([at(0), "x"], [at(0, 1n), "y"]));
    await timers.pass(0.2);
    expect([texts(), state().live.waiting]).toEqual([["l1", "l0"], 2]);
    task.resume();
    expect([texts(), state().live.waiting, state().live.isPaused]).toEqual([["y", "x", "l1", "l0"], 0, false]);
  });

  it("connects again by itself, from where it was, with nothing twice", async () => {
    newest().handlers.onText(tailed([at(0), "x"]));
    await timers.pass(0.2);
    newest().handlers.onClose();
    expect(state().live.status).toBe("lost");
    await timers.pass(1.1);
    expect(sockets).toHaveLength(2);
    newest().handlers.onOpen();
    newest().handlers.onText(tailed([BigInt(shown()[0]?.ts ?? "0"), "x"], [at(0), "y"]));
    await timers.pass(0.2);
    expect(texts()).toEqual(["y", "x", "l1", "l0"]);
    expect(state().live.status).toBe("on");
  });

  it("ends with its query and counts what the server dropped", async () => {
    newest().handlers.onText(JSON.stringify({ streams: [], dropped_entries: [{}, {}] }));
    expect(state().live.dropped).toBe(2);
    newest().handlers.onText("not JSON");
    const before = newest();
    task.run('{service_name="a"}');
    await refresh();
    expect([before.isClosed, sockets.length, state().live.dropped]).toEqual([true, 2, 0]);
    before.handlers.onText(tailed([at(0), "late"]));
    await timers.pass(0.5);
    expect(texts()).not.toContain("late");
    task.close();
    expect(newest().isClosed).toBe(true);
  });
});

describe("the neighbours of a line", () => {
  it("are those of its stream, also at its own instant", async () => {
    store(20, (i) => at(40 - i));
    server.lines.push({ ts: at(30), text: "other", service: "b" }, { ts: at(30), text: "twin", service: "a" });
    await refresh();
    const line = shown().find((one) => one.text === "l10");
    if (line === undefined) throw new Error("the line is missing");
    const { newer, older } = await task.around(line);
    const around = [...newer, line, ...older].map((one) => one.text);
    expect(around).toContain("twin");
    expect(around).not.toContain("other");
    expect(around.filter((text) => text === "l10")).toHaveLength(1);
    expect(around[0]).toBe("l18");
    expect(around.indexOf("l9")).toBeGreaterThan(around.indexOf("l10"));
  });
});

describe("errors by service", () => {
  const errors = () => new ErrorsTask(new LogsClient(server.fetch), () => range);

  it("are counted for an hour, most first, with the last line of each", async () => {
    ["a", "b", "b", "c", "d", "e"].forEach((service, i) => server.lines.push({ ts: at(60 - i), text: `${service}${i}`, service }));
    const made = errors();
    await made.refresh({ at: timers.time, signal: new AbortController().signal });
    const found = made.state.get();
    if (found.status !== "ready") throw new Error(found.status);
    expect(found.services.map(({ service, count, last }) => [service, count, last?.text])).toEqual([["b", 2, "b2"], ["a", 1, "a0"], ["c", 1, "c3"], ["d", 1, "d4"]]);
    expect([found.more, found.hasLines, found.until]).toEqual([1, true, timers.time]);
    const asked = server.requests.find((url) => url.pathname.endsWith("/query"))?.searchParams;
    expect(asked?.get("query")).toBe(`sum by (service_name) (count_over_time(${errorsQuery()} [1h]))`);
    expect(asked?.get("time")).toBe(String(at(0)));
  });

  it("of a range that stands still belong to the hour before its end", async () => {
    range = { kind: "fixed", from: timers.time - 90_000, to: timers.time - 86_400 };
    const made = errors();
    await made.refresh({ at: timers.time, signal: new AbortController().signal });
    expect(made.state.get()).toMatchObject({ status: "ready", services: [], hasLines: false, until: timers.time - 86_400 });
    const labels = server.requests.find((url) => url.pathname.endsWith("/labels"))?.searchParams;
    expect(labels?.get("start")).toBe(String(at(86_400 + ERRORS_SECONDS)));
  });

  it("may be refused; a server that is down is the page's matter", async () => {
    const made = errors();
    server.fails = "not built yet: count_over_time";
    await made.refresh({ at: timers.time, signal: new AbortController().signal });
    expect(made.state.get()).toMatchObject({ status: "failed", error: { message: server.fails } });
    server.isDown = true;
    await expect(made.refresh({ at: timers.time, signal: new AbortController().signal })).rejects.toBeInstanceOf(ApiError);
  });

  it("name a service as LogQL writes strings", () => {
    expect(errorsQuery('a"b')).toBe('{service_name="a\\"b", job!="container_events"} | detected_level=~"fatal|critical|error"');
  });
});
