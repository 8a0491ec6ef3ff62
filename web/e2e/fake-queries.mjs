// Answers the queries Home asks, by recognising their text, from the made-up host.
import { containerSeries } from "./fake-containers.mjs";
import { evaluateSmall } from "./fake-promql.mjs";
import { HOST, machineAt } from "./machine.mjs";

const SELF = { job: "menara", instance: "localhost:7070" };
const node = (labels = {}) => ({ job: "node", instance: HOST, ...labels });
const one = (value, metric = {}) => [{ metric, value }];

/** Each rule: what a query must contain, and its instant vector at a time. The first match answers. */
const RULES = [
  [/^time\(\)$/, (t, s) => one(s.now())],
  [/^max_over_time\(node_time_seconds/, (t, s) => one(s.lastReading(t), node())],
  [/^min_over_time\(node_time_seconds/, (t, s) => one(s.firstReading(t), node())],
  [/^count by \(instance\) \(node_hwmon/, (t, s) => (s.machine.hasSensors === false ? [] : one(3, { instance: HOST }))],
  [/^process_resident_memory_bytes/, (t) => one(24.6e6 + (t % 600) * 1e3, { __name__: "process_resident_memory_bytes", ...SELF })],
  [/^rate\(process_cpu_seconds_total/, () => one(0.0042, SELF)],
  [/^100 \* \(1 - sum\(rate\(node_cpu_seconds_total/, (t, s) => one(100 - at(t, s).cpu.idle)],
  [/^100 \* \(1 - node_memory_MemAvailable_bytes/, (t, s) => one(100 * (1 - at(t, s).memory.available / at(t, s).memory.total), node())],
  [/^sum\(node_load1/, (t, s) => one(at(t, s).load[0] / at(t, s).threads)],
  [/^count\(node_cpu_seconds_total/, (t, s) => one(at(t, s).threads)],
  [/^max\(node_filesystem_avail_bytes\{/, (t, s, query) => freeOf(t, s, query)],
  [/^topk\(1, 100 \* \(1 - node_filesystem_avail/, (t, s) => [fullest(t, s)]],
  [/^max\(100 \* \(1 - node_filesystem_avail/, (t, s) => one(fullest(t, s).value)],
  [/^sum\(rate\(node_network_receive/, (t, s) => one(sum(at(t, s).network, "in"))],
  [/^sum\(rate\(node_network_transmit/, (t, s) => one(sum(at(t, s).network, "out"))],
  [/^topk\(1, node_hwmon_temp/, (t, s) => temperature(t, s, "temp1")],
  [/^max\(node_hwmon_temp/, (t, s) => temperature(t, s)],
  [/^topk\(1, 100 \* rate\(node_disk_io_time/, (t, s) => one(100 * at(t, s).disks.nvme0n1.busy, node({ device: "nvme0n1" }))],
  [/^max\(100 \* rate\(node_disk_io_time/, (t, s) => one(100 * at(t, s).disks.nvme0n1.busy)],
  [/^100 \* sum by \(mode\)/, (t, s) => modes(t, s)],
  [/^\{__name__=~"node_memory_/, (t, s) => memory(t, s)],
  [/^\{__name__=~"node_load1\|/, (t, s) => loads(t, s)],
  [/^label_replace\(rate\(node_disk_read/, (t, s) => upAndDown(at(t, s).disks, "read", "write")],
  [/^label_replace\(rate\(node_network_receive/, (t, s) => upAndDown(at(t, s).network, "in", "out")],
  [/^\{__name__=~"node_uname_info\|/, (t, s) => snapshot(t, s)],
];

/** The instant vector of a query; throws when the query is not one the page is known to ask. */
export function evaluate(query, time, scenario) {
  if (/\b(?:container|machine)_/.test(query)) return ofContainers(query, time, scenario);
  const rule = RULES.find(([pattern]) => pattern.test(query));
  if (rule === undefined) throw new Error(`unknown query: ${query}`);
  const isConstant = query === "time()" || query.includes("_over_time(");
  if (!isConstant && (time < scenario.firstReading(time) || time > scenario.lastReading(time) + 300)) return [];
  return rule[1](time, scenario, query);
}

/** What stands beside the containers' own series in queries about them. */
const BESIDE = {
  node_time_seconds: { labels: node({ __name__: "node_time_seconds" }), value: (t) => t, speed: () => 1 },
  machine_memory_bytes: { labels: { __name__: "machine_memory_bytes", job: "cadvisor", instance: HOST }, value: () => 31.2 * 1024 ** 3 },
  machine_cpu_cores: { labels: { __name__: "machine_cpu_cores", job: "cadvisor", instance: HOST }, value: () => 8 },
};

/** Queries about containers are evaluated, not recognised: several pages ask them in their own ways. */
function ofContainers(query, time, s) {
  const isThere = (t) => t >= s.firstReading(t) && t <= s.lastReading(t) + 300;
  const held = (read) => (t) => (isThere(t) ? read(Math.min(t, s.lastReading(t))) : undefined);
  const select = (isWanted) => {
    const beside = Object.keys(BESIDE).filter(isWanted).map((name) => BESIDE[name]);
    return [...containerSeries(s.containers, isWanted), ...beside].map((series) => ({
      labels: series.labels,
      value: held(series.value),
      ...(series.speed === undefined ? {} : { speed: held(series.speed) }),
    }));
  };
  const found = evaluateSmall(query, time, select);
  if (found === undefined) throw new Error(`unknown query: ${query}`);
  return found;
}

function at(time, scenario) {
  // Sensors are read every 15 s; between readings nothing changes.
  return machineAt(Math.min(scenario.lastReading(time), time), scenario.machine);
}

function modes(t, s) {
  return Object.entries(at(t, s).cpu).filter(([mode]) => mode !== "idle").map(([mode, value]) => ({ metric: { mode }, value }));
}

function memory(t, s) {
  const { total, available, free, swapTotal, swapFree } = at(t, s).memory;
  const gauges = { MemTotal: total, MemAvailable: available, MemFree: free, SwapTotal: swapTotal, SwapFree: swapFree };
  return Object.entries(gauges).map(([name, value]) => ({ metric: node({ __name__: `node_memory_${name}_bytes` }), value }));
}

function loads(t, s) {
  return at(t, s).load.map((value, i) => ({ metric: node({ __name__: ["node_load1", "node_load5", "node_load15"][i] }), value }));
}

function upAndDown(devices, up, down) {
  return Object.entries(devices).flatMap(([device, moved]) => [
    { metric: node({ device, direction: "up" }), value: moved[up] },
    { metric: node({ device, direction: "down" }), value: moved[down] },
  ]);
}

function fullest(t, s) {
  const shares = at(t, s).filesystems.map((fs) => ({
    metric: node({ device: fs.device, fstype: fs.fstype, mountpoint: fs.mountpoint }),
    value: 100 * (1 - fs.avail / fs.size),
  }));
  return shares.reduce((best, share) => (share.value > best.value ? share : best));
}

function freeOf(t, s, query) {
  const mountpoint = /mountpoint="([^"]*)"/.exec(query)?.[1];
  const found = at(t, s).filesystems.find((fs) => fs.mountpoint === mountpoint);
  return found === undefined ? [] : one(found.avail);
}

function temperature(t, s, sensor) {
  const value = at(t, s).temperature;
  if (value === undefined) return [];
  return one(value, sensor === undefined ? {} : node({ chip: "pci0000:00_0000:00:18_3", sensor }));
}

function snapshot(t, s) {
  const machine = at(t, s);
  const gauge = (name, value, labels) => ({ metric: node({ __name__: name, ...labels }), value });
  const uname = { sysname: "Linux", release: "6.12.51-amd64", machine: "x86_64", nodename: HOST, domainname: "(none)", version: "#1 SMP" };
  return [
    gauge("up", 1),
    gauge("node_uname_info", 1, uname),
    gauge("node_boot_time_seconds", machine.bootTime),
    gauge("node_time_seconds", s.lastReading(t)),
    gauge("node_memory_MemTotal_bytes", machine.memory.total),
    gauge("node_memory_MemAvailable_bytes", machine.memory.available),
    gauge("node_memory_SwapTotal_bytes", machine.memory.swapTotal),
    ...loads(t, s),
    ...machine.filesystems.flatMap(({ size, avail, ...labels }) => [
      gauge("node_filesystem_size_bytes", size, labels),
      gauge("node_filesystem_avail_bytes", avail, labels),
      gauge("node_filesystem_readonly", 0, labels),
    ]),
    ...(machine.temperature === undefined ? [] : [gauge("node_hwmon_temp_crit_celsius", 95, { chip: "pci0000:00_0000:00:18_3", sensor: "temp1" })]),
  ];
}

function sum(devices, side) {
  return Object.values(devices).reduce((total, device) => total + device[side], 0);
}
