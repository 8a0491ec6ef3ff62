// A stand-in for Menara's server: the built page and the API it asks, from a made-up host.
// Run it by itself with: node e2e/fake-api.mjs [--scenario NAME] [--port PORT]
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { answerAlerts, fakeAlerts, measuredVector } from "./fake-alerts.mjs";
import { containersBody, fakeContainers } from "./fake-containers.mjs";
import { acceptTail, answerLogs, pushLines } from "./fake-logs.mjs";
import { evaluate } from "./fake-queries.mjs";

/** The built page: WEB_DIST names another build. */
const DIST = resolve(process.env.WEB_DIST ?? fileURLToPath(new URL("../dist", import.meta.url)));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8" };
const CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'self'";
/** Addresses of pages; the page itself finds out which. */
const PAGES = new Set(["/", "/logs", "/alerts", "/graph"]);
const DEEP_PAGE = /^\/hosts\/[^/]+(?:\/containers\/[^/]+)?$/;
const READING_EVERY = 15;

const nowSeconds = () => Date.now() / 1000;
const steady = {
  now: nowSeconds,
  machine: {},
  firstReading: (t) => t - 20 * 86400,
  lastReading: (t) => Math.floor(t / READING_EVERY) * READING_EVERY,
  answer: undefined,
  delayMs: 0,
  /** Unix seconds of the first and the last line; without a last one they go on. */
  logsSince: nowSeconds() - 6 * 3600,
  logsUntil: undefined,
  /** Which containers there are and what the runtimes say; `fakeContainers` names the sets. */
  containers: fakeContainers("usual", nowSeconds()),
  /** What fires, by which rules, and who is kept quiet; `fakeAlerts` names the kinds. */
  alerts: fakeAlerts("quiet", nowSeconds()),
  /** Whether the server knows no address for containers, as an older one. */
  hasNoContainersApi: false,
};

const withContainers = (set, sources) => ({ ...steady, containers: fakeContainers(set, nowSeconds(), sources) });

const withAlerts = (kind) => ({ ...steady, alerts: fakeAlerts(kind, nowSeconds()) });

/** What can be shown: each changes one thing of a steady host. */
export const SCENARIOS = {
  normal: () => ({ ...withContainers("usual"), alerts: fakeAlerts("quiet", nowSeconds()) }),
  /**
   * Alerts of six kinds, one, one that waits, two hundred, some muted, one held back by another, no rules, receivers that
   * cannot send, and no or a broken alert manager.
   */
  alerts: () => withAlerts("firing"),
  onealert: () => withAlerts("one"),
  pending: () => withAlerts("pending"),
  muted: () => withAlerts("muted"),
  silent: () => withAlerts("silent"),
  silentquiet: () => withAlerts("silentquiet"),
  halfway: () => withAlerts("halfway"),
  manyalerts: () => withAlerts("many"),
  inhibited: () => withAlerts("inhibited"),
  norules: () => withAlerts("norules"),
  noalertmanager: () => withAlerts("none"),
  unmanaged: () => withAlerts("unmanaged"),
  brokenalerts: () => withAlerts("failing"),
  /** Containers in trouble, a hundred, one, none, and runtimes that are not there or not to be read. */
  containers: () => withContainers("trouble"),
  crowd: () => withContainers("many"),
  onecontainer: () => withContainers("one"),
  removed: () => withContainers("removed"),
  nocontainers: () => withContainers("none"),
  noruntime: () => withContainers("none", "absent"),
  denied: () => withContainers("none", "denied"),
  failedruntime: () => withContainers("none", "failed"),
  runtimefiles: () => withContainers("usual", "files"),
  oldserver: () => ({ ...steady, hasNoContainersApi: true }),
  trouble: () => ({ ...steady, machine: { trouble: true } }),
  bare: () => ({ ...steady, machine: { hasSensors: false, threads: 1 } }),
  /** Started when the server was: readings at 0, 2 and 5 s, then every 15 s. */
  thin: () => {
    const start = nowSeconds();
    return {
      ...steady,
      firstReading: () => start,
      lastReading: (t) => {
        const age = t - start;
        return start + (age < 2 ? 0 : age < 5 ? 2 : 5 + Math.floor((age - 5) / READING_EVERY) * READING_EVERY);
      },
    };
  },
  stale: () => {
    const silentSince = nowSeconds() - 240;
    return { ...steady, lastReading: (t) => Math.min(steady.lastReading(t), silentSince) };
  },
  gone: () => {
    const silentSince = nowSeconds() - 3 * 3600;
    return { ...steady, lastReading: (t) => Math.min(steady.lastReading(t), silentSince) };
  },
  empty: () => ({ ...steady, answer: () => [] }),
  /** No line was ever written, or none for two hours. */
  nologs: () => ({ ...steady, logsSince: Infinity }),
  quietlogs: () => ({ ...steady, logsUntil: nowSeconds() - 2 * 3600 }),
  slow: () => ({ ...steady, delayMs: 1500 }),
  /** One chart's query is refused. */
  error: () => ({
    ...steady,
    answer: (query) => {
      if (query.startsWith("100 * sum by (mode)")) throw new Error("too many samples: 1200000, the limit is 300000");
      return undefined;
    },
  }),
};

/** Starts a server on a free port (or the one given); `set` changes the scenario while it runs. */
export async function startFake(name = "normal", port = 0) {
  const state = { scenario: SCENARIOS[name](), requests: [], underWay: [], mostAtOnce: new Map(), moments: new EventEmitter(), extra: [], tails: new Set(), startedAt: Date.now() / 1000 };
  state.moments.setMaxListeners(0);
  const server = createServer((request, response) => {
    handle(request, response, state).catch((thrown) => send(response, 500, "text/plain", String(thrown)));
  });
  server.on("upgrade", (request, socket) => {
    const tail = { path: "/loki/api/v1/tail", query: new URL(request.url, "http://fake").searchParams.get("query") };
    state.requests.push(tail);
    acceptTail(request, socket, logsOf(state));
    state.moments.emit("asked", tail);
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests: state.requests,
    /** Resolves when something that is wanted is asked from now on. */
    asked: (isWanted) => momentOf(state, "asked", isWanted),
    /** Resolves when something that is wanted has been answered from now on. */
    answered: (isWanted) => momentOf(state, "answered", isWanted),
    /** Whether something asked still waits for its answer. */
    isBusy: () => state.underWay.length > 0,
    /** How many questions of an address waited for their answers at once, at most. */
    mostAtOnce: (path) => state.mostAtOnce.get(path) ?? 0,
    isTailed: () => state.tails.size > 0,
    /** Writes log lines now; `options` name a service and a level. */
    push: (texts, options) => pushLines(state, texts, options),
    /** Cuts every live tail. */
    cutTails: () => state.tails.forEach((tail) => tail.drop()),
    set: (next) => (state.scenario = SCENARIOS[next]()),
    stop: () => {
      state.tails.forEach((tail) => tail.drop());
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Notes what is asked until it is answered. */
function note(state, response, asked) {
  state.requests.push(asked);
  state.underWay.push(asked);
  const atOnce = state.underWay.filter(({ path }) => path === asked.path).length;
  state.mostAtOnce.set(asked.path, Math.max(atOnce, state.mostAtOnce.get(asked.path) ?? 0));
  state.moments.emit("asked", asked);
  response.on("close", () => {
    state.underWay = state.underWay.filter((one) => one !== asked);
    state.moments.emit("answered", asked);
  });
}

function momentOf(state, kind, isWanted) {
  return new Promise((done) => {
    const hear = (asked) => {
      if (!isWanted(asked)) return;
      state.moments.off(kind, hear);
      done(asked);
    };
    state.moments.on(kind, hear);
  });
}

async function handle(request, response, state) {
  const url = new URL(request.url, "http://fake");
  if (url.pathname.startsWith("/loki/")) return handleLogs(response, url, state);
  if (url.pathname === "/sensors/containers") return handleContainers(response, url, state);
  if (!url.pathname.startsWith("/api/")) return sendFile(response, url.pathname);
  if (url.pathname.startsWith("/api/v2/") || url.pathname === "/api/v1/rules") return handleAlerts(request, response, url, state);
  const params = request.method === "POST" ? new URLSearchParams(await readBody(request)) : url.searchParams;
  note(state, response, { path: url.pathname, query: params.get("query") });
  await new Promise((done) => setTimeout(done, state.scenario.delayMs));
  try {
    sendJson(response, 200, { status: "success", data: answer(url.pathname, params, state.scenario) });
  } catch (thrown) {
    sendJson(response, 400, { status: "error", errorType: "bad_data", error: thrown.message });
  }
}

async function handleLogs(response, url, state) {
  note(state, response, { path: url.pathname, query: url.searchParams.get("query"), params: url.searchParams });
  await new Promise((done) => setTimeout(done, state.scenario.delayMs));
  const { status, body } = answerLogs(url.pathname, url.searchParams, logsOf(state));
  if (status === 200) sendJson(response, status, body);
  else send(response, status, "text/plain; charset=utf-8", body);
}

async function handleAlerts(request, response, url, state) {
  const { scenario } = state;
  const body = await readBody(request);
  note(state, response, { path: url.pathname, method: request.method, query: null, body });
  await new Promise((done) => setTimeout(done, scenario.delayMs));
  const answered = answerAlerts({ method: request.method, path: url.pathname, body }, scenario.alerts, scenario.now());
  sendJson(response, answered.status, answered.body);
}

async function handleContainers(response, url, state) {
  const { scenario } = state;
  note(state, response, { path: url.pathname, query: null });
  await new Promise((done) => setTimeout(done, scenario.delayMs));
  if (scenario.hasNoContainersApi) return send(response, 404, "text/plain; charset=utf-8", "not found");
  return sendJson(response, 200, containersBody(scenario.containers, scenario.now(), url.searchParams.get("lines") === "true"));
}

// Only tests write while a page is open, so that they know what comes.
const logsOf = (state) => ({ extra: state.extra, tails: state.tails, logsSince: state.scenario.logsSince, logsUntil: state.scenario.logsUntil ?? state.startedAt, containers: state.scenario.containers });

function answer(path, params, scenario) {
  if (path === "/api/v1/status/buildinfo") return { version: "0.1.0" };
  const query = params.get("query");
  const vectorAt = (time) => (query === "time()" ? undefined : (scenario.answer?.(query) ?? measuredVector(query, time, scenario.alerts, scenario.now()))) ?? evaluate(query, time, scenario);
  if (path === "/api/v1/query_range") return matrix(params, vectorAt);
  const time = params.has("time") ? Number(params.get("time")) : scenario.now();
  const samples = vectorAt(time);
  if (query === "time()") return { resultType: "scalar", result: [time, String(samples[0].value)] };
  return { resultType: "vector", result: samples.map(({ metric, value }) => ({ metric, value: [time, String(value)] })) };
}

function matrix(params, vectorAt) {
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(params.get(name)));
  const series = new Map();
  for (let i = 0; start + i * step <= end + 1e-6; i += 1) {
    const time = start + i * step;
    for (const { metric, value } of vectorAt(time)) {
      const identity = JSON.stringify(metric);
      if (!series.has(identity)) series.set(identity, { metric, values: [] });
      series.get(identity).values.push([time, String(value)]);
    }
  }
  return { resultType: "matrix", result: [...series.values()] };
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function sendFile(response, pathname) {
  const isPage = PAGES.has(pathname) || DEEP_PAGE.test(pathname);
  const path = normalize(join(DIST, isPage ? "index.html" : pathname));
  if (!path.startsWith(DIST)) return send(response, 404, "text/plain", "not found");
  try {
    const body = readFileSync(path);
    // As the server does: a page further down says how far up the root is.
    const root = "../".repeat(pathname.split("/").length - 2);
    const sent = isPage && root !== "" ? body.toString("utf8").replace('<base href="./" />', `<base href="${root}" />`) : body;
    return send(response, 200, TYPES[extname(path)] ?? "application/octet-stream", sent);
  } catch {
    return send(response, 404, "text/plain", "not found");
  }
}

function sendJson(response, status, body) {
  send(response, status, "application/json", JSON.stringify(body));
}

function send(response, status, type, body) {
  response.writeHead(status, { "content-type": type, "content-security-policy": CSP });
  response.end(body);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => process.argv[process.argv.indexOf(`--${name}`) + 1];
  const scenario = process.argv.includes("--scenario") ? option("scenario") : "normal";
  const port = process.argv.includes("--port") ? Number(option("port")) : 7171;
  console.log((await startFake(scenario, port)).url);
}
