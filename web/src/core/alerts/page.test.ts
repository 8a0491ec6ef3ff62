import { describe, expect, it } from "vitest";
import type { Labels } from "../api/types";
import { type Alert, type AlertGroup, readGroups } from "./alert";
import { boardOf } from "./board";
import { type BoardFilter, chooseEntries, EVERYTHING, receiversOf } from "./filter";
import { endOf, fieldTime, lengthOf, parseSpan, spanText, startOf } from "./lengths";
import { landingOf } from "./links";
import { placeFromSearch, searchOfPlace, START } from "./place";
import { sentBy } from "./receiversTask";
import { readRouting, secondsOf, tellsNobody } from "./routing";
import { chooseRules, countRuleKinds, readRules } from "./rule";
import { readShown } from "./shown";
import { chooseSilences, type Silence } from "./silence";
import { alertsOf } from "./task";

const alert = (labels: Labels, more: Partial<Alert> = {}): Alert => ({ id: JSON.stringify(labels), labels, annotations: { summary: `about ${labels["instance"] ?? ""}` }, startsAt: 1, endsAt: 9, updatedAt: 2, generatorUrl: "", receivers: [], silencedBy: [], inhibitedBy: [], mutedBy: [], ...more });
const group = (receiver: string, ...alerts: Alert[]): AlertGroup => ({ labels: { instance: alerts[0]?.labels["instance"] ?? "" }, receivers: [receiver], alerts });

describe("what is muted", () => {
  const body = (receiver: string, mutedBy: string[]) => ({ labels: { instance: "a" }, receiver: { name: receiver }, alerts: [{ fingerprint: "1", labels: { alertname: "X", instance: "a" }, startsAt: "2026-11-25T09:00:00Z", status: { mutedBy } }] });

  it.each([
    ["one receiver", [body("mail", ["nights"])], "muted", ["mail"]],
    ["both receivers", [body("mail", ["nights"]), body("phone", ["weekend"])], "muted", ["mail", "phone"]],
    ["the first of two", [body("mail", ["nights"]), body("phone", [])], "firing", ["phone"]],
    ["the second of two", [body("mail", []), body("phone", ["nights"])], "firing", ["mail"]],
    ["neither", [body("mail", []), body("phone", [])], "firing", ["mail", "phone"]],
  ] as const)("for %s", (_, groups, state, receivers) => {
    const [section] = boardOf(readGroups(groups), []);
    expect([section?.state, section?.receivers]).toEqual([state, receivers]);
  });

  it("is loud where another group tells it", () => {
    const groups = [group("mail", alert({ alertname: "X" }, { mutedBy: ["nights"] })), group("phone", alert({ alertname: "X" }))];
    expect(alertsOf(groups).map(({ mutedBy }) => mutedBy)).toEqual([[]]);
    expect(alertsOf([...groups].reverse()).map(({ mutedBy }) => mutedBy)).toEqual([[]]);
  });
});

describe("the filter of the board", () => {
  const board = boardOf([group("phone", alert({ alertname: "Hot", instance: "kelud", severity: "warning" })), group("mail", alert({ alertname: "Disk", instance: "toba", severity: "critical", mountpoint: "/srv/media" })), group("mail", alert({ alertname: "Info", instance: "web1", severity: "info" }))], []);
  const found = (filter: Partial<BoardFilter>) => chooseEntries(board, { ...EVERYTHING, ...filter }).flatMap(({ entries }) => entries.map((entry) => entry.alert.labels["alertname"]));

  it.each([
    [{}, ["Disk", "Hot", "Info"]],
    [{ kind: "info" }, ["Info"]],
    [{ text: "instance=KELUD" }, ["Hot"]],
    [{ text: "about tob" }, ["Disk"]],
    [{ text: "mountpoint=/srv" }, ["Disk"]],
    [{ text: 'severity!="critical"' }, ["Hot", "Info"]],
    [{ text: 'instance=~"web.*|kelud"' }, ["Hot", "Info"]],
    [{ text: '{instance=~"web.*|kelud", severity="info"}' }, ["Info"]],
    [{ text: 'mountpoint=""' }, ["Hot", "Info"]],
    [{ text: 'instance=~"("' }, []],
    [{ kind: "crit", text: "kelud" }, []],
    [{ receiver: "mail" }, ["Disk", "Info"]],
    [{ receiver: "ph.*" }, ["Hot"]],
    [{ receiver: "pho" }, []],
    [{ receiver: "mail", text: "web1" }, ["Info"]],
  ] as [Partial<BoardFilter>, string[]][])("%o", (filter, expected) => expect(found(filter)).toEqual(expected));

  it("offers the receivers there are", () => expect(receiversOf(board)).toEqual(["mail", "phone"]));
});

describe("addresses of other pages", () => {
  it.each([
    ["", "", "", undefined],
    ["alerts", "?tab=rules", "", undefined],
    ["", "", "#content", undefined],
    ["", "", "#/", "alerts"],
    ["", "", "#/alerts", "alerts"],
    ["", "", "#/alerts?receiver=telegram-home", "alerts?receiver=telegram-home"],
    ["", "", "#/alerts?silenced=false&inhibited=false&muted=false&active=true&filter=%7Balertname%3D%22Disk%20full%22%2C%20instance%3D%22a%2Fb%22%7D", "alerts?filter=alertname%3D%22Disk+full%22%2C+instance%3D%22a%2Fb%22"],
    ["", "", "#/alerts?silenced=true&inhibited=false&active=false", "alerts?kind=quiet"],
    ["", "", "#/silences", "alerts?tab=silences"],
    ["", "", "#/silences?filter=%7Binstance%3D%22a%22%7D", "alerts?tab=silences&filter=instance%3D%22a%22"],
    ["", "", "#/silences/new", "alerts?tab=silences&form=new"],
    ["", "", "#/silences/new?filter=%7Ba%3D%22b%22%7D", "alerts?tab=silences&filter=a%3D%22b%22&form=new"],
    ["", "", "#/silences/2f6b1c1e-0000", "alerts?tab=silences&silence=2f6b1c1e-0000"],
    ["", "", "#/silences/2f6b1c1e-0000/edit", "alerts?tab=silences&silence=2f6b1c1e-0000&form=edit"],
    ["", "", "#/status", "alerts?tab=receivers"],
    ["", "", "#/silences/%E0%A4%A", "alerts?tab=silences&silence=%25E0%25A4%25A"],
    ["", "", "#/nowhere", undefined],
    ["graph", "?g0.expr=up+%3D%3D+0&g0.tab=1", "", "alerts?tab=rules&filter=up+%3D%3D+0"],
    ["graph", "", "", "alerts?tab=rules"],
  ])("%s%s%s", (path, search, hash, expected) => expect(landingOf({ path, search, hash })).toBe(expected));

  it("come back from the address as they went in", () => {
    const places = [
      START,
      { ...START, alert: "1", kind: "quiet" as const, filter: 'a="b&c"', receiver: "x y" },
      { ...START, tab: "rules" as const, ruleKind: "failing" as const, filter: "up == 0" },
      { ...START, tab: "silences" as const, silence: "1", form: "edit" as const },
      { ...START, tab: "receivers" as const },
    ];
    for (const place of places) expect(placeFromSearch(searchOfPlace(place, "?range=900&tab=rules&alert=2&form=new"))).toEqual(place);
    expect(searchOfPlace(START, "?range=900&tab=rules&alert=2")).toBe("?range=900");
    expect(placeFromSearch("?tab=nothing&kind=failing&form=old")).toEqual(START);
  });
});

describe("the time of a silence", () => {
  it.each([[60, "1m"], [3600, "1h"], [90061, "1d 1h 2m"], [86400 * 9, "9d"], [0, "1m"]])("%s seconds are written %s", (seconds, text) => {
    expect(spanText(seconds)).toBe(text);
    expect(parseSpan(text)).toBe(Math.max(60, Math.ceil(seconds / 60) * 60));
  });

  it("is offered as the form has it, or written out", () => {
    expect(lengthOf(4 * 3600)).toEqual({ kind: "for", seconds: 14400 });
    expect(lengthOf(9 * 3600)).toEqual({ kind: "other", text: "9h" });
  });

  it("begins now, or later as the field says", () => {
    const now = Date.parse("2026-11-25T09:00:00Z") / 1000;
    expect(startOf("", now)).toBe(now);
    expect(startOf("2026-11-25T22:00", now)).toBe(Date.parse("2026-11-25T15:00:00Z") / 1000);
    expect(startOf("2026-11-25T01:00", now)).toBe(now);
    expect(startOf("nonsense", now)).toBe(now);
    expect(startOf(fieldTime(now + 600), now)).toBe(now + 600);
    expect(endOf({ kind: "until", at: 77 }, now)).toBe(77);
  });
});

describe("silences and rules", () => {
  const silence = (id: string, comment: string): Silence => ({ id, state: "active", matchers: [{ name: "instance", op: "=~", value: "web.*" }], startsAt: 0, endsAt: 1, createdBy: "Sari", comment });
  it.each([["", ["1", "2"]], ["FAN", ["2"]], ['instance=~"web', ["1", "2"]], ["instance=~web", ["1", "2"]], ["sari", ["1", "2"]], ["nothing", []]])("silences with %s", (text, ids) => {
    expect(chooseSilences([silence("1", "backup"), silence("2", "new fan")], text).map(({ id }) => id)).toEqual(ids);
  });

  const rule = (name: string, state: string, health = "ok") => ({ type: "alerting", name, query: `${name.toLowerCase()} > 1`, state, health, labels: { severity: "warning" } });
  const groups = readRules({ groups: [{ name: "first", rules: [rule("A", "inactive"), rule("B", "pending")] }, { name: "second", rules: [rule("C", "firing"), rule("D", "inactive", "err"), rule("E", "inactive")] }] });
  const names = (...args: Parameters<typeof chooseRules> extends [unknown, ...infer Rest] ? Rest : never) => chooseRules(groups, ...args).map((one) => one.rules.map(({ name }) => name).join(""));
  it("stand with trouble first, and are found by kind and text", () => {
    expect(names(undefined, "")).toEqual(["DCE", "BA"]);
    expect(names("failing", "")).toEqual(["D"]);
    expect(names(undefined, "e > 1")).toEqual(["E"]);
    expect(names(undefined, "first")).toEqual(["BA"]);
    expect(names("pending", "severity=WARNING")).toEqual(["B"]);
    expect(countRuleKinds(groups)).toEqual({ failing: 1, firing: 1, pending: 1 });
  });
});

describe("the configuration that is shown", () => {
  it.each([
    ["a: b\n", { a: "b" }],
    ['"a b": "c: \\"d\\"\\n"\n', { "a b": 'c: "d"\n' }],
    ["a:\n  b:\n    c: -1\n  d: true\ne: null\n", { a: { b: { c: "-1" }, d: true }, e: null }],
    ["a:\n- b\n- \"c\"\nd: []\ne: {}\n", { a: ["b", "c"], d: [], e: {} }],
    ["a:\n- b: 1\n  c:\n  - d\n  e:\n    f: g\n- b: 2\n", { a: [{ b: "1", c: ["d"], e: { f: "g" } }, { b: "2" }] }],
    ["a:\n-\n  - b\n  - c\n", { a: [["b", "c"]] }],
    ["a: http://x/y:1\n", { a: "http://x/y:1" }],
    ["", undefined],
    ["just text", undefined],
    ["- a\n", undefined],
    ["a: {b: c}\n", undefined],
    ["a: |\n  text\n", undefined],
    ["a:\n     b: c\n", undefined],
    ["a: \"b\n", undefined],
  ])("%j", (yaml, expected) => expect(readShown(yaml)).toEqual(expected));

  const SHOWN = 'route:\n  receiver: phone\n  group_by:\n  - instance\n  group_wait: "10s"\n  routes:\n  - receiver: mail\n    matchers:\n    - "severity=\\"warning\\""\n    - "a=~\\"b|c\\""\n    repeat_interval: "1d"\n    mute_time_intervals:\n    - nights\n    routes:\n    - match:\n        team: web\n      group_by: []\n      match_re:\n        tier: "gold|silver"\nreceivers:\n- name: phone\n  telegram_configs:\n  - bot_token: "<secret>"\n    chat_id: -100\n    message_thread_id: 7\n- name: mail\n  email_configs:\n  - to: a@b.c\n  webhook_configs:\n  - url: "<secret>"\n- name: nobody\n';

  it("says who is told of what", () => {
    const mail = [{ name: "severity", op: "=", value: "warning" }, { name: "a", op: "=~", value: "b|c" }];
    expect(readRouting(SHOWN)).toEqual([
      { name: "phone", integrations: [{ kind: "telegram", target: "-100 · 7" }], routes: [{ matchers: [], groupBy: ["instance"], groupWait: "10s", repeatInterval: "4h", muted: [], only: [] }] },
      {
        name: "mail",
        integrations: [{ kind: "email", target: "a@b.c" }, { kind: "webhook", target: "" }],
        routes: [
          { matchers: mail, groupBy: ["instance"], groupWait: "10s", repeatInterval: "1d", muted: ["nights"], only: [] },
          { matchers: [...mail, { name: "team", op: "=", value: "web" }, { name: "tier", op: "=~", value: "gold|silver" }], groupBy: [], groupWait: "10s", repeatInterval: "1d", muted: [], only: [] },
        ],
      },
      { name: "nobody", integrations: [], routes: [] },
    ]);
    expect(tellsNobody(readRouting(SHOWN))).toBe(false);
    expect(tellsNobody(readRouting("receivers:\n- name: nobody\n"))).toBe(true);
    expect(tellsNobody(readRouting("no yaml of ours"))).toBe(false);
  });

  it.each([["30s", 30], ["1d12h", 129600], ["1h30m", 5400], ["250ms", 0.25], ["", undefined], ["soon", undefined], ["5", undefined]])("%s are %s seconds", (span, seconds) => expect(secondsOf(span)).toBe(seconds));

  it("counts what was sent by kind of service", () => {
    const sample = (integration: string, value: number) => ({ metric: { integration }, time: 0, value, raw: String(value) });
    expect([...sentBy([sample("telegram", 5), sample("email", 1)], [sample("email", 1)])]).toEqual([["telegram", { sent: 5, failed: 0 }], ["email", { sent: 1, failed: 1 }]]);
  });
});
