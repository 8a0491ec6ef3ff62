import { ApiError, type Labels } from "../api/types";
import { instant, isRecord, type Json, number, pairs, records, text } from "./json";

/** A group of rules, evaluated together. Times are unix seconds. */
export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  /** Seconds between evaluations. */
  readonly interval: number;
  readonly lastEvaluation: number | undefined;
  readonly rules: readonly Rule[];
}

export type RuleState = "firing" | "pending" | "inactive";

/** One rule; a recording rule has no state and no alerts. */
export interface Rule {
  readonly kind: "alerting" | "recording";
  readonly name: string;
  readonly query: string;
  /** Seconds the condition must hold. */
  readonly holdFor: number;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: RuleState | undefined;
  readonly health: "ok" | "err" | "unknown";
  readonly lastError: string;
  readonly lastEvaluation: number | undefined;
  /** Seconds the last evaluation took. */
  readonly took: number;
  readonly alerts: readonly RuleAlert[];
}

/** What a rule has found. */
export interface RuleAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: "firing" | "pending";
  /** Since when the condition holds. */
  readonly activeAt: number | undefined;
  readonly value: number | undefined;
}

/** Reads the data of `/api/v1/rules`. */
export function readRules(data: unknown): readonly RuleGroup[] {
  if (!isRecord(data) || !Array.isArray(data["groups"])) throw new ApiError("malformed", "the answer holds no groups of rules");
  return records(data["groups"]).map((group) => ({
    name: text(group["name"]),
    file: text(group["file"]),
    interval: number(group["interval"]) ?? 0,
    lastEvaluation: instant(group["lastEvaluation"]),
    rules: records(group["rules"]).map(readRule),
  }));
}

function readRule(rule: Json): Rule {
  const kind = text(rule["type"]) === "recording" ? "recording" : "alerting";
  const state = text(rule["state"]);
  const health = text(rule["health"]);
  return {
    kind,
    name: text(rule["name"]),
    query: text(rule["query"]),
    holdFor: number(rule["duration"]) ?? 0,
    labels: pairs(rule["labels"]),
    annotations: pairs(rule["annotations"]),
    state: kind === "recording" ? undefined : state === "firing" || state === "pending" ? state : "inactive",
    health: health === "ok" || health === "err" ? health : "unknown",
    lastError: text(rule["lastError"]),
    lastEvaluation: instant(rule["lastEvaluation"]),
    took: number(rule["evaluationTime"]) ?? 0,
    alerts: records(rule["alerts"]).map(readAlert),
  };
}

function readAlert(alert: Json): RuleAlert {
  const value = Number.parseFloat(text(alert["value"]));
  return {
    labels: pairs(alert["labels"]),
    annotations: pairs(alert["annotations"]),
    state: text(alert["state"]) === "pending" ? "pending" : "firing",
    activeAt: instant(alert["activeAt"]),
    value: Number.isFinite(value) ? value : undefined,
  };
}

/** A rule with what it found for one alert. */
export interface Origin {
  readonly rule: Rule;
  readonly group: RuleGroup;
  /** Undefined where the rule has not found it in its last evaluation. */
  readonly found: RuleAlert | undefined;
}

/** The rule an alert comes from: the one that found it, else the only one of its name whose labels it bears. */
export function originOf(labels: Labels, groups: readonly RuleGroup[]): Origin | undefined {
  const named: Origin[] = [];
  for (const group of groups) {
    for (const rule of group.rules) {
      if (rule.kind !== "alerting" || rule.name !== labels["alertname"]) continue;
      // Labels of the whole installation are added when an alert is handed over.
      const found = rule.alerts.find((alert) => isPartOf(alert.labels, labels));
      if (found !== undefined) return { rule, group, found };
      named.push({ rule, group, found });
    }
  }
  return named.length === 1 ? named[0] : undefined;
}

export function isPartOf(part: Labels, whole: Labels): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}

/** How many rules there are, and when the last one ran: unix seconds. */
export function countRules(groups: readonly RuleGroup[]): { readonly count: number; readonly lastRun: number | undefined } {
  const runs = groups.flatMap((group) => (group.lastEvaluation === undefined ? [] : [group.lastEvaluation]));
  const count = groups.reduce((sum, group) => sum + group.rules.length, 0);
  return { count, lastRun: runs.length === 0 ? undefined : Math.max(...runs) };
}

export const RULE_KINDS = ["failing", "firing", "pending"] as const;

/** What the list of rules can be narrowed to. */
export type RuleKind = (typeof RULE_KINDS)[number];

function ruleKindOf({ health, state }: Rule): RuleKind | undefined {
  if (health === "err") return "failing";
  return state === "firing" || state === "pending" ? state : undefined;
}

/** How many rules need a look, by what is the matter. */
export function countRuleKinds(groups: readonly RuleGroup[]): Readonly<Record<RuleKind, number>> {
  const counts = { failing: 0, firing: 0, pending: 0 };
  for (const kind of groups.flatMap(({ rules }) => rules.map(ruleKindOf))) if (kind !== undefined) counts[kind] += 1;
  return counts;
}

/** The rules of one kind whose name, expression, labels or place hold a text, in groups; those with trouble first. */
export function chooseRules(groups: readonly RuleGroup[], kind: RuleKind | undefined, input: string): readonly RuleGroup[] {
  const wanted = input.trim().toLowerCase();
  const isWanted = (group: RuleGroup, rule: Rule) => (kind === undefined || ruleKindOf(rule) === kind) && (wanted === "" || textOf(group, rule).includes(wanted));
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => isWanted(group, rule)).sort((a, b) => rank(a) - rank(b)) }))
    .filter(({ rules }) => rules.length > 0)
    .sort((a, b) => rank(a.rules[0]) - rank(b.rules[0]));
}

function rank(rule: Rule | undefined): number {
  const kind = rule === undefined ? undefined : ruleKindOf(rule);
  return kind === undefined ? RULE_KINDS.length : RULE_KINDS.indexOf(kind);
}

function textOf(group: RuleGroup, rule: Rule): string {
  const labels = Object.entries(rule.labels).map(([name, value]) => `${name}=${value}`);
  return [group.name, group.file, rule.name, rule.query, ...labels, rule.lastError].join("\n").toLowerCase();
}
