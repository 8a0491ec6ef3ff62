import type { LogsClient } from "../api/loki";
import { type LogLine, newestFirst, toLine } from "./line";
import { type Identity, oldestInstant, without } from "./merge";
import { addNs, type Ns } from "./ns";

/** Lines of one page. */
export const PAGE_LINES = 1000;

/** The server gives no more at once. */
const MOST_LINES_AT_ONCE = 5000;

export interface Page {
  /** Newest first, all older than or as old as what was at hand, none of them at hand before. */
  readonly lines: readonly LogLine[];
  readonly hasMore: boolean;
}

/**
 * The next page of older lines. It begins again at the oldest instant at hand, since more lines may bear the same
 * instant, and leaves out those that are there.
 */
export async function loadPage(
  client: LogsClient,
  request: { query: string; start: Ns; lines: readonly LogLine[]; identity: Identity },
  signal?: AbortSignal,
): Promise<Page> {
  const { query, start, identity } = request;
  const edge = oldestInstant(request.lines);
  const oldest = edge[0];
  if (oldest === undefined) return { lines: [], hasMore: false };
  // The page must reach beyond the lines of the oldest instant.
  let limit = Math.min(MOST_LINES_AT_ONCE, Math.max(PAGE_LINES, 2 * edge.length));
  let end = addNs(oldest.ts, 1n);
  for (;;) {
    const answer = await client.lines({ query, start, end, limit, direction: "backward" }, signal);
    const entries = answer.kind === "lines" ? answer.entries : [];
    const fresh = without(newestFirst(entries.map(toLine)), edge, identity);
    if (fresh.length > 0 || entries.length < limit) return { lines: fresh, hasMore: entries.length >= limit };
    if (limit < MOST_LINES_AT_ONCE) limit = MOST_LINES_AT_ONCE;
    // More lines at one instant than the server gives at once: the rest of that instant cannot be had.
    else if (end !== oldest.ts) end = oldest.ts;
    else return { lines: [], hasMore: false };
  }
}
