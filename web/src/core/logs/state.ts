import type { QueryCost } from "../api/loki";
import type { ApiError } from "../api/types";
import type { Span } from "../time/range";
import type { LogLine } from "./line";
import type { Ns } from "./ns";
import type { Volume } from "./volume";

/** What the query gave. Old lines stay until new ones are there. */
export type Answer =
  | { readonly status: "loading" }
  | {
      readonly status: "lines";
      /** Newest first. */
      readonly lines: readonly LogLine[];
      readonly older: Older;
      readonly cost: QueryCost;
      /** Why there is nothing, once it is known. */
      readonly emptiness: Emptiness | undefined;
    }
  /** A metric query: it has no lines. */
  | { readonly status: "numbers" }
  | { readonly status: "failed"; readonly error: ApiError };

/** Lines of the range that are older than those at hand. */
export type Older = "none" | "there" | "loading" | "failed" | "too many";

export type Emptiness =
  /** The store holds no lines at all. */
  | { readonly kind: "store" }
  /** There are lines, but none that this query finds. */
  | { readonly kind: "query" }
  /** The query finds lines, the newest of them before the range. */
  | { readonly kind: "range"; readonly newest: Ns };

export type VolumeState =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly volume: Volume }
  | { readonly status: "failed"; readonly error: ApiError };

/** The live tail; off where the range stands still. */
export interface Live {
  readonly status: "off" | "connecting" | "on" | "lost";
  readonly isPaused: boolean;
  /** Lines that came while paused. */
  readonly waiting: number;
  readonly perSecond: number;
  /** Lines the server could not send fast enough. */
  readonly dropped: number;
}

export interface LogsState {
  /** The query that what is shown belongs to. */
  readonly query: string;
  readonly span: Span | undefined;
  /** Names of the labels that make a stream. */
  readonly streamLabels: ReadonlySet<string>;
  readonly answer: Answer;
  readonly volume: VolumeState;
  readonly live: Live;
}

export const LIVE_OFF: Live = { status: "off", isPaused: false, waiting: 0, perSecond: 0, dropped: 0 };

export function initialState(query: string): LogsState {
  return { query, span: undefined, streamLabels: new Set(), answer: { status: "loading" }, volume: { status: "loading" }, live: LIVE_OFF };
}
