import type { LogsClient } from "../api/loki";
import { type ApiError, refusalOf } from "../api/types";
import { Cell } from "../cell";
import { toLine } from "../logs/line";
import { addNs, nsOfSeconds } from "../logs/ns";
import type { RefreshContext, RefreshTask } from "../refresh";
import { resolveRange, type Span, type TimeRange } from "../time/range";
import { type ContainerEvent, eventOf } from "./event";

/** So many events of a range are shown, the newest. */
export const MOST_EVENTS = 1000;

export type EventsState =
  | { readonly status: "loading" }
  | {
      readonly status: "ready";
      /** Newest first. */
      readonly events: readonly ContainerEvent[];
      readonly span: Span;
      /** Whether there are older ones in the range that are not here. */
      readonly isCut: boolean;
    }
  | { readonly status: "failed"; readonly error: ApiError };

/** Keeps what happened to containers in the range. */
export class EventsTask implements RefreshTask {
  readonly state = new Cell<EventsState>({ status: "loading" });
  readonly #client: LogsClient;
  readonly #range: () => TimeRange;
  readonly #query: string;

  constructor(client: LogsClient, range: () => TimeRange, query: string) {
    this.#client = client;
    this.#range = range;
    this.#query = query;
  }

  async refresh({ at, signal }: RefreshContext): Promise<void> {
    const range = this.#range();
    const span = resolveRange(range, at);
    // What has only just happened may bear a time a little ahead of ours.
    const end = range.kind === "live" ? addNs(nsOfSeconds(span.to), 2_000_000_000n) : addNs(nsOfSeconds(span.to), 1n);
    try {
      const request = { query: this.#query, start: nsOfSeconds(span.from), end, limit: MOST_EVENTS, direction: "backward" } as const;
      const answer = await this.#client.lines(request, signal);
      if (signal.aborted) return;
      const entries = answer.kind === "lines" ? answer.entries : [];
      const events = entries.map((entry) => eventOf(toLine(entry))).filter((event) => event !== undefined);
      events.sort((a, b) => b.time - a.time || b.id - a.id);
      this.state.set({ status: "ready", events, span, isCut: entries.length >= MOST_EVENTS });
    } catch (thrown) {
      const error = refusalOf(thrown);
      if (!signal.aborted) this.state.set({ status: "failed", error });
    }
  }

  isInHurry(): boolean {
    return false;
  }
}
