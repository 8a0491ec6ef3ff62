import type { Locale } from "../format/locale";
import { formatNumber } from "../format/number";
import { byteRate, bytes, percent, type Quantity } from "../format/quantity";
import * as queries from "../queries/container";
import type { ContainerChartId } from "./charts";

export type ContainerTileId = "cpu" | "memory" | "network" | "disk" | "restarts" | "kills";

/** A tile: one number of one instant query, and how it is written. */
export interface ContainerTileSpec {
  /** `seconds` is the length of the range shown. */
  query(subject: string, seconds: number): string;
  format(value: number, locale: Locale): Quantity;
  /** The chart whose data the sparkline is drawn from. */
  readonly sparkOf?: ContainerChartId;
}

const count = (value: number, locale: Locale): Quantity => ({ text: formatNumber(Math.round(value), 0, locale), unit: "" });

export const CONTAINER_TILES: Record<ContainerTileId, ContainerTileSpec> = {
  cpu: { query: queries.containerCpu, format: percent, sparkOf: "cpu" },
  memory: { query: queries.containerMemory, format: bytes, sparkOf: "memory" },
  network: { query: queries.containerNetworkIn, format: byteRate, sparkOf: "network" },
  disk: { query: queries.containerDiskRead, format: byteRate, sparkOf: "disk" },
  restarts: { query: queries.restartsWithin, format: count },
  kills: { query: queries.killsWithin, format: count },
};

export const CONTAINER_TILE_IDS: readonly ContainerTileId[] = ["cpu", "memory", "network", "disk", "restarts", "kills"];
