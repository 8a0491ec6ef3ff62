import { promDuration } from "../time/step";
import { quote } from "./node";

/**
 * Queries over cAdvisor's metrics of one container. `subject` is the matchers that select it, of `containerMatchers`;
 * builders of range queries also take the window of `rate()` and the step of the grid, in seconds.
 */

/** How a container is named in its page's address: its name, or the first digits of an id that has none. */
const SHORT_ID = /^[0-9a-f]{12}$/;

/** The matchers of a container's series. What was found with an id but no name is selected by the id. */
export function containerMatchers(instance: string, container: string, id?: string): string {
  const host = `job="cadvisor",instance=${quote(instance)}`;
  if (id === undefined && !SHORT_ID.test(container)) return `${host},name=${quote(container)}`;
  return `${host},id=~${quote(`.*${id ?? container}.*`)}`;
}

/** The sensor reads this often, in seconds. */
const READ_EVERY = 15;

/** A window of one minute: four readings. */
const TILE_WINDOW = 60;

/**
 * Increase per second. Where every reading is seen, between the two newest: over a longer window, `rate()` would give a
 * container that has only just started a part of what it uses.
 */
function rate(metric: string, subject: string, window = TILE_WINDOW, step = READ_EVERY): string {
  return `${step <= READ_EVERY ? "irate" : "rate"}(${metric}{${subject}}[${promDuration(window)}])`;
}

// Tiles.

/** CPU in per cent of one core. */
export function containerCpu(subject: string): string {
  return `100 * sum(${rate("container_cpu_usage_seconds_total", subject)})`;
}

/** Bytes that could not be given back at once. What is restarted again and again does not lose them in between. */
export function containerMemory(subject: string): string {
  return `max(last_over_time(container_memory_working_set_bytes{${subject}}[${promDuration(TILE_WINDOW)}]))`;
}

/** Bytes it may take at most, or might take while it still ran in the last `seconds`; 0 where there is no limit. */
export function containerMemoryLimit(subject: string, seconds: number): string {
  return `max(last_over_time(container_spec_memory_limit_bytes{${subject}}[${promDuration(Math.max(TILE_WINDOW, Math.round(seconds)))}]))`;
}

export function containerNetworkIn(subject: string): string {
  return `sum(${rate("container_network_receive_bytes_total", subject)})`;
}

export function containerNetworkOut(subject: string): string {
  return `sum(${rate("container_network_transmit_bytes_total", subject)})`;
}

export function containerDiskRead(subject: string): string {
  return `sum(${rate("container_fs_reads_bytes_total", subject)})`;
}

export function containerDiskWrite(subject: string): string {
  return `sum(${rate("container_fs_writes_bytes_total", subject)})`;
}

/** How many cores it may use: quota by period. Nothing where there is no quota. */
export function containerCores(subject: string): string {
  return `max(container_spec_cpu_quota{${subject}} > 0) / max(container_spec_cpu_period{${subject}} > 0)`;
}

/** Seconds as a range of at least one second. */
function range(seconds: number): string {
  return promDuration(Math.max(1, Math.round(seconds)));
}

/** How often its restart policy started it in the last `seconds`. `increase()` would guess beyond the readings and give fractions. */
export function restartsWithin(subject: string, seconds: number): string {
  const counter = `container_restarts_total{${subject}}[${range(seconds)}]`;
  return `sum(max_over_time(${counter}) - min_over_time(${counter}))`;
}

/** How often it was ended for want of memory in the last `seconds`. The kernel counts anew after each start. */
export function killsWithin(subject: string, seconds: number): string {
  return `round(sum(increase(container_oom_events_total{${subject}}[${range(seconds)}])))`;
}

/** Restarts since it was created. */
export function restartsInAll(subject: string): string {
  return `max(container_restarts_total{${subject}})`;
}

// Charts.

/** A vector under a name of its own, so that several can be asked for at once. */
function named(query: string, name: string): string {
  return `label_replace(${query}, "part", ${quote(name)}, "part", ".*")`;
}

/** Per cent of a core: what was used, and for how long it was held back by its quota. */
export function containerCpuOverTime(subject: string, window: number, step: number): string {
  const used = `100 * sum(${rate("container_cpu_usage_seconds_total", subject, window, step)})`;
  const throttled = `100 * sum(${rate("container_cpu_cfs_throttled_seconds_total", subject, window, step)})`;
  return `${named(used, "used")} or ${named(throttled, "throttled")}`;
}

const MEMORY_PARTS = ["container_memory_working_set_bytes", "container_memory_rss", "container_memory_cache", "container_memory_swap"];

export function containerMemoryOverTime(subject: string): string {
  return `{__name__=~"${MEMORY_PARTS.join("|")}",${subject}}`;
}

/** Bytes per second by interface; `direction` is `up` for in and `down` for out. */
export function containerNetworkOverTime(subject: string, window: number, step: number): string {
  return upAndDown("container_network_receive_bytes_total", "container_network_transmit_bytes_total", "interface", subject, window, step);
}

/** Bytes per second by device; `direction` is `up` for reads and `down` for writes. */
export function containerDiskOverTime(subject: string, window: number, step: number): string {
  return upAndDown("container_fs_reads_bytes_total", "container_fs_writes_bytes_total", "device", subject, window, step);
}

function upAndDown(up: string, down: string, by: string, subject: string, window: number, step: number): string {
  const side = (metric: string, direction: string) =>
    `label_replace(sum by (${by}) (${rate(metric, subject, window, step)}), "direction", "${direction}", "${by}", ".*")`;
  return `${side(up, "up")} or ${side(down, "down")}`;
}

/** The newest reading of a container within `seconds`, as unix seconds, and the oldest. */
export function lastSeenWithin(subject: string, seconds: number): string {
  return `max(max_over_time(container_last_seen{${subject}}[${promDuration(Math.round(seconds))}]))`;
}
