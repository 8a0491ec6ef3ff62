import { ApiError } from "../api/types";
import type { Ns } from "../logs/ns";

/** What `/sensors/containers` says: the runtimes that were looked for, and every container, also those that stopped. */
export interface ContainersReport {
  /** The `instance` label of the host's series. */
  readonly host: string;
  readonly sources: readonly RuntimeSource[];
  readonly containers: readonly Container[];
}

const SOURCE_STATES = ["connected", "files", "absent", "denied", "failed"] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

/** One runtime and the place it is looked for at. */
export interface RuntimeSource {
  /** `docker`, `podman`. */
  readonly runtime: string;
  /** A socket or a directory. */
  readonly place: string;
  readonly state: SourceState;
  /** Why it is denied or failed; empty otherwise. */
  readonly message: string;
  readonly version: string;
}

export const CONTAINER_STATES = ["running", "restarting", "paused", "exited", "created", "dead", "removing"] as const;
/** As the runtime calls it; `unknown` is what this page does not know. */
export type ContainerState = (typeof CONTAINER_STATES)[number] | "unknown";

const HEALTHS = ["none", "starting", "healthy", "unhealthy"] as const;
export type Health = (typeof HEALTHS)[number];

/** One container. What is not known is undefined, or empty where it is text. Times are unix milliseconds. */
export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly runtime: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly project: string;
  readonly service: string;
  readonly pod: string;
  readonly state: ContainerState;
  readonly health: Health;
  readonly exitCode: number | undefined;
  readonly oomKilled: boolean;
  /** By its restart policy. */
  readonly restarts: number | undefined;
  /** Seen since Menara watches it. */
  readonly starts: number;
  readonly createdMs: number | undefined;
  readonly startedMs: number | undefined;
  readonly finishedMs: number | undefined;
  readonly restartPolicy: string;
  readonly logs: ContainerLogs;
  /** Its newest line; undefined where there is none or none was asked for. */
  readonly lastLine: LastLine | undefined;
}

/** Whether its lines are read, and why not. */
export interface ContainerLogs {
  readonly driver: string;
  readonly state: "followed" | "unsupported" | "unreadable" | "none";
  readonly message: string;
}

export interface LastLine {
  readonly ts: Ns;
  readonly text: string;
  readonly level: string;
}

/** How a container is called: by its name or, without one, by the first digits of its id. */
export function labelOf(container: Container): string {
  return container.name === "" ? container.id.slice(0, 12) : container.name;
}

/** Reads an answer. Fields that are missing or of another kind are taken as unknown; throws an `ApiError` where there is no list. */
export function readReport(body: unknown): ContainersReport {
  if (!isRecord(body) || !Array.isArray(body["containers"])) throw new ApiError("malformed", "the answer holds no list of containers");
  const sources: readonly unknown[] = Array.isArray(body["sources"]) ? body["sources"] : [];
  return {
    host: text(body["host"]),
    sources: sources.filter(isRecord).map(readSource),
    containers: body["containers"].filter(isRecord).filter((one) => text(one["id"]) !== "").map(readContainer),
  };
}

function readSource(source: Json): RuntimeSource {
  return {
    runtime: text(source["runtime"]),
    place: text(source["place"]),
    state: oneOf(SOURCE_STATES, source["state"]) ?? "failed",
    message: text(source["message"]),
    version: text(source["version"]),
  };
}

function readContainer(one: Json): Container {
  return {
    id: text(one["id"]),
    runtime: text(one["runtime"]) || "unknown",
    name: text(one["name"]),
    image: text(one["image"]),
    imageId: text(one["imageId"]),
    project: text(one["composeProject"]),
    service: text(one["composeService"]),
    pod: text(one["pod"]),
    state: oneOf(CONTAINER_STATES, one["state"]) ?? "unknown",
    health: oneOf(HEALTHS, one["health"]) ?? "none",
    exitCode: number(one["exitCode"]),
    oomKilled: one["oomKilled"] === true,
    restarts: number(one["restarts"]),
    starts: number(one["starts"]) ?? 0,
    createdMs: number(one["createdMs"]),
    startedMs: number(one["startedMs"]),
    finishedMs: number(one["finishedMs"]),
    restartPolicy: text(one["restartPolicy"]),
    logs: readLogs(one["logs"]),
    lastLine: readLine(one["lastLine"]),
  };
}

const LOG_STATES = ["followed", "unsupported", "unreadable", "none"] as const;

function readLogs(value: unknown): ContainerLogs {
  const logs = isRecord(value) ? value : {};
  return { driver: text(logs["driver"]), state: oneOf(LOG_STATES, logs["state"]) ?? "none", message: text(logs["message"]) };
}

function readLine(value: unknown): LastLine | undefined {
  if (!isRecord(value)) return undefined;
  const ts = text(value["timeNs"]);
  return /^\d{1,19}$/.test(ts) ? { ts, text: text(value["line"]), level: text(value["level"]) } : undefined;
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((word) => word === value);
}
