import { type Entry, entriesOf, type Section } from "./board";
import { subjectOf } from "./subject";

/** Alerts that are told together and need someone: one thing, however many they are. */
export interface Thing {
  readonly level: "crit" | "warn";
  /** The worst of them. */
  readonly first: Entry;
}

/** What fires and is more than information, worst first. */
export function thingsOf(board: readonly Section[]): readonly Thing[] {
  const seen = new Set<string>();
  return board.flatMap(({ state, severity, entries }) => {
    const first = entries[0];
    // A section that goes to a second receiver is no second thing.
    if (state !== "firing" || severity === "info" || first === undefined || seen.has(first.alert.id)) return [];
    seen.add(first.alert.id);
    return [{ level: severity, first }];
  });
}

/** What alerts speak of already, so that it is not counted twice. */
export interface Covered {
  /** Names of containers. */
  readonly containers: ReadonlySet<string>;
  readonly watched: ReadonlySet<"cpu" | "memory" | "disk">;
}

const WATCHED_METRICS = { cpu: /\bnode_cpu_/, memory: /\bnode_memory_/, disk: /\bnode_filesystem_/ } as const;

export function coveredBy(board: readonly Section[]): Covered {
  const firing = entriesOf(board).filter(({ state, severity }) => state === "firing" && severity !== "info");
  const containers = firing.flatMap(({ alert }) => subjectOf(alert.labels).container ?? []);
  const queries = firing.map(({ origin }) => origin?.rule.query ?? "").join("\n");
  const watched = (["cpu", "memory", "disk"] as const).filter((id) => WATCHED_METRICS[id].test(queries));
  return { containers: new Set(containers), watched: new Set(watched) };
}
