import type { LogsClient } from "../api/loki";
import { type ApiError, refusalOf } from "../api/types";
import { Cell } from "../cell";
import type { RefreshContext, RefreshTask } from "../refresh";
import type { TimeRange } from "../time/range";
import { LEVEL_FIELD, levelsOf } from "./levels";
import { type LogLine, toLine } from "./line";
import { addNs, nsOfSeconds } from "./ns";
import { quote } from "./text";

/** Errors of so much of the past are counted, in seconds. */
export const ERRORS_SECONDS = 3600;

/** So many services are shown, the one with the most errors first. */
export const MOST_SERVICES = 4;

/** One service that logged errors. */
export interface ServiceErrors {
  readonly service: string;
  readonly count: number;
  /** The newest of its error lines; undefined where it was deleted between two questions. */
  readonly last: LogLine | undefined;
}

export type ErrorsState =
  | { readonly status: "loading" }
  | {
      readonly status: "ready";
      readonly services: readonly ServiceErrors[];
      /** Services with errors beyond those. */
      readonly more: number;
      /** Whether any line was stored in that time, with errors or without. */
      readonly hasLines: boolean;
      /** Unix seconds at which the counted time ends. */
      readonly until: number;
    }
  | { readonly status: "failed"; readonly error: ApiError };

/** What became of containers is told by their table and their events; here it would count twice. */
const NO_EVENTS = 'job!="container_events"';

/** The error lines of one service, or of all. */
export function errorsQuery(service?: string): string {
  const selector = service === undefined ? 'service_name=~".+"' : `service_name=${quote(service)}`;
  return `{${selector}, ${NO_EVENTS}} | ${LEVEL_FIELD}=~${quote(levelsOf("error"))}`;
}

/** Keeps the errors of the last hour by service. */
export class ErrorsTask implements RefreshTask {
  readonly state = new Cell<ErrorsState>({ status: "loading" });
  readonly #client: LogsClient;
  readonly #range: () => TimeRange;

  constructor(client: LogsClient, range: () => TimeRange) {
    this.#client = client;
    this.#range = range;
  }

  async refresh({ at, signal }: RefreshContext): Promise<void> {
    const range = this.#range();
    const until = range.kind === "live" ? at : range.to;
    try {
      const state = await this.#load(until, signal);
      if (!signal.aborted) this.state.set(state);
    } catch (thrown) {
      const error = refusalOf(thrown);
      if (!signal.aborted) this.state.set({ status: "failed", error });
    }
  }

  isInHurry(): boolean {
    return false;
  }

  async #load(until: number, signal: AbortSignal): Promise<ErrorsState> {
    const end = nsOfSeconds(until);
    const start = nsOfSeconds(until - ERRORS_SECONDS);
    const counting = `sum by (service_name) (count_over_time(${errorsQuery()} [${ERRORS_SECONDS / 3600}h]))`;
    const [samples, labels] = await Promise.all([this.#client.instant(counting, end, signal), this.#client.labels(start, end, signal)]);
    const all = samples
      .map((sample) => ({ service: sample.metric["service_name"] ?? "", count: sample.value }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || (a.service < b.service ? -1 : 1));
    const shown = all.slice(0, MOST_SERVICES);
    const services = await Promise.all(
      shown.map(async ({ service, count }) => {
        // The end is counted too, but a span of lines ends before its end.
        const answer = await this.#client.lines({ query: errorsQuery(service), start, end: addNs(end, 1n), limit: 1, direction: "backward" }, signal);
        const entry = answer.kind === "lines" ? answer.entries[0] : undefined;
        return { service, count, last: entry === undefined ? undefined : toLine(entry) };
      }),
    );
    return { status: "ready", services, more: all.length - shown.length, hasLines: labels.length > 0 || all.length > 0, until };
  }
}
