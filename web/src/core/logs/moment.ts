import type { LogsClient } from "../api/loki";
import { type LogLine, newestFirst, toLine } from "./line";
import { addNs, compareNs, type Ns } from "./ns";

/** Lines shown on each side of an instant. */
export const LINES_EACH_SIDE = 60;

/** The lines around an instant, oldest first, out of lines at hand (newest first); undefined where they do not reach. */
export function linesAtHand(lines: readonly LogLine[], at: Ns, hasOlder: boolean): readonly LogLine[] | undefined {
  // First of the lines that are not newer than the instant.
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = lines[middle];
    if (line !== undefined && compareNs(line.ts, at) > 0) low = middle + 1;
    else high = middle;
  }
  if (hasOlder && low + LINES_EACH_SIDE > lines.length) return undefined;
  return lines.slice(Math.max(0, low - LINES_EACH_SIDE), low + LINES_EACH_SIDE).reverse();
}

/** Asks for the lines around an instant, oldest first. `start` and `end` bound how far they may lie away. */
export async function loadMoment(
  client: LogsClient,
  request: { readonly query: string; readonly at: Ns; readonly start: Ns; readonly end: Ns },
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const next = addNs(request.at, 1n);
  const side = (start: Ns, end: Ns, direction: "backward" | "forward") =>
    compareNs(start, end) >= 0 ? undefined : client.lines({ query: request.query, start, end, limit: LINES_EACH_SIDE, direction }, signal);
  const answers = await Promise.all([side(request.start, next, "backward"), side(next, request.end, "forward")]);
  const [before, after] = answers.map((answer) => (answer?.kind === "lines" ? answer.entries : []));
  const older = newestFirst((before ?? []).map(toLine)).slice().reverse();
  const newer = newestFirst((after ?? []).map(toLine).reverse()).slice().reverse();
  return [...older, ...newer];
}

/** The line an instant is about: the last one that is not newer, or else the first. `lines` are oldest first. */
export function lineAt(lines: readonly LogLine[], at: Ns): LogLine | undefined {
  let found = lines[0];
  for (const line of lines) {
    if (compareNs(line.ts, at) > 0) break;
    found = line;
  }
  return found;
}
