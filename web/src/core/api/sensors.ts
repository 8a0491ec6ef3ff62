import { type ContainersReport, readReport } from "../containers/report";
import type { Fetch } from "./client";
import { ApiError, toApiError } from "./types";

/**
 * What Menara's own sensors know at this moment, without the store between. All addresses are relative.
 * Every method throws an `ApiError`.
 */
export class SensorsClient {
  readonly #fetch: Fetch;
  #last: { readonly text: string; readonly report: ContainersReport } | undefined;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** All containers with the newest line of each. An answer that says the same as the one before is the same object. */
  async containers(signal?: AbortSignal): Promise<ContainersReport> {
    const text = await this.#request("sensors/containers?lines=true", signal);
    if (this.#last?.text === text) return this.#last.report;
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      throw new ApiError("malformed", "the containers are not told in JSON");
    }
    const report = readReport(body);
    this.#last = { text, report };
    return report;
  }

  async #request(url: string, signal?: AbortSignal): Promise<string> {
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(url, { method: "GET", ...(signal === undefined ? {} : { signal }) });
      text = await response.text();
    } catch (thrown) {
      throw toApiError(thrown);
    }
    if (response.ok) return text;
    const isGateway = response.status >= 502 && response.status <= 504;
    throw new ApiError(isGateway ? "unreachable" : "query", text.trim().slice(0, 300) || `HTTP ${response.status}`, String(response.status));
  }
}
