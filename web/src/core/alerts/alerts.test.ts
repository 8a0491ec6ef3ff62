import { describe, expect, it } from "vitest";
import type { Labels } from "../api/types";
import { type Alert, type AlertGroup, readGroups, severityOf } from "./alert";
import { boardOf, countEntries, entriesOf } from "./board";
import { courseOf } from "./courses";
import { expressionOfUrl, measured } from "./expression";
import { endOf, nextMorning, parseSpan } from "./lengths";
import { originOf, readRules, type RuleGroup } from "./rule";
import { draftBody, readSilences } from "./silence";
import { placeOf, subjectOf, tellingLabels } from "./subject";
import { coveredBy, thingsOf } from "./things";

function alert(labels: Labels, more: Partial<Alert> = {}): Alert {
  return { id: JSON.stringify(labels), labels, annotations: {}, startsAt: 100, endsAt: 400, updatedAt: 110, generatorUrl: "", receivers: ["phone"], silencedBy: [], inhibitedBy: [], mutedBy: [], ...more };
}

function group(labels: Labels, ...alerts: Alert[]): AlertGroup {
  return { labels, receivers: ["phone"], alerts };
}

const RULES: readonly RuleGroup[] = readRules({
  groups: [
    {
      name: "hosts", file: "hosts.yml", interval: 15, lastEvaluation: "2026-11-25T09:00:00Z",
      rules: [
        { type: "alerting", name: "Load", query: "node_load1 > 4", duration: 60, labels: { severity: "warning" }, annotations: {}, state: "pending", health: "ok", alerts: [{ labels: { alertname: "Load", instance: "nusa", severity: "warning" }, state: "pending", activeAt: "2026-11-25T08:59:30Z", value: "5e+00" }] },
        { type: "alerting", name: "Disk", query: "100 * node_filesystem_avail_bytes < 10", duration: 0, labels: { severity: "critical" }, state: "firing", health: "ok", alerts: [{ labels: { alertname: "Disk", instance: "toba", severity: "critical" }, state: "firing", activeAt: "2026-11-25T08:00:00Z", value: "9.5" }] },
        { type: "recording", name: "x:y", query: "sum(x)", health: "ok", labels: {} },
      ],
    },
  ],
});

describe("groups of alerts", () => {
  const body = [
    { labels: { instance: "a" }, receiver: { name: "mail" }, alerts: [{ fingerprint: "1", labels: { alertname: "X" }, status: { state: "suppressed", silencedBy: ["s"], inhibitedBy: [] }, startsAt: "2026-11-25T09:00:00.500Z", endsAt: "2026-11-25T09:05:00Z", receivers: [{ name: "mail" }, { name: "phone" }] }] },
    { labels: { instance: "a" }, receiver: { name: "phone" }, alerts: [{ fingerprint: "1", labels: { alertname: "X" } }] },
    { labels: {}, receiver: { name: "phone" }, alerts: [] },
  ];

  it("are told once, with all receivers", () => {
    const groups = readGroups(body);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ receivers: ["mail", "phone"], alerts: [{ id: "1", silencedBy: ["s"], startsAt: 1795597200.5, receivers: ["mail", "phone"] }] });
  });

  it("are refused where there is no list", () => expect(() => readGroups({})).toThrow("no list"));

  it.each([["critical", "crit"], ["Warning", "warn"], ["page", "crit"], ["info", "info"], [undefined, "warn"], ["strange", "warn"]])("severity %s is %s", (severity, expected) => {
    expect(severityOf(severity === undefined ? {} : { severity })).toBe(expected);
  });
});

describe("the board", () => {
  const silenced = alert({ alertname: "Quiet", instance: "merapi" }, { silencedBy: ["s"] });
  const held = alert({ alertname: "Held", instance: "merapi" }, { inhibitedBy: ["x"] });
  const groups = [
    group({ instance: "merapi" }, silenced),
    group({ instance: "lawu" }, held),
    group({ instance: "kelud" }, alert({ alertname: "Hot", instance: "kelud", severity: "warning" })),
    group({ instance: "toba" }, alert({ alertname: "Info", instance: "toba", severity: "info" }), alert({ alertname: "Disk", instance: "toba", severity: "critical", cluster: "home" })),
  ];

  it("has the worst first, then what waits, then what is held back and silenced", () => {
    const board = boardOf(groups, RULES);
    expect(board.map(({ labels, state, severity }) => [labels["instance"], state, severity])).toEqual([
      ["toba", "firing", "crit"],
      ["kelud", "firing", "warn"],
      ["nusa", "pending", "warn"],
      ["lawu", "inhibited", "warn"],
      ["merapi", "silenced", "warn"],
    ]);
    expect(board[0]?.entries.map((entry) => entry.alert.labels["alertname"])).toEqual(["Disk", "Info"]);
  });

  it("counts each alert once", () => {
    const twice = [...groups, group({ alertname: "Hot" }, groups[2]?.alerts[0] as Alert)];
    expect(countEntries(boardOf(twice, RULES))).toEqual({ crit: 1, warn: 1, info: 1, pending: 1, quiet: 2, firing: 3, all: 6 });
    expect(entriesOf(boardOf(twice, []))).toHaveLength(5);
  });

  it("shows what the rules find where there is no alert manager", () => {
    const board = boardOf(undefined, RULES);
    expect(board.map(({ labels, state, receivers }) => [labels["instance"], state, receivers])).toEqual([["toba", "firing", []], ["nusa", "pending", []]]);
    expect(board[0]?.entries[0]?.origin?.found?.value).toBe(9.5);
  });

  it("knows the rule behind an alert, also with labels of the whole installation", () => {
    expect(originOf({ alertname: "Disk", instance: "toba", severity: "critical", cluster: "home" }, RULES)?.found?.value).toBe(9.5);
    expect(originOf({ alertname: "Disk", instance: "other" }, RULES)).toMatchObject({ rule: { name: "Disk" }, found: undefined });
    expect(originOf({ alertname: "None" }, RULES)).toBeUndefined();
  });

  it("makes one thing of a group, and says what is spoken of already", () => {
    const board = boardOf(groups, RULES);
    expect(thingsOf(board).map(({ level, first }) => [level, first.alert.labels["alertname"]])).toEqual([["crit", "Disk"], ["warn", "Hot"]]);
    expect([...coveredBy(board).watched]).toEqual(["disk"]);
    expect(coveredBy(boardOf([group({}, alert({ alertname: "Oom", name: "web", instance: "a" }))], [])).containers).toEqual(new Set(["web"]));
    expect(coveredBy(boardOf([group({}, silenced)], [])).containers.size).toBe(0);
  });
});

describe("what a rule measures", () => {
  it.each([
    ["node_load1 > 4", "node_load1", ">", 4, "plain"],
    ["100 * (1 - a / b) >= 9.5e1", "100 * (1 - a / b)", ">=", 95, "percent"],
    ["up{job=~\"a>1\"} == 0", "up{job=~\"a>1\"}", "==", 0, "plain"],
    ["(max by (instance) (node_hwmon_temp_celsius) > 80)", "max by (instance) (node_hwmon_temp_celsius)", ">", 80, "celsius"],
    ["a < -1 and on (x) b > 2", "a", "<", -1, "plain"],
    ["x_bytes > 5 unless y", "x_bytes", ">", 5, "bytes"],
    ["predict_linear(free_bytes[1h], 3600) < 0", "predict_linear(free_bytes[1h], 3600)", "<", 0, "plain"],
    ["a > b", "a", ">", undefined, "plain"],
    ["absent(up)", "absent(up)", undefined, undefined, "plain"],
    ["a > 1 or b > 2", "a > 1 or b > 2", undefined, undefined, "plain"],
    ["4 < node_load1", "4 < node_load1", undefined, undefined, "plain"],
    ["a > bool 1", "a > bool 1", undefined, undefined, "plain"],
    ["(a > 1) and (b > 2)", "a", ">", 1, "plain"],
    ["(a) / (b) > 1", "(a) / (b)", ">", 1, "plain"],
  ] as const)("%s", (expression, query, op, threshold, unit) => expect(measured(expression)).toEqual({ query, op, threshold, unit }));

  it("is told by the address of an alert too", () => {
    expect(expressionOfUrl("http://p/graph?g0.expr=up+%3D%3D+0&g0.tab=1")).toBe("up == 0");
    expect(expressionOfUrl("http://p/graph?g0.expr=%E0%A4%A")).toBeUndefined();
    expect(expressionOfUrl("")).toBeUndefined();
  });

  it("draws the line of the alert, the most telling one", () => {
    const line = (labels: Labels, value: number) => ({ key: JSON.stringify(labels), colour: "c6" as const, values: [value] });
    const frame = { times: [1], series: [line({}, 1), line({ instance: "a", device: "sda" }, 2), line({ instance: "b" }, 3)] };
    expect(courseOf(frame, { alertname: "X", instance: "a", device: "sda" }).series).toEqual([{ key: "value", colour: "c6", values: [2] }]);
    expect(courseOf({ times: [1], series: [line({ instance: "b" }, 3)] }, { instance: "a" }).series).toEqual([]);
  });
});

describe("what an alert is about", () => {
  it.each([
    [{ instance: "a", name: "web" }, "a", "web"],
    [{ host: "a", container: "web" }, "a", "web"],
    [{ instance: "a", name: "nginx.service", job: "node" }, "a", undefined],
    [{ instance: "a", name: "sda", device: "sda" }, "a", undefined],
    [{ service_name: "x" }, undefined, undefined],
  ])("%o", (labels, host, container) => expect(subjectOf(labels as unknown as Labels)).toEqual({ host, container }));

  it("tells it from others of its rule", () => {
    const labels = { alertname: "D", severity: "warning", team: "ops", tier: "gold", instance: "a", mountpoint: "/srv", job: "node" };
    expect(placeOf(labels, { tier: "gold" })).toEqual(["/srv"]);
    expect(tellingLabels(labels, { severity: "warning", tier: "gold" })).toEqual([["alertname", "D"], ["instance", "a"], ["mountpoint", "/srv"]]);
  });
});

describe("silences", () => {
  it("stand in the order in which they end", () => {
    const one = (id: string, state: string, endsAt: string) => ({ id, status: { state }, endsAt, startsAt: "2026-11-25T00:00:00Z", matchers: [{ name: "a", value: "b", isRegex: true, isEqual: false }], createdBy: "Sari", comment: "c" });
    const silences = readSilences([one("old", "expired", "2026-11-20T00:00:00Z"), one("late", "active", "2026-11-27T00:00:00Z"), one("soon", "active", "2026-11-26T00:00:00Z"), one("next", "pending", "2026-11-26T00:00:00Z"), one("recent", "expired", "2026-11-24T00:00:00Z")]);
    expect(silences.map(({ id }) => id)).toEqual(["soon", "late", "next", "recent", "old"]);
    expect(silences[0]?.matchers).toEqual([{ name: "a", op: "!~", value: "b" }]);
  });

  it("are sent as the alert manager takes them", () => {
    const draft = { matchers: [{ name: "a", op: "=~" as const, value: "b.*" }], startsAt: 1795597200, endsAt: 1795600800, createdBy: "Sari", comment: "why" };
    expect(draftBody(draft)).toEqual({ matchers: [{ name: "a", value: "b.*", isRegex: true, isEqual: true }], startsAt: "2026-11-25T09:00:00.000Z", endsAt: "2026-11-25T10:00:00.000Z", createdBy: "Sari", comment: "why" });
  });

  it.each([["90m", 5400], ["2h 30m", 9000], ["3D", 259200], ["1w", 604800], ["", undefined], ["5", undefined], ["0h", undefined], ["400d", undefined], ["h", undefined]])("last %s", (text, seconds) => expect(parseSpan(text)).toBe(seconds));

  it("last until seven in the morning where one is", () => {
    // The tests run at UTC+7: 2026-11-25 16:00 and 06:59 there.
    expect(nextMorning(1795597200)).toBe(Date.parse("2026-11-26T00:00:00Z") / 1000);
    expect(nextMorning(Date.parse("2026-11-24T23:59:00Z") / 1000)).toBe(Date.parse("2026-11-25T00:00:00Z") / 1000);
    expect(nextMorning(Date.parse("2026-11-25T00:00:00Z") / 1000)).toBe(Date.parse("2026-11-26T00:00:00Z") / 1000);
    expect(endOf({ kind: "other", text: "12h" }, 1000)).toBe(44200);
    expect(endOf({ kind: "other", text: "soon" }, 1000)).toBeUndefined();
  });
});
