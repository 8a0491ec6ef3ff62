// The alerts side of the made-up server: rules, what they found, how it is told, and silences kept in memory.
import { createHash, randomUUID } from "node:crypto";
import { wander } from "./machine.mjs";

const MINUTE = 60;
const HOUR = 3600;
const GiB = 1024 ** 3;

/**
 * The rules and what each found. `course` is the measured value at a time, `since` how long ago an alert began (seconds),
 * `pending` that it still waits. Labels of an alert are those of its series and of its rule.
 */
const RULES = [
  {
    group: "containers", name: "ContainerMemoryNearLimit", severity: "critical", holdFor: 30, left: 'max by (instance, name) (container_memory_working_set_bytes{name!=""})', op: ">", limit: 3.8 * GiB,
    summary: "immich-ml uses 3.98 of 4.00 GiB", description: "It was killed 4 times and began after the update to v2.3.0.", runbook: "https://runbooks.menara.lan/memory",
    found: [{ labels: { instance: "bromo", name: "immich-ml" }, since: 28 * MINUTE, course: (t, now) => Math.min(3.98, 1 + 2.85 * Math.max(0, (t - now + HOUR) / (32 * MINUTE))) * GiB }],
  },
  {
    group: "containers", name: "ContainerOomKilled", severity: "critical", holdFor: 0, left: 'increase(container_oom_events_total{name!=""}[30m])', op: ">", limit: 0, summary: "immich-ml was killed 4 times in 30 min",
    found: [{ labels: { instance: "bromo", name: "immich-ml" }, since: 27 * MINUTE, course: (t, now) => Math.max(0, Math.min(4, Math.floor((t - now + 30 * MINUTE) / 420))) }],
  },
  {
    group: "containers", name: "ContainerCpuThrottled", severity: "warning", holdFor: 15 * MINUTE, left: "100 * rate(container_cpu_cfs_throttled_periods_total[5m]) / rate(container_cpu_cfs_periods_total[5m])", op: ">", limit: 25, summary: "jellyfin is held back in 41 % of its periods",
    found: [{ labels: { instance: "merapi", name: "jellyfin" }, since: 2 * HOUR + 4 * MINUTE, course: (t) => wander(t, 41, 34, 16) }],
  },
  {
    group: "hosts", name: "DiskFullSoon", severity: "warning", holdFor: HOUR, left: '100 * (1 - node_filesystem_avail_bytes{fstype!="tmpfs"} / node_filesystem_size_bytes)', op: ">", limit: 90, summary: "/srv/media is 91 % full, and full in 2 d 6 h",
    found: [{ labels: { instance: "rinjani", mountpoint: "/srv/media", device: "/dev/sda1", job: "node" }, since: 5 * HOUR + 9 * MINUTE, course: (t, now) => 91.4 + (t - now) / 6000 }],
  },
  {
    group: "hosts", name: "HostTemperatureHigh", severity: "warning", holdFor: 5 * MINUTE, left: "max by (instance) (node_hwmon_temp_celsius)", op: ">", limit: 80, summary: "kelud is at 81 °C, its fan at 100 %",
    found: [{ labels: { instance: "kelud" }, since: 18 * MINUTE, course: (t, now) => 81.5 + (t - now) / 300 + wander(t, 42, 0.2, 0.6) }],
  },
  {
    group: "hosts", name: "HostLoadHigh", severity: "warning", holdFor: 30 * MINUTE, left: 'sum by (instance) (node_load1) / count by (instance) (node_cpu_seconds_total{mode="idle"})', op: ">", limit: 1.5, summary: "nusa has 1.6 runnable tasks per core",
    found: [{ labels: { instance: "nusa" }, since: 12 * MINUTE, pending: true, course: (t, now) => 1.6 + (t - now) / 5400 + wander(t, 43, 0.02, 0.1) }],
  },
  { group: "hosts", name: "HostDown", severity: "critical", holdFor: 2 * MINUTE, left: 'up{job="node"}', op: "==", limit: 0, summary: "{{ $labels.instance }} does not answer", found: [] },
  { group: "hosts", name: "HostCpuHigh", severity: "warning", holdFor: 10 * MINUTE, left: '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))', op: ">", limit: 85, summary: "CPU of {{ $labels.instance }} is busy", found: [] },
  { group: "hosts", name: "HostMemoryHigh", severity: "warning", holdFor: 10 * MINUTE, left: "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)", op: ">", limit: 90, summary: "Memory of {{ $labels.instance }} is nearly full", found: [] },
  { group: "containers", name: "ContainerDown", severity: "critical", holdFor: MINUTE, left: "time() - container_last_seen", op: ">", limit: 60, summary: "{{ $labels.name }} is gone", found: [] },
  { group: "recorded", name: "instance:node_cpu:ratio", recording: true, left: 'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))', found: [] },
  { group: "recorded", name: "LogErrorBurst", severity: "info", holdFor: 5 * MINUTE, left: "sum by (service_name) (rate(log_errors_total[5m]))", op: ">", limit: 2, summary: "{{ $labels.service_name }} logs many errors", found: [], error: 'expected type range vector in call to function "rate"' },
];

/**
 * What a scenario's alerts are: `firing` what the rules above found, `one` and `pending` one of these each, `quiet` the same
 * rules with nothing found, `many` two hundred, `muted` with one that a time interval mutes.
 */
export function fakeAlerts(kind, now) {
  const silences = kind === "firing" ? [usualSilence(now), pastSilence(now), laterSilence(now)] : [];
  return { kind, now, silences, extra: kind === "many" ? manyHosts() : [] };
}

/** The configuration as the server shows it. */
const CONFIG = `route:
  receiver: telegram-home
  group_by:
  - instance
  - name
  group_wait: "10s"
  repeat_interval: "4h"
  routes:
  - receiver: mail
    matchers:
    - "severity=\\"warning\\""
    - "instance=~\\"rin.*|kel.*\\""
    continue: true
    mute_time_intervals:
    - nights
receivers:
- name: telegram-home
  telegram_configs:
  - bot_token: <secret>
    chat_id: -1001234567890
    message_thread_id: 12
- name: mail
  email_configs:
  - to: sari@menara.lan
    send_resolved: true
  webhook_configs:
  - url: "<secret>"
time_intervals:
- name: nights
  time_intervals:
  - times:
    - start_time: "22:00"
      end_time: "06:00"
`;
const SILENT_CONFIG = "route:\n  receiver: nobody\nreceivers:\n- name: nobody\n";

function usualSilence(now) {
  return { id: "2f6b1c1e-0000-4000-8000-000000000001", matchers: [{ name: "name", value: "jelly.*", isRegex: true, isEqual: true }, { name: "instance", value: "merapi", isRegex: false, isEqual: true }], startsAt: now - 3 * HOUR, endsAt: now + 9 * HOUR, createdBy: "Sari", comment: "library rescan", updatedAt: now - 3 * HOUR };
}

function pastSilence(now) {
  return { ...usualSilence(now), id: "2f6b1c1e-0000-4000-8000-000000000002", matchers: [{ name: "instance", value: "kelud", isRegex: false, isEqual: true }], startsAt: now - 30 * HOUR, endsAt: now - 26 * HOUR, comment: "new fan", createdBy: "Budi" };
}

function laterSilence(now) {
  return { ...usualSilence(now), id: "2f6b1c1e-0000-4000-8000-000000000003", matchers: [{ name: "severity", value: "critical", isRegex: false, isEqual: false }, { name: "instance", value: "kelud|rinjani", isRegex: true, isEqual: true }], startsAt: now + 5 * HOUR, endsAt: now + 7 * HOUR, comment: "nightly backup", createdBy: "Budi" };
}

function manyHosts() {
  return Array.from({ length: 200 }, (_, i) => ({ instance: `host-with-a-name-of-forty-letters-${String(i).padStart(3, "0")}.lan`, mountpoint: "/var/lib/containers" }));
}

const fingerprint = (labels) => createHash("sha1").update(JSON.stringify(Object.entries(labels).sort())).digest("hex").slice(0, 16);
const rfc = (seconds) => new Date(seconds * 1000).toISOString();

function foundBy(rule, state) {
  if (state.kind === "many" && rule.name === "DiskFullSoon") return state.extra.map((labels, i) => ({ labels, since: HOUR + i * MINUTE, course: () => 92 }));
  if (state.kind === "one") return rule.name === "HostTemperatureHigh" ? rule.found : [];
  if (state.kind === "pending") return rule.found.filter(({ pending }) => pending === true);
  return ["firing", "unmanaged", "inhibited", "muted", "halfway", "silent"].includes(state.kind) ? rule.found : [];
}

const labelsOf = (rule, found) => ({ alertname: rule.name, ...found.labels, ...(rule.severity === undefined ? {} : { severity: rule.severity }) });
const annotationsOf = ({ summary, description, runbook }) => ({ summary, ...(description === undefined ? {} : { description }), ...(runbook === undefined ? {} : { runbook_url: runbook }) });
const expressionOf = ({ left, op, limit }) => (op === undefined ? left : `${left} ${op} ${limit}`);

/** All alerts of the alert manager at a time. */
function alertsAt(state, now) {
  const alerts = RULES.flatMap((rule) =>
    foundBy(rule, state)
      .filter(({ pending }) => pending !== true)
      .map((found) => {
        const labels = labelsOf(rule, found);
        const silencedBy = state.silences.filter((one) => stateOf(one, now) === "active" && meets(one, labels)).map(({ id }) => id);
        return {
          fingerprint: fingerprint(labels), labels, annotations: annotationsOf(rule), startsAt: rfc(state.now - found.since), endsAt: rfc(now + 4 * MINUTE), updatedAt: rfc(Math.floor(now / 15) * 15),
          generatorURL: `http://bromo:7070/graph?g0.expr=${encodeURIComponent(expressionOf(rule))}&g0.tab=1`, receivers: [{ name: "telegram-home" }],
          status: { state: silencedBy.length > 0 ? "suppressed" : "active", silencedBy, inhibitedBy: [], mutedBy: [] },
        };
      }),
  );
  // A hot host is to blame for its disk too.
  const isHeld = ({ labels }) => state.kind === "inhibited" && labels.alertname === "DiskFullSoon";
  return alerts.map((alert) => (isHeld(alert) ? { ...alert, status: { ...alert.status, state: "suppressed", inhibitedBy: [alerts[0].fingerprint] } } : alert));
}

function groupsAt(state, now) {
  const groups = new Map();
  for (const alert of alertsAt(state, now)) {
    const { instance, name } = alert.labels;
    const labels = { instance, ...(name === undefined ? {} : { name }) };
    const key = JSON.stringify(labels);
    if (!groups.has(key)) groups.set(key, { labels, receiver: { name: "telegram-home" }, alerts: [] });
    groups.get(key).alerts.push(alert);
  }
  return [...groups.values()].flatMap((group) => (state.kind === "muted" ? forTwo(group) : [group]));
}

/** The warnings of two hosts go to a second receiver, which is muted; one of them to that receiver only. */
function forTwo(group) {
  if (!["kelud", "rinjani"].includes(group.labels.instance)) return [group];
  const muted = { ...group, receiver: { name: "mail" }, alerts: group.alerts.map((alert) => ({ ...alert, receivers: [{ name: "mail" }], status: { ...alert.status, state: "suppressed", mutedBy: ["nights"] } })) };
  return group.labels.instance === "kelud" ? [group, muted] : [muted];
}

function rulesAt(state, now) {
  const ran = Math.floor(now / 15) * 15 - 3;
  const names = [...new Set(RULES.map(({ group }) => group))];
  return {
    groups: (state.kind === "norules" ? [] : names).map((group) => ({
      name: group, file: `/etc/menara/rules/${group}.yml`, interval: 15, limit: 0, evaluationTime: 0.0042, lastEvaluation: rfc(ran),
      rules: RULES.filter((rule) => rule.group === group).map((rule) => ruleAt(rule, state, now, ran)),
    })),
  };
}

function ruleAt(rule, state, now, ran) {
  const common = { name: rule.name, query: expressionOf(rule), health: rule.error === undefined ? "ok" : "err", lastError: rule.error ?? "", evaluationTime: 0.0008, lastEvaluation: rfc(ran) };
  if (rule.recording === true) return { ...common, type: "recording" };
  const alerts = foundBy(rule, state).map((found) => ({
    labels: labelsOf(rule, found), annotations: annotationsOf(rule), state: found.pending === true ? "pending" : "firing",
    activeAt: rfc(state.now - found.since - (found.pending === true ? 0 : rule.holdFor)), value: found.course(now, now).toExponential(),
  }));
  const worst = alerts.some((alert) => alert.state === "firing") ? "firing" : alerts.length > 0 ? "pending" : "inactive";
  return { ...common, type: "alerting", duration: rule.holdFor, keepFiringFor: 0, labels: { severity: rule.severity }, annotations: annotationsOf(rule), alerts, state: worst };
}

const stateOf = (silence, now) => (silence.endsAt <= now ? "expired" : silence.startsAt > now ? "pending" : "active");

function meets({ matchers }, labels) {
  return matchers.every(({ name, value, isRegex, isEqual }) => {
    const given = labels[name] ?? "";
    return (isRegex ? new RegExp(`^(?:${value})$`).test(given) : given === value) === isEqual;
  });
}

/** Answers an address of Alertmanager's API or of the rules; undefined where it is none of them. */
export function answerAlerts({ method, path, body }, state, now) {
  if (path === "/api/v1/rules") return { status: 200, body: { status: "success", data: rulesAt(state, now) } };
  if (!path.startsWith("/api/v2/")) return undefined;
  if (state.kind === "none" || state.kind === "unmanaged") return { status: 503, body: "no alertmanager.yml is loaded" };
  if (state.kind === "failing" || state.kind === "halfway") return { status: 500, body: "the log of notifications cannot be read" };
  if (path === "/api/v2/status") return { status: 200, body: { cluster: { status: "disabled", peers: [] }, config: { original: state.kind === "silent" || state.kind === "silentquiet" ? SILENT_CONFIG : CONFIG }, uptime: rfc(state.now - 3 * HOUR), versionInfo: { version: "0.34.0" } } };
  if (path === "/api/v2/alerts/groups") return { status: 200, body: groupsAt(state, now) };
  if (path === "/api/v2/alerts") return { status: 200, body: alertsAt(state, now) };
  if (path === "/api/v2/silences" && method === "POST") return create(JSON.parse(body), state, now);
  if (path === "/api/v2/silences") return { status: 200, body: state.silences.map((one) => silenceBody(one, now)) };
  const id = /^\/api\/v2\/silence\/([^/]+)$/.exec(path)?.[1];
  if (id !== undefined && method === "DELETE") return expire(decodeURIComponent(id), state, now);
  return { status: 404, body: "not found" };
}

function silenceBody(silence, now) {
  const { startsAt, endsAt, updatedAt, ...rest } = silence;
  return { ...rest, startsAt: rfc(startsAt), endsAt: rfc(endsAt), updatedAt: rfc(updatedAt), status: { state: stateOf(silence, now) } };
}

function create(sent, state, now) {
  if (sent.comment === "refuse this") return { status: 400, body: "silence invalid: comment is refused" };
  if (!Array.isArray(sent.matchers) || sent.matchers.length === 0 || !(Date.parse(sent.endsAt) > Date.parse(sent.startsAt))) return { status: 400, body: "silence invalid" };
  const before = state.silences.find(({ id }) => id === sent.id);
  if (sent.id !== undefined && before === undefined) return { status: 404, body: `silence ${sent.id} not found` };
  const silence = { id: before?.id ?? randomUUID(), matchers: sent.matchers, startsAt: Date.parse(sent.startsAt) / 1000, endsAt: Date.parse(sent.endsAt) / 1000, createdBy: sent.createdBy, comment: sent.comment, updatedAt: now };
  // A start that is past, or all but past by this clock, is now.
  if (before === undefined && silence.startsAt < now + 2) silence.startsAt = now;
  state.silences = [...state.silences.filter((one) => one !== before), silence];
  return { status: 200, body: { silenceID: silence.id } };
}

function expire(id, state, now) {
  const silence = state.silences.find((one) => one.id === id);
  if (silence === undefined) return { status: 404, body: `silence ${id} not found` };
  silence.endsAt = now;
  return { status: 200, body: "" };
}

/** Messages by kind of service, since the start. */
const SENT = { alertmanager_notifications_total: { telegram: 41, email: 7, webhook: 7 }, alertmanager_notifications_failed_total: { telegram: 0, email: 2, webhook: 0 } };

/** The instant vector of what a rule measures, or of what was sent; undefined where the query is of no rule. */
export function measuredVector(query, time, state, now) {
  const counts = SENT[/^sum by \(integration\) \((\w+)\)$/.exec(query)?.[1]];
  if (counts !== undefined) return Object.entries(counts).map(([integration, value]) => ({ metric: { integration }, value }));
  const rule = RULES.find(({ left }) => left === query);
  if (rule === undefined) return undefined;
  return foundBy(rule, state).map((found) => ({ metric: found.labels, value: found.course(time, now) }));
}
