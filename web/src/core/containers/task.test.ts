import { beforeEach, describe, expect, it } from "vitest";
import { MetricsClient } from "../api/client";
import { SensorsClient } from "../api/sensors";
import { Refresher } from "../refresh";
import { ServerClock } from "../time/clock";
import { FakeTimers } from "../time/fakeTimers";
import { ContainersTask } from "./task";

/** An answer whose text is there without a turn of the event loop. */
function text(body: string, status = 200): Response {
  return { ok: status === 200, status, text: () => Promise.resolve(body) } as Response;
}

const ID = "a".repeat(64);
const ANSWER = JSON.stringify({ host: "bromo", sources: [], containers: [{ id: ID, name: "web", state: "running" }] });

let timers: FakeTimers;
let refresher: Refresher;
let task: ContainersTask;
/** What was asked, and how each question is answered. */
let asked: string[];
let answer: (signal: AbortSignal | null | undefined) => Promise<Response>;
let numbers: () => Response;
const states = () => asked.filter((url) => url.startsWith("sensors/")).length;
const queries = () => asked.filter((url) => url.startsWith("api/")).length;

beforeEach(() => {
  timers = new FakeTimers();
  asked = [];
  answer = () => Promise.resolve(text(ANSWER));
  numbers = () => text(JSON.stringify({ status: "success", data: { resultType: "vector", result: [{ metric: { id: `/docker/${ID}`, what: "cpu" }, value: [1000, "0.5"] }] } }));
  const fetch = (url: string, init: RequestInit) => {
    asked.push(url);
    if (url.startsWith("sensors/")) return answer(init.signal);
    if (init.method === "POST") return Promise.resolve(text(JSON.stringify({ status: "success", data: { resultType: "matrix", result: [] } })));
    return Promise.resolve(numbers());
  };
  refresher = new Refresher({ timers, clock: new ServerClock(timers), askServerTime: () => Promise.resolve(timers.time) });
  task = new ContainersTask({ sensors: new SensorsClient(fetch), client: new MetricsClient(fetch), refresher, timers });
});

describe("asking for containers", () => {
  it("goes on every second, and for numbers at each refresh", async () => {
    task.start();
    await timers.pass(0);
    expect(states()).toBe(1);
    expect(task.state.get()).toMatchObject({ report: { host: "bromo" }, answeredAt: 1000, error: undefined });
    expect(task.state.get().numbers.get(ID)?.cpuCores).toBe(0.5);
    const first = queries();
    await timers.pass(5);
    expect(states()).toBe(6);
    expect(queries()).toBe(first);
    await timers.pass(10);
    expect(queries()).toBeGreaterThan(first);
  });

  it("has one question at a time under way", async () => {
    let release = () => {};
    answer = () => new Promise((done) => (release = () => done(text(ANSWER))));
    task.start();
    await timers.pass(10);
    expect(states()).toBe(1);
    release();
    await timers.pass(0.9);
    expect(states()).toBe(1);
    await timers.pass(0.2);
    expect(states()).toBe(2);
  });

  it("gives up what does not answer", async () => {
    answer = (signal) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new DOMException("given up", "AbortError"))));
    task.start();
    await timers.pass(16);
    expect(task.state.get().error?.kind).toBe("aborted");
    answer = () => Promise.resolve(text(ANSWER));
    // A refresh has asked again in the meantime, which is given up too.
    await timers.pass(20);
    expect(task.state.get()).toMatchObject({ error: undefined, report: { host: "bromo" } });
  });

  it("keeps what it knew while the server is gone, and asks less and less often", async () => {
    task.start();
    await timers.pass(0.5);
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    const { report } = task.state.get();
    await timers.pass(60);
    expect(task.state.get()).toMatchObject({ answeredAt: 1000, error: { kind: "unreachable" } });
    expect(task.state.get().report).toBe(report);
    expect(states()).toBeLessThan(10);
    answer = () => Promise.resolve(text(ANSWER));
    await timers.pass(15);
    expect(task.state.get().error).toBeUndefined();
  });

  it("rests while the page is hidden and goes on at once when it is seen", async () => {
    task.start();
    await timers.pass(0.5);
    refresher.setVisible(false);
    await timers.pass(60);
    const before = states();
    expect(before).toBe(1);
    refresher.setVisible(true);
    await timers.pass(0.1);
    expect(states()).toBe(before + 1);
  });

  it("asks by hand only where refreshing is off", async () => {
    refresher.interval.set(0);
    task.start();
    await timers.pass(0.1);
    const before = states();
    await timers.pass(60);
    expect(states()).toBe(before);
    refresher.refreshNow();
    await timers.pass(0.1);
    expect(states()).toBe(before + 1);
  });

  it("ends with the last page that wants to know", async () => {
    const [first, second] = [task.start(), task.start()];
    await timers.pass(1);
    first();
    first();
    await timers.pass(4);
    const before = states();
    expect(before).toBeGreaterThan(1);
    second();
    await timers.pass(60);
    expect(states()).toBe(before);
    expect(task.state.get().report).toBeDefined();
  });

  it("tells states without numbers where the store refuses them", async () => {
    numbers = () => text(JSON.stringify({ status: "error", errorType: "execution", error: "too much" }), 422);
    task.start();
    await timers.pass(1);
    expect(task.state.get()).toMatchObject({ report: { host: "bromo" }, error: undefined });
    expect(task.state.get().numbers.size).toBe(0);
    expect(refresher.connection.get().status).toBe("online");
  });
});
