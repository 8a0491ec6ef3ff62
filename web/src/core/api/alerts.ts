import { type AlertGroup, readGroups } from "../alerts/alert";
import { isRecord, text } from "../alerts/json";
import { readRules, type RuleGroup } from "../alerts/rule";
import { type Draft, draftBody, readSilences, type Silence } from "../alerts/silence";
import type { Fetch } from "./client";
import { ApiError, toApiError } from "./types";

/** The `errorType` of an answer that says that there is no alert manager to ask. */
export const NOT_CONFIGURED = "503";

/**
 * Alerts, silences and rules: Alertmanager's API of version 2, and Prometheus' for rules. All addresses are relative.
 * Every method throws an `ApiError`.
 */
export class AlertsClient {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** All alerts as they are told, with those that are silenced or held back. */
  async groups(signal?: AbortSignal): Promise<readonly AlertGroup[]> {
    return readGroups(await this.#json("api/v2/alerts/groups?active=true&silenced=true&inhibited=true", {}, signal));
  }

  async silences(signal?: AbortSignal): Promise<readonly Silence[]> {
    return readSilences(await this.#json("api/v2/silences", {}, signal));
  }

  /** Every rule, with what it has found. */
  async rules(signal?: AbortSignal): Promise<readonly RuleGroup[]> {
    const body = await this.#json("api/v1/rules", {}, signal);
    return readRules(isRecord(body) ? body["data"] : undefined);
  }

  /** The configuration as the alert manager shows it: YAML without its secrets. */
  async configuration(signal?: AbortSignal): Promise<string> {
    const body = await this.#json("api/v2/status", {}, signal);
    const config = isRecord(body) && isRecord(body["config"]) ? body["config"] : {};
    return text(config["original"]);
  }

  /** Begins a silence, or changes the one it names. */
  async silence(draft: Draft): Promise<void> {
    await this.#request("api/v2/silences", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(draftBody(draft)) });
  }

  /** Ends a silence now. */
  async expire(id: string): Promise<void> {
    await this.#request(`api/v2/silence/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  async #json(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<unknown> {
    const answer = await this.#request(url, signal === undefined ? init : { ...init, signal });
    try {
      return JSON.parse(answer) as unknown;
    } catch {
      throw new ApiError("malformed", "the answer is not JSON");
    }
  }

  async #request(url: string, init: RequestInit): Promise<string> {
    let response: Response;
    let answer: string;
    try {
      response = await this.#fetch(url, { method: "GET", ...init });
      answer = await response.text();
    } catch (thrown) {
      throw toApiError(thrown);
    }
    if (response.ok) return answer;
    const isGateway = response.status === 502 || response.status === 504;
    throw new ApiError(isGateway ? "unreachable" : "query", reasonOf(answer) || `HTTP ${response.status}`, String(response.status));
  }
}

/** The server's own words: a JSON text in version 2, a field of an object in version 1, or plain text. */
function reasonOf(answer: string): string {
  let body: unknown;
  try {
    body = JSON.parse(answer);
  } catch {
    return answer.trim().slice(0, 300);
  }
  if (typeof body === "string") return body;
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const words = fields["error"] ?? fields["message"];
  return typeof words === "string" ? words : "";
}
