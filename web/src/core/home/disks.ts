import type { Labels } from "../api/types";
import { NO_DISK_FSTYPES } from "../queries/node";
import { DISK_THRESHOLDS, type Level, levelOf } from "../thresholds";
import type { Snapshot } from "./snapshot";

/** One file system as a row of the table. */
export interface DiskRow {
  readonly mountpoint: string;
  readonly device: string;
  readonly fstype: string;
  readonly sizeBytes: number;
  /** What is not available to ordinary users, so that used and available make the size. */
  readonly usedBytes: number;
  readonly usedPercent: number;
  readonly isReadonly: boolean;
  readonly level: Level;
}

/**
 * The host's file systems: trouble first, then by name. A device mounted at several places
 * is shown once, at the shortest path.
 */
export function diskRows(snapshot: Snapshot): readonly DiskRow[] {
  const available = byPlace(snapshot, "node_filesystem_avail_bytes");
  const readonly = byPlace(snapshot, "node_filesystem_readonly");
  const rows: DiskRow[] = [];
  for (const sample of snapshot.all("node_filesystem_size_bytes")) {
    const left = available.get(placeOf(sample.metric));
    const isOwnDisk = !NO_DISK_FSTYPES.includes(sample.metric["fstype"] ?? "");
    if (!isOwnDisk || left === undefined || !(sample.value > 0)) continue;
    rows.push(toRow(sample.metric, sample.value, left, readonly.get(placeOf(sample.metric)) === 1));
  }
  return onePerDevice(rows).sort(byTroubleThenName);
}

function toRow(metric: Labels, sizeBytes: number, leftBytes: number, isReadonly: boolean): DiskRow {
  const usedPercent = 100 * (1 - leftBytes / sizeBytes);
  return {
    mountpoint: metric["mountpoint"] ?? "",
    device: metric["device"] ?? "",
    fstype: metric["fstype"] ?? "",
    sizeBytes,
    usedBytes: sizeBytes - leftBytes,
    usedPercent,
    isReadonly,
    // Nothing can be done about, or go wrong with, a full medium that is only read.
    level: isReadonly ? "ok" : levelOf(usedPercent, DISK_THRESHOLDS),
  };
}

function onePerDevice(rows: readonly DiskRow[]): DiskRow[] {
  const kept = new Map<string, DiskRow>();
  for (const row of rows) {
    const identity = row.device.startsWith("/dev/") ? row.device : `${row.device} ${row.mountpoint}`;
    const other = kept.get(identity);
    if (other === undefined || row.mountpoint.length < other.mountpoint.length) kept.set(identity, row);
  }
  return [...kept.values()];
}

const LEVEL_ORDER: Record<Level, number> = { crit: 0, warn: 1, ok: 2 };

function byTroubleThenName(a: DiskRow, b: DiskRow): number {
  return LEVEL_ORDER[a.level] - LEVEL_ORDER[b.level] || (a.mountpoint < b.mountpoint ? -1 : 1);
}

function byPlace(snapshot: Snapshot, name: "node_filesystem_avail_bytes" | "node_filesystem_readonly"): Map<string, number> {
  return new Map(snapshot.all(name).map((sample) => [placeOf(sample.metric), sample.value]));
}

function placeOf(metric: Labels): string {
  return `${metric["device"] ?? ""} ${metric["mountpoint"] ?? ""}`;
}
