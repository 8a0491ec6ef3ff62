import * as node from "../queries/node";
import { cpuBands, deviceLines, loadLines, memoryBands, singleLine } from "../series/shape";
import type { SourceSpec } from "../series/source";
import type { Host } from "./host";

/** Everything drawn over time: the five charts, and the sources of sparklines that have no chart. */
export type ChartId = "cpu" | "memory" | "load" | "disk" | "network" | "fullest_disk" | "temperature" | "disk_busy";

export interface ChartSpec extends SourceSpec {
  readonly id: ChartId;
}

export const CHARTS: Record<ChartId, ChartSpec> = {
  cpu: { id: "cpu", query: node.cpuByMode, shape: cpuBands },
  memory: { id: "memory", query: node.memoryGauges, shape: memoryBands },
  load: { id: "load", query: node.loadAverages, shape: loadLines },
  disk: { id: "disk", query: node.diskThroughput, shape: (aligned) => deviceLines(aligned, ["c1", "c2", "c7", "c6"]) },
  network: { id: "network", query: node.networkThroughput, shape: (aligned) => deviceLines(aligned, ["c3", "c4", "c7", "c1"]) },
  fullest_disk: { id: "fullest_disk", query: node.fullestDiskOverTime, shape: singleLine },
  temperature: { id: "temperature", query: node.hottestSensorOverTime, shape: singleLine },
  disk_busy: { id: "disk_busy", query: node.busiestDiskOverTime, shape: singleLine },
};

export function chartsOf(host: Host): readonly ChartId[] {
  return ["cpu", "memory", "load", "disk", "network", "fullest_disk", host.hasTemperature ? "temperature" : "disk_busy"];
}
