import type { Level } from "../thresholds";
import type { ContainerNumbers } from "./numbers";
import type { Container } from "./report";

/** Why a container needs someone, gravest first: the order of the table. */
export const TROUBLES = ["unhealthy", "restarting", "dead", "oom", "failed", "restarts"] as const;
export type TroubleKind = (typeof TROUBLES)[number];

export interface Trouble {
  readonly kind: TroubleKind;
  readonly level: Exclude<Level, "ok">;
}

const LEVELS: Record<TroubleKind, Trouble["level"]> = { unhealthy: "crit", restarting: "crit", dead: "crit", oom: "crit", failed: "warn", restarts: "warn" };

/** So long, in seconds, an end that went wrong needs someone: one day. */
const RECENT_SECONDS = 86_400;

/** What was started again so often in the last hour, and now is up for less than this, in seconds, is in a loop. */
const LOOP_RESTARTS = 3;
const LOOP_SECONDS = 60;

/** Ends that someone asked for: done, Ctrl C, `stop`. */
const ASKED_FOR: readonly number[] = [0, 130, 143];

/** What is wrong with a container at `now` (unix seconds); undefined where nothing is. */
export function troubleOf(container: Container, numbers: ContainerNumbers | undefined, now: number): Trouble | undefined {
  const kind = kindOf(container, numbers, now);
  return kind === undefined ? undefined : { kind, level: LEVELS[kind] };
}

/** Whether it ended in a way nobody asked for. */
export function endedBadly(container: Container): boolean {
  if (container.state !== "exited") return false;
  return container.oomKilled || (container.exitCode !== undefined && !ASKED_FOR.includes(container.exitCode));
}

function kindOf(container: Container, numbers: ContainerNumbers | undefined, now: number): TroubleKind | undefined {
  const { state } = container;
  if (state === "dead") return "dead";
  if (state === "exited") return endedBadly(container) && isRecent(container, now) ? (container.oomKilled ? "oom" : "failed") : undefined;
  // A runtime calls what has stopped unhealthy too; that says nothing new.
  const isUp = state === "running" || state === "restarting";
  if (isUp && container.health === "unhealthy") return "unhealthy";
  if (state === "restarting" || isLoop(container, numbers, now)) return "restarting";
  if (!isUp) return undefined;
  if ((numbers?.ooms ?? 0) > 0) return "oom";
  return (numbers?.restarts ?? 0) > 0 ? "restarts" : undefined;
}

/** A loop is one also in the moments in which it is up. */
function isLoop({ state, startedMs }: Container, numbers: ContainerNumbers | undefined, now: number): boolean {
  if (state !== "running" || startedMs === undefined) return false;
  return (numbers?.restarts ?? 0) >= LOOP_RESTARTS && now - startedMs / 1000 < LOOP_SECONDS;
}

function isRecent({ finishedMs }: Container, now: number): boolean {
  return finishedMs !== undefined && now - finishedMs / 1000 < RECENT_SECONDS;
}
