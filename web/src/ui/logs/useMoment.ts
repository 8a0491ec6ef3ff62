import { useEffect, useRef, useState } from "react";
import type { LogsClient } from "../../core/api/loki";
import { type ApiError, toApiError } from "../../core/api/types";
import type { LogLine } from "../../core/logs/line";
import { linesAtHand, loadMoment } from "../../core/logs/moment";
import { addNs, nsOfSeconds, type Ns } from "../../core/logs/ns";
import type { Answer } from "../../core/logs/state";
import type { Timeline } from "../../core/timeline";

/** The cursor is followed at most this often, in milliseconds. */
const FOLLOW_EVERY_MS = 120;

/** How long its moment stays after the cursor has left the charts, in milliseconds: the way to the lines. */
const STAYS_MS = 900;

/**
 * The moment the page looks at, in unix seconds: where the cursor is, or else what is held. `isRead` keeps it while the
 * lines are being read.
 */
export function useMoment(timeline: Timeline, isRead: boolean): number | undefined {
  const [moment, setMoment] = useState(() => timeline.pinned.get());
  const reading = useRef(isRead);
  reading.current = isRead;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let dueAt = Number.POSITIVE_INFINITY;
    const take = () => {
      timer = undefined;
      dueAt = Number.POSITIVE_INFINITY;
      const wanted = timeline.cursor.get() ?? timeline.pinned.get();
      if (wanted === undefined && reading.current) return;
      setMoment(wanted);
    };
    const plan = (delay: number) => {
      const due = performance.now() + delay;
      // What is planned sooner stays: the cursor moves more often than it is followed.
      if (timer !== undefined && dueAt <= due) return;
      clearTimeout(timer);
      dueAt = due;
      timer = setTimeout(take, delay);
    };
    const onCursor = () => plan(timeline.cursor.get() === undefined && timeline.pinned.get() === undefined ? STAYS_MS : FOLLOW_EVERY_MS);
    const stops = [timeline.cursor.subscribe(onCursor), timeline.pinned.subscribe(() => plan(0)), timeline.releases.subscribe(() => setMoment(undefined))];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [timeline]);
  useEffect(() => {
    if (isRead || timeline.cursor.get() !== undefined || timeline.pinned.get() !== undefined) return undefined;
    const timer = setTimeout(() => {
      if (timeline.cursor.get() === undefined && timeline.pinned.get() === undefined) setMoment(undefined);
    }, STAYS_MS);
    return () => clearTimeout(timer);
  }, [isRead, timeline]);
  return moment;
}

/** The lines around a moment, oldest first. Those of the last one stay until the next are there. */
export interface MomentLines {
  readonly at: Ns;
  readonly lines: readonly LogLine[];
  readonly error: ApiError | undefined;
}

/** How far from a moment its lines may be, in nanoseconds: a day. */
const REACH_NS = 86_400_000_000_000n;

/** An instant in whole milliseconds stands for all of its millisecond. */
const REST_OF_MS = 999_999n;

export function useMomentLines(client: LogsClient, query: string, moment: number | undefined, answer: Answer): MomentLines | undefined {
  const [found, setFound] = useState<MomentLines | undefined>(undefined);
  const latest = useRef(answer);
  latest.current = answer;
  useEffect(() => {
    if (moment === undefined) {
      setFound(undefined);
      return undefined;
    }
    const at = addNs(nsOfSeconds(moment), REST_OF_MS);
    const known = latest.current;
    const near = known.status === "lines" ? linesAtHand(known.lines, at, known.older !== "none") : undefined;
    if (near !== undefined && near.length > 0) {
      setFound({ at, lines: near, error: undefined });
      return undefined;
    }
    const controller = new AbortController();
    loadMoment(client, { query, at, start: addNs(at, -REACH_NS), end: addNs(at, REACH_NS) }, controller.signal).then(
      (lines) => !controller.signal.aborted && setFound({ at, lines, error: undefined }),
      (thrown: unknown) => !controller.signal.aborted && setFound({ at, lines: [], error: toApiError(thrown) }),
    );
    return () => controller.abort();
  }, [client, query, moment]);
  return moment === undefined ? undefined : found;
}
