import type { ApiError, Labels } from "../api/types";
import type { Frame } from "../series/frame";
import type { Span } from "../time/range";
import type { ChartId } from "./charts";
import type { Host } from "./host";
import type { Snapshot } from "./snapshot";
import type { TileId } from "./tiles";

/** The answer of one tile's query. */
export interface Reading {
  readonly query: string;
  readonly value: number;
  /** The number as the API wrote it. */
  readonly raw: string;
  readonly metric: Labels;
}

/** All numbers of one refresh; everything was evaluated at `at`. */
export interface Readings {
  /** Unix seconds. */
  readonly at: number;
  /** Whether `at` is the newest instant there is, not one of the past. */
  readonly isLive: boolean;
  /** The query of each tile, in the order of the row; also where there is no answer. */
  readonly queries: ReadonlyMap<TileId, string>;
  /** A tile whose query answered with nothing is missing here. */
  readonly tiles: ReadonlyMap<TileId, Reading>;
  readonly snapshot: Snapshot;
  readonly threads: number | undefined;
  readonly networkOut: number | undefined;
  /** Why numbers are missing, if the server refused one of the queries. */
  readonly error: ApiError | undefined;
}

export type ChartState =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly frame: Frame; readonly span: Span }
  | { readonly status: "failed"; readonly error: ApiError };

export interface HomeState {
  /** Undefined until the first answer; null when the store knows no host. */
  readonly host: Host | null | undefined;
  readonly hostError: ApiError | undefined;
  readonly readings: Readings | undefined;
  readonly charts: Readonly<Record<ChartId, ChartState>>;
  /** Unix seconds since when the host has readings, if that is within the range shown. */
  readonly dataSince: number | undefined;
}

const LOADING: ChartState = { status: "loading" };

export const INITIAL_HOME_STATE: HomeState = {
  host: undefined,
  hostError: undefined,
  readings: undefined,
  dataSince: undefined,
  charts: {
    cpu: LOADING,
    memory: LOADING,
    load: LOADING,
    disk: LOADING,
    network: LOADING,
    fullest_disk: LOADING,
    temperature: LOADING,
    disk_busy: LOADING,
  },
};
