// The containers of the made-up host: what `/sensors/containers` says of them, their series and their lines.
// Everything is a pure function of time and of the instant the scenario began.
import { createHash } from "node:crypto";
import { HOST, wander } from "./machine.mjs";

const GiB = 1024 ** 3;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const NS_PER_S = 1_000_000_000n;

/**
 * One container. `cpu` is cores, `memory` and `limit` are GiB (0: no limit), `every` is the distance of its lines and
 * `up`, `ended` how long ago it started and ended, all in seconds. `says` repeats; `{n}` is the number of the line.
 */
const USUAL = [
  { name: "immich-ml", project: "immich", cpu: 1.2, memory: 2.1, limit: 4, every: 6, health: "healthy", up: 3 * DAY, says: [["info", "loading model buffalo_l, memory 2.{n} GiB"], ["info", "face detection took 0.{n} s"]] },
  { name: "immich-server", project: "immich", cpu: 0.24, memory: 0.61, limit: 2, every: 4, health: "healthy", up: 3 * DAY, says: [["info", '{"level":"info","msg":"asset uploaded","asset":"9c1f0b7e-41d2-{n}","duration_ms":1{n}}'], ["debug", '{"level":"debug","msg":"queue facialRecognition: {n} waiting"}']] },
  { name: "postgres-main", project: "immich", image: "postgres:17.6", cpu: 0.17, memory: 1.42, limit: 3, every: 41, health: "healthy", up: 12 * DAY, says: [["info", "checkpoint complete: wrote {n} buffers (2.5 %)"]] },
  { name: "caddy", project: "edge", image: "caddy:2.10.2", cpu: 0.03, memory: 0.05, limit: 0.25, every: 2, health: "healthy", up: 12 * DAY, says: [["info", 'level=info msg="GET /api/assets 200 12.4 ms" id={n}']] },
  { name: "jellyfin", project: "media", cpu: 0.64, memory: 1.18, limit: 4, every: 190, health: "healthy", up: 2 * DAY, says: [["info", "transcode started: hevc to h264, 1080p, job {n}"]] },
  { name: "home-assistant", project: "home", cpu: 0.21, memory: 0.72, limit: 1.5, every: 27, health: "healthy", up: 6 * HOUR, says: [["warn", "zigbee2mqtt: device balcony_plug did not respond ({n})"], ["info", "automation lamp_hall triggered, run {n}"]] },
  { name: "adguard", project: "home", cpu: 0.04, memory: 0.09, limit: 0.5, every: 3, health: "healthy", up: 6 * HOUR, says: [["info", "upstream 9.9.9.9 answered in 18 ms ({n})"]] },
  { name: "paperless", project: "paperless", cpu: 0.09, memory: 0.83, limit: 2, every: 720, health: "healthy", up: 5 * DAY, says: [["info", "consumed invoice-{n}.pdf in 3.1 s"]] },
  { name: "vaultwarden", project: "edge", cpu: 0.01, memory: 0.04, limit: 0.25, every: 3700, health: "healthy", up: 40 * DAY, says: [["info", "user sari@menara.lan logged in, session {n}"]] },
  { name: "forgejo", project: "git", cpu: 0.06, memory: 0.31, limit: 1, every: 1320, up: 9 * DAY, says: [["info", "mirror sync finished: {n} repositories"]] },
  { name: "watchtower", image: "nickfedor/watchtower:1.12", cpu: 0.002, memory: 0.02, every: 5 * HOUR, up: 9 * DAY, says: [["info", "no new images found, run {n}"]] },
  { name: "redis-cache", runtime: "podman", image: "docker.io/library/redis:8", cpu: 0.012, memory: 0.03, up: 2 * DAY, logs: { driver: "journald", state: "unsupported", message: "lines of the driver journald are not read" } },
  { name: "", runtime: "unknown", image: "", cpu: 0.008, memory: 0.06, up: 2 * DAY, logs: { driver: "", state: "none", message: "" }, key: "seen in the cgroup tree only" },
  { name: "restic-backup", project: "backup", state: "exited", exitCode: 0, cpu: 0.8, memory: 0.4, limit: 1, up: 11 * HOUR + 9 * MINUTE, ended: 11 * HOUR, every: 60, policy: "no", says: [["info", "snapshot {n} saved, 4.2 GiB added"]] },
];

/** What is wrong with some of them where there is trouble, and three that only stand there then. */
const TROUBLE = {
  "immich-ml": { state: "restarting", health: "unhealthy", exitCode: 137, oomKilled: true, kills: 4, killEvery: 7 * MINUTE, cpu: 1.88, every: 8, ended: 8, says: [["error", "worker pid {n} was sent SIGKILL, out of memory"], ["warn", "memory 3.81 GiB of 4.00 GiB, collector did not help"]] },
  "immich-server": { health: "unhealthy", says: [["warn", "machine learning is unreachable, queue 1,{n} jobs"]] },
  "home-assistant": { kills: 1, up: 25 * MINUTE, exitCode: 1 },
  adguard: { health: "starting", up: 90 },
};
const MORE = [
  { name: "photo-import", project: "immich", state: "exited", exitCode: 137, oomKilled: true, cpu: 0.9, memory: 0.49, limit: 0.5, up: HOUR, ended: 40 * MINUTE, every: 20, policy: "no", says: [["error", "decode of DSC_{n}.NEF failed: cannot allocate memory"]] },
  { name: "dns-sync", project: "edge", state: "exited", exitCode: 1, cpu: 0.1, memory: 0.02, up: 2 * HOUR + MINUTE, ended: 2 * HOUR, every: 5, policy: "no", says: [["error", "zone menara.lan: transfer refused ({n})"]] },
  { name: "old-report", state: "exited", exitCode: 2, cpu: 0.1, memory: 0.02, up: 9 * DAY + HOUR, ended: 9 * DAY, every: 60, policy: "no", says: [["error", "report {n} has no rows"]] },
  { name: "scratchpad", state: "paused", cpu: 0, memory: 0.11, up: 3 * HOUR, every: 600, says: [["info", "kernel {n} idle"]] },
  { name: "schema-migration", project: "paperless", state: "created", policy: "no" },
];

/** Ordinary containers beyond the usual ones, the first with a name of 40 letters. */
function crowd(count) {
  return Array.from({ length: count }, (_, i) => ({
    name: i === 0 ? "inventory-replication-worker-eu-central-1" : `worker-${String(i).padStart(3, "0")}`,
    project: "farm", cpu: 0.02, memory: 0.1, limit: 0.5, every: 30 + i, health: "healthy", up: DAY, says: [["info", "job {n} done"]],
  }));
}

/** The sets of containers a scenario can have. */
const SETS = {
  usual: () => USUAL,
  trouble: () => [...USUAL.map((one) => ({ ...one, ...TROUBLE[one.name] })), ...MORE],
  many: () => [...USUAL.map((one) => ({ ...one, ...TROUBLE[one.name] })), ...MORE, ...crowd(100 - USUAL.length - MORE.length)],
  one: () => USUAL.slice(0, 1),
  /** One of them is removed: no runtime knows it, its series and lines stay. */
  removed: () => USUAL.map((one) => (one.name === "caddy" ? { ...one, isRemoved: true } : one)),
  none: () => [],
};

const connected = (runtime) => ({ runtime, place: runtime === "docker" ? "/var/run/docker.sock" : "/run/podman/podman.sock", state: "connected", message: "", version: runtime === "docker" ? "28.5.1" : "5.6.2" });
const sourceThat = (source, state, message = "") => ({ ...source, state, message, version: "" });
const DOCKER = connected("docker");
const PODMAN = connected("podman");

/** What the sensor says of the runtimes. */
const SOURCES = {
  connected: [DOCKER, PODMAN],
  absent: [sourceThat(DOCKER, "absent"), sourceThat(PODMAN, "absent")],
  denied: [sourceThat(DOCKER, "denied", "permission denied"), sourceThat(PODMAN, "absent")],
  failed: [sourceThat(DOCKER, "failed", "the daemon answered 500: driver not ready"), sourceThat(PODMAN, "absent")],
  files: [{ ...sourceThat(DOCKER, "files"), place: "/var/lib/docker" }, sourceThat(PODMAN, "absent")],
};

/** The containers of a scenario that begins at `since` (unix seconds). */
export function fakeContainers(set, since, sources = "connected") {
  return { since, sources: SOURCES[sources], all: SETS[set]().map((one) => complete(one, since)) };
}

function complete(one, since) {
  const started = one.up === undefined ? undefined : since - one.up;
  return {
    runtime: "docker", project: "", service: one.project === undefined ? "" : one.name, state: "running", health: "none", exitCode: null, oomKilled: false,
    kills: 0, killEvery: 25 * MINUTE, cpu: 0, memory: 0, limit: 0, every: Infinity, says: [["info", ""]], policy: "unless-stopped",
    logs: { driver: "json-file", state: "followed", message: "" },
    image: one.image ?? `ghcr.io/made-up/${one.name}:2.3.0`,
    ...one,
    id: createHash("sha256").update(one.key ?? one.name).digest("hex"),
    seed: [...one.name].reduce((sum, letter) => sum + letter.charCodeAt(0), 300),
    started,
    // Before its first end, where it was started again.
    created: (started ?? since - HOUR) - 2 - (one.kills ?? 0) * (one.killEvery ?? 25 * MINUTE),
    finished: one.ended === undefined ? undefined : since - one.ended,
  };
}

/** The body of `/sensors/containers` at a time (unix seconds). */
export function containersBody(world, time, withLines) {
  return {
    host: HOST,
    sources: world.sources,
    containers: world.all.filter((one) => one.isRemoved !== true).map((one) => ({
      id: one.id, runtime: one.runtime, name: one.name, image: one.image, imageId: one.image === "" ? "" : `sha256:${one.id.slice(8)}${one.id.slice(0, 8)}`,
      composeProject: one.project, composeService: one.service, pod: "",
      state: one.state, health: one.health, exitCode: one.exitCode, oomKilled: one.oomKilled,
      restarts: one.runtime === "unknown" ? null : one.kills, starts: one.kills,
      createdMs: Math.round(one.created * 1000),
      startedMs: one.started === undefined ? null : Math.round(one.started * 1000),
      finishedMs: one.finished === undefined ? null : Math.round(one.finished * 1000),
      restartPolicy: one.policy, logs: one.logs,
      ...(withLines ? { lastLine: lastLine(one, time) } : {}),
    })),
  };
}

// Series.

const isOver = (one) => one.state === "exited" || one.state === "dead";
const isAlive = (one, t) => one.started !== undefined && t >= one.started && !(isOver(one) && t > one.finished);

/** How often it had been ended by `t`: `kills` times, the last one when it ended last, or when it started. */
function killsBy(one, t) {
  const last = one.finished ?? one.started;
  return one.kills === 0 || isOver(one) ? 0 : Math.max(0, one.kills - Math.max(0, Math.ceil((last - t) / one.killEvery)));
}

/** Memory in bytes: what is killed again and again grows until the limit. */
function memoryAt(one, t) {
  if (!one.oomKilled || one.state !== "restarting") return wander(t, one.seed, one.memory * GiB, one.memory * GiB * 0.06);
  const sinceKill = (t - one.finished + 1e6 * one.killEvery) % one.killEvery;
  return t >= one.finished ? one.limit * GiB * 0.995 : GiB * (1 + (one.limit - 1.02) * (sinceKill / one.killEvery));
}

const gauge = (read) => (one) => [{ labels: {}, value: (t) => (isAlive(one, t) ? read(one, t) : undefined) }];
const always = (read) => (one) => [{ labels: {}, value: (t) => (t >= one.created ? read(one, t) : undefined) }];
/** A counter by its speed; its value is what the mean speed would have made. */
const counter = (mean, labels = {}) => (one) => {
  const level = mean(one);
  const speed = (t) => (isAlive(one, t) ? wander(t, one.seed + 7, level, level * 0.5) : undefined);
  return [{ labels, value: (t) => (isAlive(one, t) ? level * (t - one.started) : undefined), speed }];
};
const states = (name, all, read) => (one) => all.map((word) => ({ labels: { [name]: word }, value: () => (read(one) === word ? 1 : 0) }));
const disk = { device: "/dev/nvme0n1" };
const eth0 = { interface: "eth0" };
const traffic = (one) => (one.project === "edge" ? 4e6 : 0.3e6);

/** Every family of a container: what it consists of. */
const FAMILIES = {
  container_cpu_usage_seconds_total: counter((one) => one.cpu, { cpu: "total" }),
  container_cpu_user_seconds_total: counter((one) => one.cpu * 0.8),
  container_cpu_system_seconds_total: counter((one) => one.cpu * 0.2),
  container_cpu_cfs_periods_total: counter(() => 10),
  container_cpu_cfs_throttled_periods_total: counter((one) => (one.cpu > 1 ? 3 : 0)),
  container_cpu_cfs_throttled_seconds_total: counter((one) => (one.cpu > 1 ? 0.1 : 0)),
  container_memory_working_set_bytes: gauge(memoryAt),
  container_memory_usage_bytes: gauge((one, t) => memoryAt(one, t) * 1.12),
  container_memory_rss: gauge((one, t) => memoryAt(one, t) * 0.9),
  container_memory_cache: gauge((one, t) => memoryAt(one, t) * 0.2),
  container_memory_swap: gauge(() => 0),
  container_spec_memory_limit_bytes: gauge((one) => one.limit * GiB),
  container_spec_cpu_quota: gauge(() => 200_000),
  container_spec_cpu_period: gauge(() => 100_000),
  container_spec_cpu_shares: gauge(() => 1024),
  container_network_receive_bytes_total: counter(traffic, eth0),
  container_network_transmit_bytes_total: counter((one) => traffic(one) * 0.4, eth0),
  container_network_receive_packets_total: counter((one) => traffic(one) / 900, eth0),
  container_network_transmit_packets_total: counter((one) => traffic(one) / 2200, eth0),
  container_network_receive_errors_total: counter(() => 0, eth0),
  container_network_transmit_errors_total: counter(() => 0, eth0),
  container_fs_reads_bytes_total: counter((one) => one.cpu * 2e6, disk),
  container_fs_writes_bytes_total: counter((one) => one.cpu * 5e6, disk),
  container_fs_usage_bytes: gauge((one) => one.memory * 3 * GiB),
  container_processes: gauge((one) => 2 + Math.round(one.cpu * 6)),
  container_threads: gauge((one) => 9 + Math.round(one.cpu * 20)),
  container_last_seen: gauge((one, t) => Math.floor(t)),
  container_start_time_seconds: always((one) => one.started ?? 0),
  container_restarts_total: always(killsBy),
  container_starts_total: always(killsBy),
  container_oom_events_total: always((one, t) => (one.oomKilled ? (isOver(one) ? Number(t >= one.finished) : killsBy(one, t)) : 0)),
  container_oom_killed: always((one) => Number(one.oomKilled)),
  container_exit_code: always((one) => one.exitCode ?? undefined),
  container_finished_time_seconds: always((one) => one.finished),
  container_running: always((one) => Number(one.state === "running")),
  container_state: states("state", ["created", "running", "paused", "restarting", "removing", "exited", "dead"], (one) => one.state),
  container_health_status: states("status", ["none", "starting", "healthy", "unhealthy"], (one) => one.health),
};

/** All series of the families that `isWanted` names: labels, and the value and per-second speed at a time. */
export function containerSeries(world, isWanted) {
  return Object.keys(FAMILIES).filter(isWanted).flatMap((name) =>
    world.all.flatMap((one) =>
      FAMILIES[name](one).map((series) => ({ ...series, labels: { __name__: name, ...identityOf(one), ...series.labels } })),
    ),
  );
}

function identityOf(one) {
  const labels = { job: "cadvisor", instance: HOST, id: one.runtime === "podman" ? `/libpod_parent/libpod-${one.id}` : `/docker/${one.id}` };
  return Object.assign(labels, present({ name: one.name, image: one.image, container_label_com_docker_compose_project: one.project, container_label_com_docker_compose_service: one.service }));
}

const present = (labels) => Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));

// Lines.

const labelsOf = (one, job) => ({ job, host: HOST, service_name: one.name, ...present({ container: one.name, image: one.image, compose_project: one.project, compose_service: one.service }) });
const nsOf = (seconds) => BigInt(Math.round(seconds * 1000)) * 1_000_000n;

function lineAt(one, n) {
  const [level, text] = one.says[Number(n % BigInt(one.says.length))];
  return { level, text: text.replaceAll("{n}", String(100 + Number(n % 900n))) };
}

/** Its lines stand on a grid of its own, so long as it runs; what ended says its last words at the end. */
function grid(one) {
  const spacing = BigInt(one.every) * NS_PER_S;
  const end = isOver(one) || one.state === "restarting" ? nsOf(one.finished) : undefined;
  return { spacing, offset: end === undefined ? 0n : end % spacing, end };
}

function lastLine(one, time) {
  if (one.every === Infinity || one.started === undefined) return null;
  const { spacing, offset, end } = grid(one);
  const now = nsOf(time);
  const n = ((end !== undefined && end < now ? end : now) - offset) / spacing;
  const { level, text } = lineAt(one, n);
  return { timeNs: String(n * spacing + offset), line: text, level };
}

/** Whether a query selects events of containers. */
export const NAMES_EVENTS = /[{,]\s*job=~?"[^"]*container_events/;

/**
 * Lines and events of containers between two instants (ns, `end` not included). Only who names one of their jobs gets
 * them, so that the streams of the other pages stay as they are.
 */
export function containerLines(query, start, end, world) {
  const found = [];
  if (NAMES_EVENTS.test(query)) for (const one of world.all) found.push(...eventsOf(one));
  const only = /container="([^"]*)"/.exec(query)?.[1];
  if (/"containers"/.test(query)) for (const one of world.all) if (only === undefined || only === one.name) for (const line of linesOf(one, start, end)) found.push(line);
  return found.filter((line) => line.ts >= start && line.ts < end);
}

function linesOf(one, start, end) {
  if (one.every === Infinity || one.started === undefined) return [];
  const { spacing, offset, end: over } = grid(one);
  const from = start > nsOf(one.started) ? start : nsOf(one.started);
  const to = over !== undefined && over < end ? over + 1n : end;
  const lines = [];
  for (let n = (from - offset) / spacing; n * spacing + offset < to; n += 1n) {
    const { level, text } = lineAt(one, n);
    lines.push({ ts: n * spacing + offset, labels: { ...labelsOf(one, "containers"), stream: level === "error" ? "stderr" : "stdout" }, level, text });
  }
  return lines;
}

function eventsOf(one) {
  if (one.runtime === "unknown") return [];
  const event = (at, level, text) => ({ ts: nsOf(at), labels: labelsOf(one, "container_events"), level, text: `level=${level} event=${text}` });
  if (one.started === undefined) return [];
  const events = [event(one.created, "info", "created"), event(one.created + 2, "info", "started")];
  const exit = `exited exit_code=${one.exitCode ?? 0}`;
  for (let k = one.kills - 1; k >= 0; k -= 1) {
    const at = (one.finished ?? one.started) - k * one.killEvery;
    if (one.oomKilled) events.push(event(at - 0.02, "error", "oom"));
    events.push(event(at, "error", one.oomKilled ? `${exit} oom_killed=true` : exit), event(at + 0.1, "info", `restarting restarts=${one.kills - k}`));
    if (k > 0 || one.finished === undefined) events.push(event(at + 4, "info", "started"));
  }
  if (one.health === "unhealthy") events.push(event((one.finished ?? one.started + HOUR) - 30, "warn", "health health=unhealthy"));
  if (isOver(one)) events.push(event(one.finished, one.exitCode === 0 ? "info" : "error", one.oomKilled ? `${exit} oom_killed=true` : exit));
  return events;
}
