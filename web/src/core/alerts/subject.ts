import type { Labels } from "../api/types";

/** What labels are about. Either may be missing. */
export interface Subject {
  /** The `instance` of the host, without which there is no page to go to. */
  readonly host: string | undefined;
  readonly container: string | undefined;
}

const HOST_LABELS = ["instance", "host", "hostname", "node"];

export function subjectOf(labels: Labels): Subject {
  const host = HOST_LABELS.map((name) => labels[name]).find((value) => value !== undefined && value !== "");
  return { host, container: labels["container"] || labels["container_name"] || (isContainerName(labels) ? labels["name"] : undefined) || undefined };
}

/** `name` alone may be of a disk or a unit of systemd; of a container it stands beside what only containers have. */
function isContainerName(labels: Labels): boolean {
  const isOther = ["device", "mountpoint", "unit", "chip"].some((name) => labels[name] !== undefined) || labels["job"] === "node";
  return labels["name"] !== undefined && !isOther;
}

/** Labels that say how an alert is handled, not what it is about. */
const HANDLING = new Set(["alertname", "severity", "job", "team", "alertstate"]);

/** What tells an alert from others of its rule, beyond host and container: a mount point, a device. */
export function placeOf(labels: Labels, ruleLabels: Labels): readonly string[] {
  const known = new Set([...HOST_LABELS, "container", "container_name", "name", "id", "image"]);
  return Object.entries(labels)
    .filter(([name, value]) => !HANDLING.has(name) && !known.has(name) && ruleLabels[name] !== value)
    .map(([, value]) => value);
}

/** The labels a silence of just this alert asks for: its name and what it is about, not how it is handled. */
export function tellingLabels(labels: Labels, ruleLabels: Labels): readonly [string, string][] {
  const own = Object.entries(labels).filter(([name, value]) => name === "alertname" || (!HANDLING.has(name) && ruleLabels[name] !== value));
  return own.sort(([a], [b]) => (a === "alertname" ? -1 : b === "alertname" ? 1 : a < b ? -1 : 1));
}
