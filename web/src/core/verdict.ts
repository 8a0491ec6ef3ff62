import type { Thing } from "./alerts/things";
import type { ContainerRow } from "./containers/rows";
import { type Level, levelOf, passedLimit, type Thresholds } from "./thresholds";

/** A watched number; `value` is undefined while it is not known. */
export interface Watched<Id extends string> {
  readonly id: Id;
  readonly value: number | undefined;
  readonly thresholds: Thresholds;
}

/** A watched number past its limit. */
export interface Problem<Id extends string> {
  readonly id: Id;
  readonly value: number;
  readonly limit: number;
  readonly level: Exclude<Level, "ok">;
}

/** The page's first sentence, before it is put into words. */
export type Verdict<Id extends string> =
  /** The first readings are under way. */
  | { readonly kind: "collecting" }
  /** The last reading is too old to say anything about now. */
  | { readonly kind: "stale"; readonly ageSeconds: number }
  | {
      readonly kind: "trouble";
      readonly level: Exclude<Level, "ok">;
      readonly problems: readonly Problem<Id>[];
      /** What fires, gravest first. */
      readonly alerts: readonly Thing[];
      /** Containers that need someone, gravest first. */
      readonly containers: readonly ContainerRow[];
    }
  /** Nothing is past a limit, but not everything could be looked at. */
  | { readonly kind: "partial"; readonly missing: readonly Id[] }
  | { readonly kind: "well" };

/** A reading older than this, in seconds, says nothing about now: four readings are missing. */
export const STALE_SECONDS = 60;

/**
 * Judges a host and its containers. `ageSeconds` is the age of its last reading, undefined when the past is looked at
 * and age means nothing. `containers` are the rows of its table, none where they are not known.
 */
export function judge<Id extends string>(input: {
  readonly watched: readonly Watched<Id>[];
  readonly ageSeconds: number | undefined;
  readonly isCollecting: boolean;
  readonly containers?: readonly ContainerRow[];
  /** What fires, and what of the rest it speaks of already. */
  readonly alerts?: readonly Thing[];
  readonly isCovered?: (what: { readonly watched: Id } | { readonly container: string }) => boolean;
}): Verdict<Id> {
  if (input.ageSeconds !== undefined && input.ageSeconds > STALE_SECONDS) {
    return { kind: "stale", ageSeconds: input.ageSeconds };
  }
  const alerts = input.alerts ?? [];
  const isCovered = input.isCovered ?? (() => false);
  const problems = input.watched.filter(({ id }) => !isCovered({ watched: id })).flatMap(toProblem).sort((a, b) => (a.level === b.level ? 0 : a.level === "crit" ? -1 : 1));
  const containers = (input.containers ?? []).filter(isThing).filter(({ label }) => !isCovered({ container: label }));
  if (alerts.length + problems.length + containers.length > 0) {
    return { kind: "trouble", level: worstOf([...alerts, ...problems, ...containers.map(levelOfRow)]), problems, containers, alerts };
  }
  const missing = input.watched.filter((item) => !isKnown(item.value)).map((item) => item.id);
  if (missing.length === 0) return { kind: "well" };
  return input.isCollecting ? { kind: "collecting" } : { kind: "partial", missing };
}

function toProblem<Id extends string>(item: Watched<Id>): Problem<Id>[] {
  if (!isKnown(item.value)) return [];
  const level = levelOf(item.value, item.thresholds);
  const limit = passedLimit(item.value, item.thresholds);
  return level === "ok" || limit === undefined ? [] : [{ id: item.id, value: item.value, limit, level }];
}

/** One that came up again by itself needs a look, but is no thing of its own. */
function isThing({ trouble }: ContainerRow): boolean {
  return trouble !== undefined && trouble.kind !== "restarts";
}

function levelOfRow({ trouble }: ContainerRow): { readonly level: Exclude<Level, "ok"> } {
  return { level: trouble?.level ?? "warn" };
}

function worstOf(things: readonly { readonly level: Exclude<Level, "ok"> }[]): Exclude<Level, "ok"> {
  return things.some(({ level }) => level === "crit") ? "crit" : "warn";
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Number.isNaN(value);
}
