import type { Fetch } from "./client";
import { readQueryData } from "./envelope";
import { ApiError, type Labels, type MatrixSeries, toApiError, type VectorSample } from "./types";

/** One log line as the server sends it. */
export interface LogEntry {
  /** Unix nanoseconds as decimal text: they do not fit in a number. */
  readonly ts: string;
  readonly line: string;
  /** The labels of its stream. Where the server does not tell them apart, all labels stand here. */
  readonly stream: Labels;
  readonly metadata: Labels;
  /** Labels that stages of the query made. */
  readonly parsed: Labels;
}

/** What the server says about the work a query was. */
export interface QueryCost {
  readonly seconds: number | undefined;
  readonly bytes: number | undefined;
}

/** A log query is answered with lines, a metric query with numbers. */
export type LogAnswer = { readonly kind: "lines"; readonly entries: readonly LogEntry[]; readonly cost: QueryCost } | { readonly kind: "numbers" };

/** Times are unix nanoseconds as decimal text; `start` is part of the span, `end` is not. */
export interface LinesRequest {
  readonly query: string;
  readonly start: string;
  readonly end: string;
  readonly limit: number;
  readonly direction: "backward" | "forward";
}

/** With this header the server keeps stream labels, structured metadata and parsed labels apart. */
const CATEGORIES = { "X-Loki-Response-Encoding-Flags": "categorize-labels" };

const ROOT = "loki/api/v1";

/**
 * The logs API of Menara's own server, which speaks the Loki HTTP API. All addresses are relative.
 * Every method throws an `ApiError`.
 */
export class LogsClient {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** Lines, in the order asked for within each stream. */
  async lines(request: LinesRequest, signal?: AbortSignal): Promise<LogAnswer> {
    const { query, start, end, direction } = request;
    const params = new URLSearchParams({ query, start, end, limit: String(request.limit), direction });
    const data = await this.#ask(`${ROOT}/query_range?${params}`, signal);
    if (data["resultType"] === "streams") return { kind: "lines", entries: readStreams(data["result"]), cost: readCost(data["stats"]) };
    if (data["resultType"] === "matrix" || data["resultType"] === "scalar") return { kind: "numbers" };
    throw new ApiError("malformed", `unexpected result type ${String(data["resultType"])}`);
  }

  /** Numbers over time. `step` is seconds. */
  async matrix(request: { query: string; start: string; end: string; step: number }, signal?: AbortSignal): Promise<readonly MatrixSeries[]> {
    const params = new URLSearchParams({ query: request.query, start: request.start, end: request.end, step: String(request.step) });
    const data = readQueryData(await this.#ask(`${ROOT}/query_range?${params}`, signal));
    if (data.type !== "matrix") throw new ApiError("malformed", "a metric query was not answered with a matrix");
    return data.series;
  }

  /** Numbers at one instant, in unix nanoseconds. */
  async instant(query: string, time: string, signal?: AbortSignal): Promise<readonly VectorSample[]> {
    const data = readQueryData(await this.#ask(`${ROOT}/query?${new URLSearchParams({ query, time })}`, signal));
    if (data.type !== "vector") throw new ApiError("malformed", "an instant query was not answered with a vector");
    return data.samples;
  }

  /** The names of all stream labels that lines of a span have. */
  async labels(start: string, end: string, signal?: AbortSignal): Promise<readonly string[]> {
    const body = await this.#request(`${ROOT}/labels?${new URLSearchParams({ start, end })}`, signal);
    // A store without any line answers without data.
    const data = isRecord(body) ? (body["data"] ?? []) : undefined;
    if (!Array.isArray(data)) throw new ApiError("malformed", "the labels are not a list");
    return data.filter((name): name is string => typeof name === "string");
  }

  async #ask(url: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
    const body = await this.#request(url, signal);
    const data = isRecord(body) && body["status"] === "success" ? body["data"] : undefined;
    if (!isRecord(data)) throw new ApiError("malformed", "the answer holds no data");
    return data;
  }

  async #request(url: string, signal?: AbortSignal): Promise<unknown> {
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(url, { method: "GET", headers: CATEGORIES, ...(signal === undefined ? {} : { signal }) });
      text = await response.text();
    } catch (thrown) {
      throw toApiError(thrown);
    }
    if (!response.ok) throw refusal(response.status, text);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new ApiError("malformed", `HTTP ${response.status} without JSON`);
    }
  }
}

/** Address of the live tail, relative to the page. */
export function tailPath(query: string, start: string, limit: number): string {
  return `${ROOT}/tail?${new URLSearchParams({ query, start, limit: String(limit) })}`;
}

/** What one frame of the live tail says. */
export interface TailFrame {
  readonly entries: readonly LogEntry[];
  /** Lines the server could not send fast enough. */
  readonly dropped: number;
}

export function readTailFrame(text: string): TailFrame {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError("malformed", "a frame of the live tail is not JSON");
  }
  if (!isRecord(body)) throw new ApiError("malformed", "a frame of the live tail is not an object");
  const dropped = body["dropped_entries"];
  return { entries: readStreams(body["streams"] ?? []), dropped: Array.isArray(dropped) ? dropped.length : 0 };
}

function refusal(status: number, text: string): ApiError {
  const isGateway = status >= 502 && status <= 504 && /^\s*</.test(text);
  // Errors are plain text.
  return new ApiError(isGateway ? "unreachable" : "query", text.trim() || `HTTP ${status}`, String(status));
}

function readStreams(value: unknown): readonly LogEntry[] {
  if (!Array.isArray(value)) throw new ApiError("malformed", "the streams are not a list");
  return value.flatMap((item: unknown) => {
    if (!isRecord(item) || !Array.isArray(item["values"])) throw new ApiError("malformed", "a stream has no values");
    const stream = readLabels(item["stream"]);
    return item["values"].map((pair: unknown) => readEntry(pair, stream));
  });
}

const NOTHING: Labels = {};

function readEntry(pair: unknown, stream: Labels): LogEntry {
  if (!Array.isArray(pair) || typeof pair[0] !== "string" || !/^-?\d{1,19}$/.test(pair[0]) || typeof pair[1] !== "string") {
    throw new ApiError("malformed", "an entry is not a pair of time and line");
  }
  const extra: unknown = pair[2];
  const [metadata, parsed] = isRecord(extra) ? [readLabels(extra["structuredMetadata"]), readLabels(extra["parsed"])] : [NOTHING, NOTHING];
  return { ts: pair[0], line: pair[1], stream, metadata, parsed };
}

function readCost(stats: unknown): QueryCost {
  const summary = isRecord(stats) && isRecord(stats["summary"]) ? stats["summary"] : {};
  const numberAt = (name: string) => (typeof summary[name] === "number" ? summary[name] : undefined);
  return { seconds: numberAt("execTime"), bytes: numberAt("totalBytesProcessed") };
}

function readLabels(value: unknown): Labels {
  if (!isRecord(value)) return NOTHING;
  const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return pairs.length === 0 ? NOTHING : Object.fromEntries(pairs);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
