import { promDuration } from "../time/step";

/**
 * Queries over node_exporter's metrics of one host. Each builder takes the host's `instance`
 * label; builders of range queries also take the window of `rate()` in seconds.
 */

/** File systems that hold nothing of the host's own disks. */
export const NO_DISK_FSTYPES: readonly string[] = [
  "tmpfs", "ramfs", "devtmpfs", "overlay", "squashfs", "iso9660", "erofs", "nsfs", "fuse.lxcfs",
];

/** Block devices that repeat or are none of the real disks: partitions are left out by the sensor. */
const NO_DISK_DEVICES = "dm-.*|loop.*|ram.*|zram.*|sr.*|fd.*|md.*|nbd.*";

/** Interfaces that only carry traffic already counted on a real one. */
const NO_NETWORK_DEVICES = "lo|veth.*|br-.*|docker.*|virbr.*|cni.*|flannel.*|cali.*|vxlan.*|podman.*|lxc.*|tap.*|ifb.*|dummy.*";

/** A quoted PromQL string. */
export function quote(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;
}

/** `{job="node",instance="…"}` with further matchers behind. */
function of(instance: string, more = ""): string {
  return `{job="node",instance=${quote(instance)}${more === "" ? "" : `,${more}`}}`;
}

function rate(metric: string, selector: string, window: number): string {
  return `rate(${metric}${selector}[${promDuration(window)}])`;
}

/**
 * How fast the host's own clock ran in a window: 1, except while the store has less history than the
 * window. There `rate()` spreads what it knows over time it knows nothing about; dividing by this undoes that.
 */
function clockRate(instance: string, window: number): string {
  return rate("node_time_seconds", of(instance), window);
}

/** Increase per second of each series, true from the second reading on. */
function perSecond(metric: string, selector: string, instance: string, window: number): string {
  return `${rate(metric, selector, window)} / on (instance) group_left () ${clockRate(instance, window)}`;
}

/** A window of one minute: four readings of a sensor that reads every 15 s. */
const TILE_WINDOW = 60;

// Discovery: which hosts are there, and since when.

/** Unix seconds of the newest reading of every host within 30 days. */
export const NEWEST_READING = 'max_over_time(node_time_seconds{job="node"}[30d])';

/** Unix seconds of the oldest reading of every host within 30 days. */
export const OLDEST_READING = 'min_over_time(node_time_seconds{job="node"}[30d])';

/** How many temperature sensors each host has. */
export const SENSOR_COUNT = 'count by (instance) (node_hwmon_temp_celsius{job="node"} or node_thermal_zone_temp{job="node"})';

export const SERVER_TIME = "time()";

// Tiles: one number each.

export function cpuBusyPercent(instance: string): string {
  const idle = rate("node_cpu_seconds_total", of(instance, 'mode="idle"'), TILE_WINDOW);
  return `100 * (1 - sum(${idle}) / sum(${rate("node_cpu_seconds_total", of(instance), TILE_WINDOW)}))`;
}

export function memoryUsedPercent(instance: string): string {
  const host = of(instance);
  return `100 * (1 - node_memory_MemAvailable_bytes${host} / node_memory_MemTotal_bytes${host})`;
}

export function loadPerCore(instance: string): string {
  return `sum(node_load1${of(instance)}) / count(node_cpu_seconds_total${of(instance, 'mode="idle"')})`;
}

/** Used share of every file system that can be written and has a size. */
function diskUsedPercent(instance: string): string {
  const disks = of(instance, `fstype!~"${NO_DISK_FSTYPES.join("|")}"`);
  const used = `100 * (1 - node_filesystem_avail_bytes${disks} / (node_filesystem_size_bytes${disks} > 0))`;
  return `${used} unless on (device, mountpoint) (node_filesystem_readonly${disks} == 1)`;
}

/** The fullest file system, with its labels. */
export function fullestDisk(instance: string): string {
  return `topk(1, ${diskUsedPercent(instance)})`;
}

export function fullestDiskOverTime(instance: string): string {
  return `max(${diskUsedPercent(instance)})`;
}

/** Bytes of a file system that are still free. */
export function freeOfDisk(instance: string, disk: { readonly device: string; readonly mountpoint: string }): string {
  const selector = of(instance, `device=${quote(disk.device)},mountpoint=${quote(disk.mountpoint)}`);
  return `max(node_filesystem_avail_bytes${selector})`;
}

export function networkInTotal(instance: string): string {
  return `sum(${perSecond("node_network_receive_bytes_total", networkOf(instance), instance, TILE_WINDOW)})`;
}

export function networkOutTotal(instance: string): string {
  return `sum(${perSecond("node_network_transmit_bytes_total", networkOf(instance), instance, TILE_WINDOW)})`;
}

function temperatures(instance: string): string {
  return `node_hwmon_temp_celsius${of(instance)} or node_thermal_zone_temp${of(instance)}`;
}

/** The hottest sensor, with its labels. */
export function hottestSensor(instance: string): string {
  return `topk(1, ${temperatures(instance)})`;
}

export function hottestSensorOverTime(instance: string): string {
  return `max(${temperatures(instance)})`;
}

/** Share of time the busiest disk spent on requests, with the disk's label. */
export function busiestDisk(instance: string): string {
  return `topk(1, 100 * ${perSecond("node_disk_io_time_seconds_total", diskOf(instance), instance, TILE_WINDOW)})`;
}

export function busiestDiskOverTime(instance: string, window: number): string {
  return `max(100 * ${perSecond("node_disk_io_time_seconds_total", diskOf(instance), instance, window)})`;
}

// The snapshot: all plain gauges the page needs, in one request.

const SNAPSHOT_METRICS = [
  "node_uname_info",
  "node_os_info",
  "node_boot_time_seconds",
  "node_time_seconds",
  "node_memory_MemTotal_bytes",
  "node_memory_MemAvailable_bytes",
  "node_memory_SwapTotal_bytes",
  "node_load1",
  "node_load5",
  "node_load15",
  "node_filesystem_size_bytes",
  "node_filesystem_avail_bytes",
  "node_filesystem_readonly",
  "node_hwmon_temp_crit_celsius",
  "up",
] as const;

export type SnapshotMetric = (typeof SNAPSHOT_METRICS)[number];

export function snapshot(instance: string): string {
  return `{__name__=~"${SNAPSHOT_METRICS.join("|")}",job="node",instance=${quote(instance)}}`;
}

/** Number of CPU threads. */
export function threadCount(instance: string): string {
  return `count(node_cpu_seconds_total${of(instance, 'mode="idle"')})`;
}

// Charts.

/** Share of all threads' time per mode, in per cent, without idle. */
export function cpuByMode(instance: string, window: number): string {
  const busy = rate("node_cpu_seconds_total", of(instance, 'mode!="idle"'), window);
  const all = rate("node_cpu_seconds_total", of(instance), window);
  return `100 * sum by (mode) (${busy}) / on () group_left () sum(${all})`;
}

export function memoryGauges(instance: string): string {
  const names = "node_memory_(MemTotal|MemFree|MemAvailable|SwapTotal|SwapFree)_bytes";
  return `{__name__=~"${names}",job="node",instance=${quote(instance)}}`;
}

export function loadAverages(instance: string): string {
  return `{__name__=~"node_load1|node_load5|node_load15",job="node",instance=${quote(instance)}}`;
}

/** Bytes per second by device; `direction` is `up` for reads and `down` for writes. */
export function diskThroughput(instance: string, window: number): string {
  return upAndDown("node_disk_read_bytes_total", "node_disk_written_bytes_total", diskOf(instance), instance, window);
}

/** Bytes per second by interface; `direction` is `up` for in and `down` for out. */
export function networkThroughput(instance: string, window: number): string {
  return upAndDown("node_network_receive_bytes_total", "node_network_transmit_bytes_total", networkOf(instance), instance, window);
}

function upAndDown(up: string, down: string, selector: string, instance: string, window: number): string {
  const side = (metric: string, direction: string) =>
    `label_replace(${perSecond(metric, selector, instance, window)}, "direction", "${direction}", "instance", ".*")`;
  return `${side(up, "up")} or ${side(down, "down")}`;
}

function diskOf(instance: string): string {
  return of(instance, `device!~"${NO_DISK_DEVICES}"`);
}

function networkOf(instance: string): string {
  return of(instance, `device!~"${NO_NETWORK_DEVICES}"`);
}
