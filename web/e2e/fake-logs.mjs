// The logs side of the made-up server: a few streams, the queries the page asks, and a live tail by websocket.
import { createHash } from "node:crypto";
import { containerLines, NAMES_EVENTS } from "./fake-containers.mjs";

const NS_PER_MS = 1_000_000n;
const SPACING_MS = 4000;

/** Streams and what they say again and again; `{n}` is the number of the line. */
const STREAMS = [
  { labels: { service_name: "immich-server", container: "immich-server", host: "bromo", job: "docker" }, says: [
    ["error", '{"level":"error","msg":"job failed","job":"facialRecognition","attempt":3,"duration_ms":94{n},"error":"connect ECONNREFUSED immich-ml:3003","trace_id":"4bf92f3577b34da6"}'],
    ["info", '{"level":"info","msg":"asset uploaded","asset":"9c1f0b7e-41d2-4a54-b0a7-2f0a51c7d{n}","duration_ms":1{n}}'],
    ["debug", '{"level":"debug","msg":"queue facialRecognition: {n} waiting, 0 failed since restart"}'],
  ] },
  { labels: { service_name: "immich-ml", container: "immich-ml", host: "bromo", job: "docker" }, says: [
    ["info", "loading model buffalo_l, memory 2.11 GiB"],
    ["warn", "memory 3.81 GiB of 4.00 GiB, collector did not help"],
    ["error", "worker pid {n} was sent SIGKILL, killed for memory"],
  ] },
  { labels: { service_name: "caddy", container: "caddy", host: "toba", job: "docker" }, says: [
    ["info", 'level=info method=GET path=/api/assets status=200 duration_ms=12.{n} remote="10.0.0.7"'],
    ["info", 'level=info method=GET path=/api/albums status=304 duration_ms=3.{n} remote="10.0.0.9"'],
  ] },
  { labels: { service_name: "varlogs", job: "varlogs", filename: "/var/log/syslog", host: "bromo" }, says: [
    ["unknown", "Nov 25 05:14:{n} bromo systemd[1]: Started a session with <b>markup</b> & a very long tail that does not fit on one line of the page, however wide the screen may be made by whoever looks at it today"],
    ["error", "Nov 25 05:15:{n} bromo kernel: Out of memory: Killed process 51877 (python3) anon-rss 4102112kB"],
  ] },
];

export const hasNoLines = (query) => query.includes("nothing-like-this");

/** Every line between two instants (ns, `end` not included) that a query may mean, oldest first. Some share their instant. */
function linesBetween(start, end, state, query) {
  const own = containerLines(query, start, end, state.containers);
  if (NAMES_EVENTS.test(query) || /"containers"/.test(query)) return own.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
  if (state.logsSince === Infinity) return state.extra.filter((line) => line.ts >= start && line.ts < end);
  const since = BigInt(Math.floor(state.logsSince * 1000)) * NS_PER_MS;
  const from = start > since ? start : since;
  const spacing = BigInt(SPACING_MS) * NS_PER_MS;
  const last = BigInt(Math.floor(state.logsUntil * 1000)) * NS_PER_MS;
  const to = end < last ? end : last;
  const found = [];
  for (let n = from / spacing; n * spacing < to; n += 1n) {
    for (const line of linesAt(n, n * spacing)) if (line.ts >= from && line.ts < to) found.push(line);
  }
  for (const line of state.extra) if (line.ts >= from && line.ts < end) found.push(line);
  return found.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
}

function linesAt(n, ts) {
  const i = Number(n % 1000n);
  const stream = STREAMS[i % 7 === 3 ? 3 : i % 5 === 1 ? 2 : i % 2];
  const say = (k) => stream.says[k % stream.says.length];
  const make = (k, at) => ({ ts: at, labels: stream.labels, level: say(k)[0], text: say(k)[1].replaceAll("{n}", String(100 + (k % 900))) });
  // Every tenth instant bears three lines.
  return i % 10 === 0 ? [make(i, ts + 1n), make(i + 1, ts + 1n), make(i + 2, ts + 1n)] : [make(i, ts + BigInt((i * 379) % SPACING_MS) * NS_PER_MS)];
}

/** The part of LogQL the tests use: matchers, line filters and label filters, each by its text. */
function matcherOf(query) {
  const selector = /\{([^}]*)\}/.exec(query)?.[1] ?? "";
  const rest = query.slice(query.indexOf("}") + 1);
  const tests = [];
  for (const [, name, op, value] of selector.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)) tests.push((line) => compare(line.labels[name] ?? "", op, value));
  for (const [, op, value] of rest.matchAll(/(\|=|\|~|(?<![\w])!=)\s*"((?:[^"\\]|\\.)*)"/g)) {
    tests.push((line) => (op === "|=" ? line.text.includes(value) : op === "|~" ? goRegex(value).test(line.text) : !line.text.includes(value)));
  }
  for (const [, name, op, value] of rest.matchAll(/\|\s*(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)) tests.push((line) => compare(fieldOf(line, name), op, value));
  return (line) => tests.every((test) => test(line));
}

function fieldOf(line, name) {
  if (name === "detected_level") return line.level;
  if (line.labels[name] !== undefined) return line.labels[name];
  if (line.text.startsWith("{")) return String(JSON.parse(line.text)[name] ?? "");
  return new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(line.text)?.[1] ?? "";
}

function goRegex(source) {
  return source.startsWith("(?i)") ? new RegExp(source.slice(4), "i") : new RegExp(source);
}

function compare(actual, op, value) {
  const isRegex = op.endsWith("~");
  const hit = isRegex ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
  return op.startsWith("!") ? !hit : hit;
}

/** Answers a request below /loki/: a status and a body, which is text for errors. */
export function answerLogs(path, params, state) {
  const query = params.get("query") ?? "";
  if (path.endsWith("/labels")) return ok(state.logsSince === Infinity ? [] : ["container", "filename", "host", "job", "service_name"]);
  if (/\{[^}]*$|\|\s*$/.test(query)) return { status: 400, body: `parse error at line 1, col ${query.length + 1}: syntax error: unexpected $end` };
  if (/\{\s*\}/.test(query)) return { status: 400, body: "queries require at least one regexp or equality matcher that does not have an empty-compatible value" };
  const isMetric = /count_over_time|rate\(/.test(query);
  if (path.endsWith("/query")) return ok({ resultType: "vector", result: countVector(query, params, state) });
  return ok(isMetric ? matrix(query, params, state) : streams(query, params, state));
}

const ok = (data) => ({ status: 200, body: { status: "success", data } });
const seconds = (ns) => Number(BigInt(ns) / NS_PER_MS) / 1000;

function streams(query, params, state) {
  const [start, end] = [BigInt(params.get("start")), BigInt(params.get("end"))];
  const found = hasNoLines(query) ? [] : linesBetween(start, end, state, query).filter(matcherOf(query));
  if (params.get("direction") !== "forward") found.reverse();
  const byStream = new Map();
  for (const line of found.slice(0, Number(params.get("limit")))) {
    const key = JSON.stringify(line.labels);
    if (!byStream.has(key)) byStream.set(key, { stream: line.labels, values: [] });
    byStream.get(key).values.push([String(line.ts), line.text, { structuredMetadata: { detected_level: line.level }, parsed: {} }]);
  }
  const summary = { execTime: 0.031, totalBytesProcessed: found.length * 140, totalLinesProcessed: found.length };
  return { resultType: "streams", encodingFlags: ["categorize-labels"], result: [...byStream.values()], stats: { summary } };
}

function matrix(query, params, state) {
  const [start, end] = [params.get("start"), params.get("end")].map(seconds);
  const step = Number(params.get("step"));
  const series = new Map();
  const first = BigInt(params.get("start")) - BigInt(step) * 1000n * NS_PER_MS;
  const found = hasNoLines(query) ? [] : linesBetween(first + 1n, BigInt(params.get("end")) + 1n, state, query).filter(matcherOf(query));
  for (const line of found) {
    const bar = start + Math.ceil((seconds(line.ts) - start) / step) * step;
    if (bar > end) continue;
    if (!series.has(line.level)) series.set(line.level, new Map());
    series.get(line.level).set(bar, (series.get(line.level).get(bar) ?? 0) + 1);
  }
  const result = [...series].map(([detected_level, bars]) => ({ metric: { detected_level }, values: [...bars].sort((a, b) => a[0] - b[0]).map(([time, n]) => [time, String(n)]) }));
  return { resultType: "matrix", result };
}

function countVector(query, params, state) {
  const time = BigInt(params.get("time"));
  const found = linesBetween(time - 3_600_000n * NS_PER_MS, time + 1n, state, query).filter(matcherOf(query));
  const counts = new Map();
  for (const line of found) counts.set(line.labels.service_name, (counts.get(line.labels.service_name) ?? 0) + 1);
  return [...counts].map(([service_name, n]) => ({ metric: { service_name }, value: [seconds(time), String(n)] }));
}

const WEBSOCKET_KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Takes the handshake of a live tail and answers with what sends lines to it. */
export function acceptTail(request, socket, state) {
  const url = new URL(request.url, "http://fake");
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + WEBSOCKET_KEY).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const query = url.searchParams.get("query");
  const matches = matcherOf(query);
  const tail = {
    send: (lines) => {
      const fitting = lines.filter(matches);
      if (fitting.length > 0 && !socket.destroyed) socket.write(frame(JSON.stringify({ streams: fitting.map(tailStream) })));
    },
    drop: () => socket.destroy(),
  };
  state.tails.add(tail);
  const leave = () => state.tails.delete(tail);
  // What a page sends is only its farewell.
  socket.on("data", (data) => (data[0] & 0x0f) === 8 && socket.end());
  socket.on("error", leave);
  socket.on("close", leave);
  // The past since `start`, as the real server sends it.
  const start = BigInt(url.searchParams.get("start"));
  tail.send(linesBetween(start, BigInt(Date.now() + 1000) * NS_PER_MS, state, query));
}

/** Browsers cannot ask for categories here: everything stands in `stream`. */
function tailStream(line) {
  return { stream: { ...line.labels, detected_level: line.level }, values: [[String(line.ts), line.text]] };
}

/** One unmasked text frame. */
function frame(text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.alloc(body.length < 65536 ? 4 : 10);
  if (body.length >= 126) {
    head[0] = 0x81;
    head[1] = body.length < 65536 ? 126 : 127;
    if (body.length < 65536) head.writeUInt16BE(body.length, 2);
    else head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}

/** Appends lines of a service, written some milliseconds ago, and sends them to all tails. */
export function pushLines(state, texts, { service = "immich-ml", level = "info", ageMs = 0 } = {}) {
  const { labels } = STREAMS.find((stream) => stream.labels.service_name === service);
  const lines = texts.map((text, i) => ({ ts: BigInt(Date.now() - ageMs) * NS_PER_MS + BigInt(state.extra.length + i), labels, level, text }));
  state.extra.push(...lines);
  for (const tail of state.tails) tail.send(lines);
}
