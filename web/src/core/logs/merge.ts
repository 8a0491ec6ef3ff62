import type { LogLine } from "./line";
import { compareNs, type Ns } from "./ns";

/** What makes two lines from two answers the same line. Lines may be there more than once: identities are counted. */
export type Identity = (line: LogLine) => string;

/** Instant, text and stream. Only stream labels count: a live tail and a query may name the others differently. */
export function identityBy(streamLabels: ReadonlySet<string>): Identity {
  const keys = new WeakMap<object, string>();
  return (line) => {
    let stream = keys.get(line.labels);
    if (stream === undefined) {
      const names = Object.keys(line.labels).filter((name) => streamLabels.has(name)).sort();
      stream = names.map((name) => `${name}=${line.labels[name]}`).join("\u0001");
      keys.set(line.labels, stream);
    }
    return `${line.ts}\u0000${stream}\u0000${line.text}`;
  };
}

/** Those of `fresh` that are not among `known`, each as often as it is more than known. */
export function without(fresh: readonly LogLine[], known: Iterable<LogLine>, identity: Identity): readonly LogLine[] {
  const count = new Map<string, number>();
  for (const line of known) count.set(identity(line), (count.get(identity(line)) ?? 0) + 1);
  return fresh.filter((line) => {
    const key = identity(line);
    const left = count.get(key) ?? 0;
    if (left > 0) count.set(key, left - 1);
    return left === 0;
  });
}

/** The lines of `sorted` (newest first) at or after an instant. */
export function since(sorted: readonly LogLine[], time: Ns): readonly LogLine[] {
  const end = sorted.findIndex((line) => compareNs(line.ts, time) < 0);
  return end === -1 ? sorted : sorted.slice(0, end);
}

/** The lines of `sorted` (newest first) exactly at its oldest instant. */
export function oldestInstant(sorted: readonly LogLine[]): readonly LogLine[] {
  const last = sorted.at(-1);
  if (last === undefined) return [];
  let start = sorted.length - 1;
  while (start > 0 && sorted[start - 1]?.ts === last.ts) start -= 1;
  return sorted.slice(start);
}

/** Puts fresh lines (newest first) into lines (newest first); of the same instant, fresh ones count as newer. */
export function mergeNewer(fresh: readonly LogLine[], lines: readonly LogLine[]): readonly LogLine[] {
  const oldestFresh = fresh.at(-1);
  if (oldestFresh === undefined) return lines;
  const newest = lines[0];
  if (newest === undefined || compareNs(oldestFresh.ts, newest.ts) >= 0) return [...fresh, ...lines];
  const merged: LogLine[] = [];
  let at = 0;
  for (const line of fresh) {
    for (let next = lines[at]; next !== undefined && compareNs(next.ts, line.ts) > 0; next = lines[at]) {
      merged.push(next);
      at += 1;
    }
    merged.push(line);
  }
  return merged.concat(lines.slice(at));
}
