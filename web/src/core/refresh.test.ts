import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "./api/types";
import { type RefreshContext, Refresher, type RefreshTask } from "./refresh";
import { ServerClock } from "./time/clock";
import { FakeTimers } from "./time/fakeTimers";

class FakeTask implements RefreshTask {
  readonly seen: RefreshContext[] = [];
  hurry = false;
  answer: (context: RefreshContext) => Promise<void> = () => Promise.resolve();

  refresh(context: RefreshContext): Promise<void> {
    this.seen.push(context);
    return this.answer(context);
  }

  isInHurry(): boolean {
    return this.hurry;
  }
}

let timers: FakeTimers;
let task: FakeTask;
let refresher: Refresher;
let serverAhead: number;

beforeEach(() => {
  timers = new FakeTimers();
  task = new FakeTask();
  serverAhead = 0;
  refresher = new Refresher({
    timers,
    clock: new ServerClock(timers),
    askServerTime: () => Promise.resolve(timers.time + serverAhead),
    interval: 15,
  });
});

describe("refreshing", () => {
  it("gives all tasks one instant, a second before the server's now", async () => {
    serverAhead = 500;
    const other = new FakeTask();
    refresher.add(task);
    refresher.add(other);
    await timers.pass(0);
    expect(task.seen.map((context) => context.at)).toEqual([1499]);
    expect(other.seen.map((context) => context.at)).toEqual([1499]);
    expect(refresher.connection.get()).toEqual({ status: "online", refreshedAt: 1000 });
  });

  it("repeats at the interval and follows a change of it", async () => {
    refresher.add(task);
    await timers.pass(44);
    expect(task.seen).toHaveLength(3);
    refresher.interval.set(5);
    await timers.pass(6);
    expect(task.seen).toHaveLength(5);
    refresher.interval.set(0);
    await timers.pass(600);
    expect(task.seen).toHaveLength(5);
  });

  it("asks every two seconds while a task is in a hurry", async () => {
    task.hurry = true;
    refresher.add(task);
    await timers.pass(9);
    expect(task.seen).toHaveLength(5);
    task.hurry = false;
    await timers.pass(2);
    const soFar = task.seen.length;
    await timers.pass(14);
    expect(task.seen).toHaveLength(soFar + 1);
  });

  it("gives up a refresh that is overtaken by another", async () => {
    task.answer = () => new Promise(() => undefined);
    refresher.add(task);
    await timers.pass(1);
    refresher.refreshNow();
    await timers.pass(0);
    expect(task.seen.map((context) => context.signal.aborted)).toEqual([true, false]);
  });

  it("asks nothing while the page is hidden, and at once when overdue data is seen again", async () => {
    refresher.add(task);
    await timers.pass(1);
    refresher.setVisible(false);
    await timers.pass(300);
    expect(task.seen).toHaveLength(1);
    refresher.setVisible(true);
    await timers.pass(0);
    expect(task.seen).toHaveLength(2);
  });

  it("keeps the plan when a hidden page is seen again early", async () => {
    refresher.add(task);
    await timers.pass(1);
    refresher.setVisible(false);
    await timers.pass(3);
    refresher.setVisible(true);
    await timers.pass(1);
    expect(task.seen).toHaveLength(1);
    await timers.pass(10);
    expect(task.seen).toHaveLength(2);
  });

  it("stops with its last task", async () => {
    const remove = refresher.add(task);
    await timers.pass(1);
    remove();
    await timers.pass(100);
    expect(task.seen).toHaveLength(1);
  });
});

describe("a server that does not answer", () => {
  const unreachable = () => Promise.reject(new ApiError("unreachable", "refused"));

  it("is tried again, less and less often, and the age of the data is kept", async () => {
    refresher.add(task);
    await timers.pass(1);
    task.answer = unreachable;
    await timers.pass(14);
    expect(refresher.connection.get()).toEqual({ status: "offline", refreshedAt: 1000, retryAt: 1017 });
    const before = task.seen.length;
    await timers.pass(2 + 4 + 8 + 15);
    expect(task.seen).toHaveLength(before + 4);
  });

  it("is forgotten with the first answer", async () => {
    task.answer = unreachable;
    refresher.add(task);
    await timers.pass(0);
    expect(refresher.connection.get()).toEqual({ status: "offline", refreshedAt: undefined, retryAt: 1002 });
    task.answer = () => Promise.resolve();
    await timers.pass(2);
    expect(refresher.connection.get()).toEqual({ status: "online", refreshedAt: 1002 });
    await timers.pass(13);
    task.answer = unreachable;
    await timers.pass(2);
    expect(refresher.connection.get()).toMatchObject({ status: "offline", retryAt: 1019 });
  });

  it("is not confused with one that refuses a query", async () => {
    task.answer = () => Promise.reject(new ApiError("query", "too many samples"));
    refresher.add(task);
    await timers.pass(0);
    expect(refresher.connection.get().status).toBe("online");
  });
});
