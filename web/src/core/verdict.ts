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
  | { readonly kind: "trouble"; readonly level: Exclude<Level, "ok">; readonly problems: readonly Problem<Id>[] }
  /** Nothing is past a limit, but not everything could be looked at. */
  | { readonly kind: "partial"; readonly missing: readonly Id[] }
  | { readonly kind: "well" };

/** A reading older than this, in seconds, says nothing about now: four readings are missing. */
export const STALE_SECONDS = 60;

/**
 * Judges a host. `ageSeconds` is the age of its last reading, undefined when the past is looked at
 * and age means nothing.
 */
export function judge<Id extends string>(input: {
  readonly watched: readonly Watched<Id>[];
  readonly ageSeconds: number | undefined;
  readonly isCollecting: boolean;
}): Verdict<Id> {
  if (input.ageSeconds !== undefined && input.ageSeconds > STALE_SECONDS) {
    return { kind: "stale", ageSeconds: input.ageSeconds };
  }
  const problems = input.watched.flatMap(toProblem).sort((a, b) => (a.level === b.level ? 0 : a.level === "crit" ? -1 : 1));
  const worst = problems[0];
  if (worst !== undefined) return { kind: "trouble", level: worst.level, problems };
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

function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Number.isNaN(value);
}
