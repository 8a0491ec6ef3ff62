import { ApiError, type Labels } from "../api/types";
import { instant, isRecord, type Json, pairs, records, text, texts } from "./json";

/** How grave an alert is, by its label `severity`. */
export type Severity = "crit" | "warn" | "info";

/** One alert as the alert manager knows it. Times are unix seconds. */
export interface Alert {
  /** Identifies it: the alert manager's fingerprint. */
  readonly id: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: number;
  /** When it is over unless it is told again. */
  readonly endsAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly generatorUrl: string;
  readonly receivers: readonly string[];
  /** Ids of the silences that hide it. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of the alerts that hold it back. */
  readonly inhibitedBy: readonly string[];
  /** Names of the time intervals that mute it, for every receiver of its group. */
  readonly mutedBy: readonly string[];
}

/** Alerts that are told together. */
export interface AlertGroup {
  readonly labels: Labels;
  /** Who is told; those whose time intervals mute them only while nobody else is. */
  readonly receivers: readonly string[];
  readonly alerts: readonly Alert[];
}

const SEVERITIES: Readonly<Record<string, Severity>> = {
  critical: "crit",
  crit: "crit",
  page: "crit",
  error: "crit",
  emergency: "crit",
  warning: "warn",
  warn: "warn",
  info: "info",
  information: "info",
  notice: "info",
  none: "info",
};

/** An alert that does not say how grave it is counts as a warning. */
export function severityOf(labels: Labels): Severity {
  return SEVERITIES[(labels["severity"] ?? "").toLowerCase()] ?? "warn";
}

export function nameOf(labels: Labels): string {
  return labels["alertname"] ?? "";
}

/** Whether someone is told of it. */
export function isLoud(alert: Alert): boolean {
  return alert.silencedBy.length === 0 && alert.inhibitedBy.length === 0 && alert.mutedBy.length === 0;
}

/** Reads `/api/v2/alerts/groups`. One group per set of alerts: the same one for several receivers is told once, with all of them. */
export function readGroups(body: unknown): readonly AlertGroup[] {
  if (!Array.isArray(body)) throw new ApiError("malformed", "the answer holds no list of groups");
  const merged = new Map<string, AlertGroup>();
  for (const group of body.filter(isRecord).map(readGroup)) {
    const key = JSON.stringify([group.labels, group.alerts.map(({ id }) => id).sort()]);
    const before = merged.get(key);
    if (group.alerts.length > 0) merged.set(key, before === undefined ? group : together(before, group));
  }
  return [...merged.values()];
}

/** The same alerts for two receivers. Where one is muted and the other is not, the other is told. */
function together(a: AlertGroup, b: AlertGroup): AlertGroup {
  if (isMuted(a) !== isMuted(b)) return isMuted(a) ? b : a;
  return { ...a, receivers: [...new Set([...a.receivers, ...b.receivers])].sort() };
}

function isMuted({ alerts }: AlertGroup): boolean {
  return alerts.some(({ mutedBy }) => mutedBy.length > 0);
}

function readGroup(group: Json): AlertGroup {
  const receiver = isRecord(group["receiver"]) ? text(group["receiver"]["name"]) : "";
  return { labels: pairs(group["labels"]), receivers: receiver === "" ? [] : [receiver], alerts: records(group["alerts"]).map(readAlert) };
}

function readAlert(one: Json): Alert {
  const status = isRecord(one["status"]) ? one["status"] : {};
  const labels = pairs(one["labels"]);
  return {
    id: text(one["fingerprint"]) || JSON.stringify(labels),
    labels,
    annotations: pairs(one["annotations"]),
    startsAt: instant(one["startsAt"]) ?? 0,
    endsAt: instant(one["endsAt"]),
    updatedAt: instant(one["updatedAt"]),
    generatorUrl: text(one["generatorURL"]),
    receivers: records(one["receivers"]).map((receiver) => text(receiver["name"])),
    silencedBy: texts(status["silencedBy"]),
    inhibitedBy: texts(status["inhibitedBy"]),
    mutedBy: texts(status["mutedBy"]),
  };
}
