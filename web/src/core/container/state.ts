import type { ApiError } from "../api/types";
import type { ChartState, Reading } from "../home/state";
import type { ContainerChartId } from "./charts";
import type { ContainerTileId } from "./tiles";

/** All numbers of one refresh; everything was evaluated at `at`. */
export interface ContainerReadings {
  /** Unix seconds. */
  readonly at: number;
  /** Whether `at` is the newest instant there is, not one of the past. */
  readonly isLive: boolean;
  /** The query of each tile; also where there is no answer. */
  readonly queries: ReadonlyMap<ContainerTileId, string>;
  /** A tile whose query answered with nothing is missing here. */
  readonly tiles: ReadonlyMap<ContainerTileId, Reading>;
  /** Bytes; undefined where there is no limit. */
  readonly memoryLimit: number | undefined;
  /** Cores; undefined where there is no quota. */
  readonly cores: number | undefined;
  readonly networkOut: number | undefined;
  readonly diskWrite: number | undefined;
  readonly restartsInAll: number | undefined;
  /** Unix seconds of its newest numbers within a week; undefined where it has none. */
  readonly lastSeen: number | undefined;
  /** Why numbers are missing, if the server refused one of the queries. */
  readonly error: ApiError | undefined;
}

export interface ContainerPageState {
  readonly readings: ContainerReadings | undefined;
  readonly charts: Readonly<Record<ContainerChartId, ChartState>>;
}

const LOADING: ChartState = { status: "loading" };

export const INITIAL_CONTAINER_STATE: ContainerPageState = {
  readings: undefined,
  charts: { cpu: LOADING, memory: LOADING, network: LOADING, disk: LOADING },
};
