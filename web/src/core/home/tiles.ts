import { byteRate, celsius, percent, type Quantity, ratio } from "../format/quantity";
import type { Locale } from "../format/locale";
import * as node from "../queries/node";
import { CPU_THRESHOLDS, DISK_THRESHOLDS, MEMORY_THRESHOLDS, type Thresholds } from "../thresholds";
import type { ChartId } from "./charts";
import type { Host } from "./host";

export type TileId = "cpu" | "memory" | "load" | "disk" | "network" | "temperature" | "disk_busy";

/** A tile: one number of one instant query, and how it is written. */
export interface TileSpec {
  readonly id: TileId;
  query(instance: string): string;
  format(value: number, locale: Locale): Quantity;
  /** Absent where no limit is meaningful without knowing the machine. */
  readonly thresholds?: Thresholds;
  /** The chart whose data the sparkline is drawn from. */
  readonly sparkOf: ChartId;
}

export const TILES: Record<TileId, TileSpec> = {
  cpu: { id: "cpu", query: node.cpuBusyPercent, format: percent, thresholds: CPU_THRESHOLDS, sparkOf: "cpu" },
  memory: { id: "memory", query: node.memoryUsedPercent, format: percent, thresholds: MEMORY_THRESHOLDS, sparkOf: "memory" },
  load: { id: "load", query: node.loadPerCore, format: ratio, sparkOf: "load" },
  disk: { id: "disk", query: node.fullestDisk, format: percent, thresholds: DISK_THRESHOLDS, sparkOf: "fullest_disk" },
  network: { id: "network", query: node.networkInTotal, format: byteRate, sparkOf: "network" },
  temperature: { id: "temperature", query: node.hottestSensor, format: celsius, sparkOf: "temperature" },
  disk_busy: { id: "disk_busy", query: node.busiestDisk, format: percent, sparkOf: "disk_busy" },
};

/** The six tiles of a host: where there is no temperature sensor, how busy the disks are stands instead. */
export function tilesOf(host: Host): readonly TileId[] {
  return ["cpu", "memory", "load", "disk", "network", host.hasTemperature ? "temperature" : "disk_busy"];
}
