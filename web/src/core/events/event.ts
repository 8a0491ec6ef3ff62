import type { Labels } from "../api/types";
import { type LogLine } from "../logs/line";
import { type Ns, secondsOfNs } from "../logs/ns";
import { parseFields } from "../logs/parse";
import { quote } from "../logs/text";
import type { MarkTone } from "../timeline";

/** What can happen to a container. */
export type EventKind = "created" | "started" | "exited" | "oom" | "restarting" | "paused" | "unpaused" | "health" | "renamed" | "removed";

/** Something that happened to a container. */
export interface ContainerEvent {
  /** Different for every event of this page. */
  readonly id: number;
  readonly ts: Ns;
  /** Unix seconds. */
  readonly time: number;
  readonly kind: EventKind;
  readonly tone: MarkTone;
  /** Its name; empty where it has none. */
  readonly container: string;
  readonly image: string;
  readonly project: string;
  readonly exitCode: number | undefined;
  readonly oomKilled: boolean;
  /** What the health check said: `healthy`, `unhealthy`, `starting`. */
  readonly health: string;
  readonly restarts: number | undefined;
  /** Its name before, where it was renamed. */
  readonly from: string;
}

const KINDS: ReadonlySet<string> = new Set(["created", "started", "exited", "oom", "restarting", "paused", "unpaused", "health", "renamed", "removed"] satisfies EventKind[]);

/** The lines that tell what happened to a host's containers, or to one of them. */
export function eventsQuery(host: string, container?: string): string {
  const of = container === undefined ? "" : `, container=${quote(container)}`;
  return `{job="container_events", host=${quote(host)}${of}}`;
}

/** Reads an event from its line; undefined for a line that is none. */
export function eventOf(line: LogLine): ContainerEvent | undefined {
  const fields = new Map(parseFields(line.text)?.fields ?? []);
  const kind = fields.get("event") ?? "";
  if (!isKind(kind)) return undefined;
  const exitCode = numberOf(fields.get("exit_code"));
  const oomKilled = fields.get("oom_killed") === "true";
  const health = fields.get("health") ?? "";
  return {
    id: line.id,
    ts: line.ts,
    time: secondsOfNs(line.ts),
    kind,
    tone: toneOf(kind, { exitCode, oomKilled, health }),
    ...namesOf(line.labels),
    exitCode,
    oomKilled,
    health,
    restarts: numberOf(fields.get("restarts")),
    from: fields.get("from") ?? "",
  };
}

function namesOf(labels: Labels): Pick<ContainerEvent, "container" | "image" | "project"> {
  return { container: labels["container"] ?? "", image: labels["image"] ?? "", project: labels["compose_project"] ?? "" };
}

function toneOf(kind: EventKind, { exitCode, oomKilled, health }: { exitCode: number | undefined; oomKilled: boolean; health: string }): MarkTone {
  switch (kind) {
    case "oom":
      return "crit";
    case "exited":
      return oomKilled || (exitCode !== undefined && exitCode !== 0) ? "crit" : "mute";
    case "restarting":
      return "warn";
    case "health":
      return health === "unhealthy" ? "warn" : "mute";
    case "paused":
      return "warn";
    case "started":
    case "unpaused":
    case "created":
      return "info";
    case "renamed":
    case "removed":
      return "mute";
  }
}

function isKind(text: string): text is EventKind {
  return KINDS.has(text);
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
