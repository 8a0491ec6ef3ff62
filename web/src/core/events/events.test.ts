import { describe, expect, it } from "vitest";
import { LogsClient } from "../api/loki";
import { ApiError } from "../api/types";
import { toLine } from "../logs/line";
import { type ContainerEvent, eventOf, eventsQuery } from "./event";
import { groupEvents, labelled, sameAsWorst } from "./group";
import { EventsTask, MOST_EVENTS } from "./task";

const LABELS = { job: "container_events", host: "bromo", container: "web", image: "test:1", compose_project: "shop" };
const line = (text: string, ts = "1700000000250000000") => toLine({ ts, line: text, stream: LABELS, metadata: {}, parsed: {} });

describe("an event", () => {
  it.each([
    ["level=info event=created", { kind: "created", tone: "info" }],
    ["level=info event=started", { kind: "started", tone: "info" }],
    ["level=info event=exited exit_code=0", { kind: "exited", tone: "mute", exitCode: 0, oomKilled: false }],
    ["level=error event=exited exit_code=137 oom_killed=true", { kind: "exited", tone: "crit", exitCode: 137, oomKilled: true }],
    ["level=error event=exited exit_code=1", { kind: "exited", tone: "crit", exitCode: 1 }],
    ["level=info event=exited", { kind: "exited", tone: "mute", exitCode: undefined }],
    ["level=error event=oom", { kind: "oom", tone: "crit" }],
    ["level=info event=restarting restarts=3", { kind: "restarting", tone: "warn", restarts: 3 }],
    ["level=warn event=health health=unhealthy", { kind: "health", tone: "warn", health: "unhealthy" }],
    ["level=info event=health health=healthy", { kind: "health", tone: "mute", health: "healthy" }],
    ["level=info event=paused", { kind: "paused", tone: "warn" }],
    ["level=info event=unpaused", { kind: "unpaused", tone: "info" }],
    ["level=info event=renamed from=old", { kind: "renamed", tone: "mute", from: "old" }],
    ["level=info event=removed", { kind: "removed", tone: "mute" }],
  ])("is read from %s", (text, expected) => {
    const event = eventOf(line(text));
    expect(event).toMatchObject({ ...expected, container: "web", image: "test:1", project: "shop", time: 1700000000.25 });
  });

  it.each(["level=info event=exploded", "level=info", "", '{"event":1}'])("is not in %j", (text) => {
    expect(eventOf(line(text))).toBeUndefined();
  });

  it("is asked for by host, and by container", () => {
    expect(eventsQuery("bromo")).toBe('{job="container_events", host="bromo"}');
    expect(eventsQuery("bromo", 'a"b')).toBe('{job="container_events", host="bromo", container="a\\"b"}');
  });
});

const at = (time: number, text: string): ContainerEvent => {
  const event = eventOf(line(text, `${time}000000000`));
  if (event === undefined) throw new Error(`no event: ${text}`);
  return event;
};

describe("groups on the strip", () => {
  const span = { from: 1000, to: 2000 };

  it("hold what is too near to stand alone, in the sign of the gravest", () => {
    const events = [at(1100, "event=started"), at(1500, "event=exited exit_code=137 oom_killed=true"), at(1499, "event=oom"), at(1504, "event=started"), at(1900, "event=started")];
    const groups = groupEvents(events, span, 500, 22);
    expect(groups.map((group) => group.events.map((event) => event.time))).toEqual([[1100], [1499, 1500, 1504], [1900]]);
    expect(groups.map((group) => group.worst.kind)).toEqual(["started", "exited", "started"]);
    expect(groups.map((group) => group.at)).toEqual([0.1, 0.499, 0.9]);
  });

  it("count what happened again and again", () => {
    const [group] = groupEvents([at(1100, "event=exited exit_code=1"), at(1101, "event=started"), at(1102, "event=exited exit_code=1")], span, 100, 22);
    expect(group === undefined ? 0 : sameAsWorst(group)).toBe(2);
  });

  it("leave out what lies outside, and need room", () => {
    expect(groupEvents([at(999, "event=started"), at(2001, "event=started")], span, 500, 22)).toEqual([]);
    expect(groupEvents([at(1500, "event=started")], span, 0, 22)).toEqual([]);
    expect(groupEvents([at(1500, "event=started")], { from: 5, to: 5 }, 500, 22)).toEqual([]);
  });

  it("have words where they fit before the next sign and before the end", () => {
    const groups = groupEvents([at(1100, "event=started"), at(1300, "event=started"), at(1950, "event=started")], span, 500, 22);
    expect([...labelled(groups, 500, 20, () => 100)].map((group) => group.worst.time)).toEqual([1300]);
    expect([...labelled(groups, 500, 20, () => 5)].map((group) => group.worst.time)).toEqual([1100, 1300, 1950]);
  });
});

describe("the events of a range", () => {
  const answer = (values: readonly (readonly [string, string])[]) => ({ status: "success", data: { resultType: "streams", result: [{ stream: LABELS, values }] } });

  async function load(body: unknown, status = 200) {
    const asked: URLSearchParams[] = [];
    const client = new LogsClient((url) => {
      asked.push(new URL(url, "http://fake").searchParams);
      return Promise.resolve(status === 200 ? Response.json(body) : new Response(String(body), { status }));
    });
    const task = new EventsTask(client, () => ({ kind: "fixed", from: 1000, to: 2000 }), eventsQuery("bromo"));
    await task.refresh({ at: 5000, signal: new AbortController().signal });
    return { state: task.state.get(), asked };
  }

  it("are newest first, without lines that are none", async () => {
    const { state, asked } = await load(answer([["1100000000000", "event=started"], ["1900000000000", "event=exited exit_code=1"], ["1500000000000", "something else"]]));
    expect(state.status === "ready" && state.events.map((event) => [event.time, event.kind])).toEqual([[1900, "exited"], [1100, "started"]]);
    expect(state.status === "ready" && state.isCut).toBe(false);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({ query: eventsQuery("bromo"), start: "1000000000000", end: "2000000000001", direction: "backward" });
  });

  it("say when there are more than are shown", async () => {
    const many = Array.from({ length: MOST_EVENTS }, (_, i) => [`${1_100_000_000_000 + i}`, "event=started"] as const);
    const { state } = await load(answer(many));
    expect(state.status === "ready" && state.isCut).toBe(true);
  });

  it("say why they are not there", async () => {
    const { state } = await load("too many", 400);
    expect(state).toMatchObject({ status: "failed", error: { kind: "query", message: "too many" } });
    expect(state.status === "failed" && state.error).toBeInstanceOf(ApiError);
  });
});
