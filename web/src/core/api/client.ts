import { openEnvelope, readQueryData } from "./envelope";
import { ApiError, type MatrixSeries, type QueryData, toApiError, type VectorSample } from "./types";

/** The part of `fetch` the client needs, handed in so that tests need no network. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A range query. Unix seconds. */
export interface RangeQuery {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/**
 * The metrics API of Menara's own server, which speaks the Prometheus HTTP API.
 * All addresses are relative, so the page works behind any prefix of its own origin.
 * Every method throws an `ApiError`.
 */
export class MetricsClient {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** Evaluates at `time` (unix seconds), or at the server's own now when left out. */
  async instant(query: string, time?: number, signal?: AbortSignal): Promise<readonly VectorSample[]> {
    const params = new URLSearchParams({ query });
    if (time !== undefined) params.set("time", String(time));
    const data = await this.#query(`api/v1/query?${params}`, { method: "GET" }, signal);
    if (data.type === "vector") return data.samples;
    if (data.type === "scalar") return [data.sample];
    throw new ApiError("malformed", "an instant query was answered with a matrix");
  }

  async range(request: RangeQuery, signal?: AbortSignal): Promise<readonly MatrixSeries[]> {
    const form = new URLSearchParams({
      query: request.query,
      start: String(request.start),
      end: String(request.end),
      step: String(request.step),
    });
    const data = await this.#query("api/v1/query_range", { method: "POST", body: form }, signal);
    if (data.type !== "matrix") throw new ApiError("malformed", "a range query was not answered with a matrix");
    return data.series;
  }

  /**
   * The server's own version, such as `0.1.0`; empty when it does not say. Where the API states the version
   * of Prometheus it is compatible with, its own stands behind: `3.14.0+menara.0.1.0`.
   */
  async version(signal?: AbortSignal): Promise<string> {
    const data = openEnvelope(await this.#request("api/v1/status/buildinfo", { method: "GET" }, signal));
    const version = typeof data === "object" && data !== null ? (data as Record<string, unknown>)["version"] : undefined;
    return typeof version === "string" ? (version.split("+menara.").at(-1) ?? "") : "";
  }

  async #query(url: string, init: RequestInit, signal?: AbortSignal): Promise<QueryData> {
    return readQueryData(openEnvelope(await this.#request(url, init, signal)));
  }

  async #request(url: string, init: RequestInit, signal?: AbortSignal): Promise<unknown> {
    let status: number;
    let text: string;
    try {
      const response = await this.#fetch(url, signal === undefined ? init : { ...init, signal });
      status = response.status;
      text = await response.text();
    } catch (thrown) {
      throw toApiError(thrown);
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // A gateway before the server answers with a page of its own when the server is gone.
      const kind = status >= 502 && status <= 504 ? "unreachable" : "malformed";
      throw new ApiError(kind, `HTTP ${status} without JSON`);
    }
  }
}
