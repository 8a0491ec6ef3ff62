import type { LogsClient } from "../api/loki";
import { selectorOf } from "./edit";
import { type LogLine, newestFirst, streamOf, toLine } from "./line";
import type { Identity } from "./merge";
import { addNs, type Ns } from "./ns";

/** Lines on each side. */
const LINES_AROUND = 8;

/** How far away a neighbour may be, in nanoseconds: a day. */
const REACH_NS = 86_400_000_000_000n;

/** A line among its neighbours of the same stream, newest first. */
export interface Surrounding {
  readonly newer: readonly LogLine[];
  readonly older: readonly LogLine[];
}

export async function loadAround(
  client: LogsClient,
  line: LogLine,
  known: { streamLabels: ReadonlySet<string>; identity: Identity },
  signal?: AbortSignal,
): Promise<Surrounding> {
  const query = selectorOf(streamOf(line, known.streamLabels));
  const next: Ns = addNs(line.ts, 1n);
  // One more on the older side: the line itself is among them.
  const older = client.lines({ query, start: addNs(line.ts, -REACH_NS), end: next, limit: LINES_AROUND + 1, direction: "backward" }, signal);
  const newer = client.lines({ query, start: next, end: addNs(line.ts, REACH_NS), limit: LINES_AROUND, direction: "forward" }, signal);
  const [before, after] = await Promise.all([older, newer]);
  const olderLines = newestFirst((before.kind === "lines" ? before.entries : []).map(toLine));
  const self = known.identity(line);
  const at = olderLines.findIndex((other) => known.identity(other) === self);
  const newerLines = newestFirst((after.kind === "lines" ? after.entries : []).map(toLine).reverse());
  if (at === -1) return { newer: newerLines, older: olderLines.slice(0, LINES_AROUND) };
  return { newer: [...newerLines, ...olderLines.slice(0, at)], older: olderLines.slice(at + 1) };
}
