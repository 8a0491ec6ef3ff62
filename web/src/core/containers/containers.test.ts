import { describe, expect, it } from "vitest";
import { SensorsClient } from "../api/sensors";
import { ApiError } from "../api/types";
import { type ContainerNumbers, joinNumbers, NumbersSource } from "./numbers";
import { MetricsClient } from "../api/client";
import { type Container, type ContainersReport, labelOf, readReport } from "./report";
import { chooseRows, containerRows, countRows, EVERY_ROW, foldRows } from "./rows";
import { sightOf } from "./sources";
import { troubleOf } from "./trouble";

const NOW = 1_800_000_000;
const HOUR = 3600;

const ID = (n: number) => n.toString(16).padStart(64, "0");

function container(changes: Partial<Container> = {}): Container {
  return {
    id: ID(1), runtime: "docker", name: "web", image: "test:1", imageId: "", project: "", service: "", pod: "", state: "running", health: "none",
    exitCode: undefined, oomKilled: false, restarts: 0, starts: 0, createdMs: undefined, startedMs: (NOW - HOUR) * 1000, finishedMs: undefined,
    restartPolicy: "", logs: { driver: "", state: "followed", message: "" }, lastLine: undefined, ...changes,
  };
}

const numbers = (changes: Partial<ContainerNumbers> = {}): ContainerNumbers => ({
  cpuCores: 0.1, spark: [], memoryBytes: 1, limitBytes: undefined, restarts: 0, ooms: 0, ...changes,
});

const ended = (exitCode: number, ago: number, changes: Partial<Container> = {}) => container({ state: "exited", exitCode, finishedMs: (NOW - ago) * 1000, ...changes });

const report = (containers: readonly Container[], sources: ContainersReport["sources"] = []): ContainersReport => ({ host: "bromo", sources, containers });

describe("an answer of the sensor", () => {
  const whole = {
    host: "bromo",
    sources: [{ runtime: "docker", place: "/var/run/docker.sock", state: "connected", message: "", version: "20.10.24" }],
    containers: [
      {
        id: ID(7), runtime: "docker", name: "web", image: "test:1", imageId: "sha256:1", composeProject: "shop", composeService: "web", pod: "", state: "running", health: "healthy",
        exitCode: null, oomKilled: false, restarts: 2, starts: 1, createdMs: 1, startedMs: 2, finishedMs: null, restartPolicy: "always",
        logs: { driver: "json-file", state: "followed", message: "" }, lastLine: { timeNs: "1795592591000000000", line: "GET / 200", level: "info" },
      },
    ],
  };

  it("is read whole", () => {
    const { host, sources, containers } = readReport(whole);
    expect(host).toBe("bromo");
    expect(sources).toEqual(whole.sources);
    expect(containers[0]).toMatchObject({ name: "web", project: "shop", exitCode: undefined, restarts: 2, lastLine: { ts: "1795592591000000000", text: "GET / 200", level: "info" } });
  });

  it("is read without anything but an id", () => {
    expect(readReport({ containers: [{ id: ID(7) }] })).toMatchObject({
      host: "",
      sources: [],
      containers: [{ id: ID(7), runtime: "unknown", name: "", state: "unknown", health: "none", exitCode: undefined, restarts: undefined, lastLine: undefined, logs: { state: "none" } }],
    });
  });

  it.each([
    ["a state of a later version", { state: "checkpointed" }, { state: "unknown" }],
    ["text where a number should be", { exitCode: "1", restarts: "2" }, { exitCode: undefined, restarts: undefined }],
    ["a line without a time", { lastLine: { line: "x" } }, { lastLine: undefined }],
    ["a line of no kind", { lastLine: "x" }, { lastLine: undefined }],
    ["no line", { lastLine: null }, { lastLine: undefined }],
  ])("bears %s", (_, given, read) => expect(readReport({ containers: [{ id: ID(1), ...given }] }).containers[0]).toMatchObject(read));

  it("leaves out what has no id", () => expect(readReport({ containers: [{ name: "x" }, 5, null] }).containers).toEqual([]));

  it.each([[null], [[]], [{}], [{ containers: {} }]])("%j is none", (body) => expect(() => readReport(body)).toThrow(ApiError));

  it("has a name for what nobody named", () => {
    expect(labelOf(container({ name: "", id: "abcdef0123456789".repeat(4) }))).toBe("abcdef012345");
  });
});

describe("the client", () => {
  const answering = (...answers: (() => Promise<Response>)[]) => new SensorsClient(() => (answers.shift() ?? (() => Promise.reject(new Error("asked too often"))))());
  const json = (text: string, status = 200) => () => Promise.resolve(new Response(text, { status }));

  it("gives the same object for the same answer", async () => {
    const client = answering(json('{"containers":[]}'), json('{"containers":[]}'), json('{"host":"a","containers":[]}'));
    const first = await client.containers();
    expect(await client.containers()).toBe(first);
    expect(await client.containers()).not.toBe(first);
  });

  it.each([
    ["not found", 404, "query"],
    ["<html>", 502, "unreachable"],
    ["<html>", 200, "malformed"],
    ["{}", 200, "malformed"],
  ] as const)("%s with %d is %s", async (text, status, kind) => {
    await expect(answering(json(text, status)).containers()).rejects.toMatchObject({ name: "ApiError", kind });
  });

  it("tells a server that is gone", async () => {
    await expect(answering(() => Promise.reject(new TypeError("Failed to fetch"))).containers()).rejects.toMatchObject({ kind: "unreachable" });
  });
});

describe("trouble", () => {
  const day = 24 * HOUR;
  it.each<[string, Container, Partial<ContainerNumbers>, string | undefined]>([
    ["running", container(), {}, undefined],
    ["running and healthy", container({ health: "healthy" }), {}, undefined],
    ["running and starting", container({ health: "starting" }), {}, undefined],
    ["unhealthy", container({ health: "unhealthy" }), {}, "unhealthy crit"],
    ["restarting", container({ state: "restarting" }), {}, "restarting crit"],
    ["restarting and unhealthy", container({ state: "restarting", health: "unhealthy" }), {}, "unhealthy crit"],
    ["dead", container({ state: "dead" }), {}, "dead crit"],
    ["paused", container({ state: "paused" }), {}, undefined],
    ["created", container({ state: "created" }), {}, undefined],
    ["of an unknown state", container({ state: "unknown", health: "unhealthy" }), {}, undefined],
    ["done", ended(0, 60), {}, undefined],
    ["stopped", ended(143, 60), {}, undefined],
    ["stopped by Ctrl C", ended(130, 60), {}, undefined],
    ["stopped, which some call unhealthy", ended(0, 60, { health: "unhealthy" }), {}, undefined],
    ["failed", ended(1, 60), {}, "failed warn"],
    ["failed long ago", ended(1, day), {}, undefined],
    ["failed at an unknown time", ended(1, 0, { finishedMs: undefined }), {}, undefined],
    ["killed for memory", ended(137, 60, { oomKilled: true }), {}, "oom crit"],
    ["killed for memory long ago", ended(137, day, { oomKilled: true }), {}, undefined],
    ["killed otherwise", ended(137, 60), {}, "failed warn"],
    ["up again after one restart", container(), { restarts: 1 }, "restarts warn"],
    ["up again after three", container(), { restarts: 3 }, "restarts warn"],
    ["up for a moment in a loop", container({ startedMs: (NOW - 5) * 1000 }), { restarts: 3 }, "restarting crit"],
    ["up with a process killed inside", container(), { ooms: 1 }, "oom crit"],
    ["done after restarts", ended(0, 60), { restarts: 2 }, undefined],
  ])("of one that is %s", (_, one, known, expected) => {
    const trouble = troubleOf(one, numbers(known), NOW);
    expect(trouble === undefined ? undefined : `${trouble.kind} ${trouble.level}`).toBe(expected);
  });

  it("is told without numbers", () => expect(troubleOf(container({ health: "unhealthy" }), undefined, NOW)?.kind).toBe("unhealthy"));
});

/** Rows of containers with these names; each letter before the name sets its state. */
function rowsOf(...named: string[]) {
  const kinds: Record<string, Partial<Container>> = {
    u: { health: "unhealthy" }, r: { state: "restarting" }, d: { state: "dead" }, o: { state: "exited", exitCode: 137, oomKilled: true, finishedMs: NOW * 1000 },
    f: { state: "exited", exitCode: 1, finishedMs: NOW * 1000 }, e: { state: "exited", exitCode: 0, finishedMs: NOW * 1000 }, p: { state: "paused" }, c: { state: "created" },
    s: { health: "starting" }, h: { health: "healthy" }, n: {}, l: {},
  };
  const all = named.map((text, i) => container({ id: ID(i), name: text.slice(2), ...kinds[text.charAt(0)] }));
  const lately = new Map(named.flatMap((text, i) => (text.startsWith("l") ? [[ID(i), numbers({ restarts: 1 })] as const] : [])));
  return containerRows(report(all), lately, NOW);
}

const names = (rows: readonly { label: string }[]) => rows.map((row) => row.label);
const many = (kind: string, count: number, prefix = "x") => Array.from({ length: count }, (_, i) => `${kind}:${prefix}${String(i).padStart(3, "0")}`);

describe("rows", () => {
  it("stand in the order of trouble, then by name, what stands still last", () => {
    const rows = rowsOf("e:a", "n:b", "h:a2", "l:k", "f:j", "o:i", "d:h", "r:g", "u:f", "p:c", "u:e");
    expect(names(rows)).toEqual(["e", "f", "g", "h", "i", "j", "k", "a2", "b", "a", "c"]);
  });

  it("have the nameless behind the named", () => expect(names(rowsOf("n:", "n:zz"))).toEqual(["zz", ID(0).slice(0, 12)]));

  it.each([
    [[], { total: 0, running: 0, attention: 0, states: [] }],
    [["h:a"], { total: 1, running: 1, attention: 0, states: [{ state: "running", count: 1 }] }],
    [
      ["e:a", "h:b", "r:c", "u:d", "c:e"],
      { total: 5, running: 2, attention: 2, states: [{ state: "running", count: 2 }, { state: "restarting", count: 1 }, { state: "exited", count: 1 }, { state: "created", count: 1 }] },
    ],
  ])("%j are counted", (given, counts) => expect(countRows(rowsOf(...given))).toEqual(counts));

  it.each([
    ["", false, ["bad", "one", "two"]],
    ["  ", false, ["bad", "one", "two"]],
    ["ONE", false, ["one"]],
    ["o e", false, ["bad", "one", "two"]],
    ["fo e", false, ["bad"]],
    ["healthy", false, ["bad"]],
    ["none", false, []],
    ["exited", false, []],
    ["test:1 two", false, ["two"]],
    ["", true, ["bad"]],
    ["one", true, []],
  ])("are filtered by %j, only attention %s", (text, onlyAttention, expected) => {
    const rows = rowsOf("n:two", "n:one", "u:bad").map((row) => ({ ...row, container: { ...row.container, project: row.label === "bad" ? "foe" : "" } }));
    expect(names(chooseRows(rows, { text, onlyAttention }))).toEqual(expected);
  });

  it("are all there without a choice", () => expect(chooseRows(rowsOf(...many("n", 5)), EVERY_ROW)).toHaveLength(5));
});

describe("folding", () => {
  it.each<[string, string[], number, number, boolean]>([
    ["none", [], 0, 0, true],
    ["one", ["h:a"], 1, 0, true],
    ["what just fits", many("h", 11), 11, 0, true],
    ["one more, which would take the place of the fold", many("h", 12), 12, 0, true],
    ["two more", many("h", 13), 11, 2, true],
    ["a hundred", many("h", 100), 11, 89, true],
    ["a hundred in trouble", many("u", 100), 100, 0, true],
    ["trouble and as many healthy", [...many("u", 20, "u"), ...many("h", 20)], 20, 20, true],
    ["some that start", [...many("h", 12), "s:zz"], 11, 2, false],
    ["many that ended", many("e", 40), 11, 29, false],
    ["some without a check", [...many("n", 20)], 11, 9, true],
  ])("%s", (_, given, shown, folded, isAllHealthy) => {
    const rows = rowsOf(...given);
    const fold = foldRows(rows, 11);
    expect([fold.shown.length, fold.folded.length, fold.isAllHealthy]).toEqual([shown, folded, isAllHealthy]);
    expect(new Set([...names(fold.shown), ...names(fold.folded)])).toEqual(new Set(names(rows)));
  });

  it("keeps some that stand still in view, behind those that run", () => {
    const { shown, isAllHealthy } = foldRows(rowsOf("u:bad", ...many("h", 40), "e:z1", "e:z2"), 6);
    expect(names(shown)).toEqual(["bad", "x000", "x001", "x002", "z1", "z2"]);
    expect(isAllHealthy).toBe(true);
  });

  it("fills the room with what stands still where little runs", () => {
    expect(names(foldRows(rowsOf("h:a", ...many("e", 20)), 5).shown)).toEqual(["a", "x000", "x001", "x002", "x003"]);
  });

  it("bears names of forty letters", () => {
    const long = "inventory-replication-worker-eu-central-1";
    expect(names(foldRows(rowsOf(`h:${long}`, ...many("h", 20)), 3).shown)[0]).toBe(long);
  });
});

describe("what the runtimes let us see", () => {
  const source = (state: "connected" | "files" | "absent" | "denied" | "failed", place = "/a") => ({ runtime: "docker", place, state, message: "", version: "" });
  it.each<[string, ContainersReport, string]>([
    ["none told", report([]), "absent"],
    ["all absent", report([], [source("absent"), source("absent", "/b")]), "absent"],
    ["all absent, but containers in the cgroup tree", report([container()], [source("absent")]), "clear"],
    ["one connected", report([], [source("absent"), source("connected")]), "clear"],
    ["one denied", report([], [source("connected"), source("denied")]), "denied"],
    ["one failed", report([container()], [source("failed")]), "failed"],
    ["one by its files", report([container()], [source("absent"), source("files")]), "files"],
    ["one denied and one by its files", report([], [source("files"), source("denied")]), "denied"],
  ])("%s", (_, given, kind) => expect(sightOf(given).kind).toBe(kind));

  it("names the places where none was found", () => {
    expect(sightOf(report([], [source("absent"), source("absent", "/b")]))).toEqual({ kind: "absent", places: ["/a", "/b"] });
  });
});

describe("numbers", () => {
  const sample = (what: string, value: number, id = `/docker/${ID(1)}`) => ({ metric: { id, what }, value, raw: String(value), time: NOW });

  it("are joined by the id in the cgroup's path", () => {
    const joined = joinNumbers(
      [sample("cpu", 0.5), sample("memory", 7), sample("limit", 10, `/system.slice/docker-${ID(1)}.scope`), sample("restarts", 2), sample("cpu", 9, "/system.slice/ssh.service")],
      [{ metric: { id: `/docker/${ID(1)}` }, times: [60, 120], values: [1, 2] }],
      { from: 0, to: 120 },
    );
    expect([...joined]).toEqual([[ID(1), { cpuCores: 0.5, spark: [null, 1, 2, 0.5], memoryBytes: 7, limitBytes: 10, restarts: 2, ooms: 0 }]]);
  });

  it.each([
    [0, undefined],
    [2 ** 63, undefined],
    [512, 512],
  ])("take a limit of %d as %s", (limit, expected) => expect(joinNumbers([sample("limit", limit)], [], { from: 0, to: 60 }).get(ID(1))?.limitBytes).toBe(expected));

  it("ask for the course once, then only for what is new", async () => {
    const asked: string[] = [];
    const client = new MetricsClient((url, init) => {
      const form = new URLSearchParams(String(init.body ?? ""));
      if (init.method === "POST") asked.push(`${form.get("start")}..${form.get("end")}`);
      const data = init.method === "POST" ? { resultType: "matrix", result: [{ metric: { id: ID(1) }, values: [[Number(form.get("end")), "1"]] }] } : { resultType: "vector", result: [] };
      expect(`${url} ${form}`).toContain("query");
      return Promise.resolve(new Response(JSON.stringify({ status: "success", data })));
    });
    const source = new NumbersSource();
    const signal = new AbortController().signal;
    const load = (at: number, host = "bromo") => source.load(client, host, at, signal);
    await load(7210);
    await load(7225);
    const later = await load(7270);
    expect(asked).toEqual(["3660..7200", "7260..7260"]);
    expect(later.get(ID(1))?.spark.filter((value) => value !== null)).toHaveLength(2);
    await load(7271, "other");
    expect(asked.at(-1)).toBe("3720..7260");
  });
});
