import { beforeEach, expect, it } from "vitest";
import { AlertsClient } from "../api/alerts";
import { Refresher, type RefreshContext } from "../refresh";
import { ServerClock, type Timers } from "../time/clock";
import { AlertsTask, isAbsent } from "./task";

let now: number;
let answers: Record<string, () => Response>;
let asked: string[];
let task: AlertsTask;
const context = (): RefreshContext => ({ at: now, signal: new AbortController().signal });
const json = (body: unknown, status = 200) => () => new Response(JSON.stringify(body), { status });

const GROUPS = [{ labels: { instance: "a" }, receiver: { name: "phone" }, alerts: [{ fingerprint: "1", labels: { alertname: "Down", instance: "a" }, startsAt: "2026-11-25T09:00:00Z" }] }];
const RULES = { status: "success", data: { groups: [] } };

beforeEach(() => {
  now = 1000;
  asked = [];
  answers = { "api/v2/alerts/groups": json(GROUPS), "api/v1/rules": json(RULES), "api/v2/silences": json([]) };
  const timers: Timers = { now: () => now, after: () => () => undefined };
  const alerts = new AlertsClient((url, init) => {
    asked.push(`${init.method ?? ""} ${url}`);
    const path = url.split("?")[0] ?? "";
    return Promise.resolve().then(() => (answers[path] ?? json("not found", 404))());
  });
  const refresher = new Refresher({ timers, clock: new ServerClock(timers), askServerTime: () => Promise.resolve(now) });
  task = new AlertsTask({ alerts, refresher, timers });
});

it("asks for alerts and rules, and for silences where a page wants them", async () => {
  await task.refresh(context());
  expect(asked).toEqual(["GET api/v2/alerts/groups?active=true&silenced=true&inhibited=true", "GET api/v1/rules"]);
  expect(task.state.get().board?.[0]?.entries).toHaveLength(1);
  expect(task.state.get().answeredAt).toBe(1000);
  const stop = task.watchSilences();
  await task.refresh(context());
  expect(task.state.get().silences).toEqual([]);
  stop();
  asked = [];
  await task.refresh(context());
  expect(asked).toHaveLength(2);
});

it("keeps what it knew while an answer makes no sense", async () => {
  await task.refresh(context());
  answers["api/v2/alerts/groups"] = json("broken", 500);
  now = 1015;
  await task.refresh(context());
  const state = task.state.get();
  expect(state.groups).toHaveLength(1);
  expect(state.groupsError).toMatchObject({ kind: "query", message: "broken", errorType: "500" });
  expect(state.answeredAt).toBe(1000);
});

it("lets an unreachable server be the whole page's trouble", async () => {
  answers["api/v1/rules"] = () => {
    throw new TypeError("Failed to fetch");
  };
  await expect(task.refresh(context())).rejects.toMatchObject({ kind: "unreachable" });
});

it("asks only once a minute where no alert manager is set up", async () => {
  answers["api/v2/alerts/groups"] = json("no alertmanager.yml", 503);
  await task.refresh(context());
  expect(isAbsent(task.state.get().groupsError)).toBe(true);
  expect(task.state.get().board).toEqual([]);
  asked = [];
  now = 1030;
  await task.refresh(context());
  expect(asked).toEqual(["GET api/v1/rules"]);
  now = 1061;
  answers["api/v2/alerts/groups"] = json(GROUPS);
  await task.refresh(context());
  expect(task.state.get().groupsError).toBeUndefined();
  expect(task.state.get().groups).toHaveLength(1);
});

it("sends silences and ends them", async () => {
  answers["api/v2/silence/a%2Fb"] = json("");
  await task.silence({ matchers: [], startsAt: 0, endsAt: 1, createdBy: "", comment: "" });
  await task.expire("a/b");
  expect(asked).toEqual(["POST api/v2/silences", "DELETE api/v2/silence/a%2Fb"]);
  answers["api/v2/silences"] = json("comment missing", 400);
  await expect(task.silence({ matchers: [], startsAt: 0, endsAt: 1, createdBy: "", comment: "" })).rejects.toMatchObject({ message: "comment missing" });
});
