import type { AlertsClient } from "../api/alerts";
import type { MetricsClient } from "../api/client";
import { type ApiError, attempt, type VectorSample } from "../api/types";
import { Cell } from "../cell";
import type { RefreshContext, RefreshTask } from "../refresh";
import { type Receiver, readRouting } from "./routing";

/** Messages by one kind of service since the server started. */
export interface Sent {
  readonly sent: number;
  /** Of these, those that were given up. */
  readonly failed: number;
}

/** What is known of those who are told. */
export interface ReceiversState {
  /** Undefined until it is known, or where the configuration cannot be read. */
  readonly receivers: readonly Receiver[] | undefined;
  /** By kind of service; undefined until it is known. */
  readonly sent: ReadonlyMap<string, Sent> | undefined;
  readonly error: ApiError | undefined;
  /** Whether there was an answer, readable or not. */
  readonly isAnswered: boolean;
}

const SENT = "sum by (integration) (alertmanager_notifications_total)";
const FAILED = "sum by (integration) (alertmanager_notifications_failed_total)";

/** Asks who is told, and whether that works. */
export class ReceiversTask implements RefreshTask {
  readonly state = new Cell<ReceiversState>({ receivers: undefined, sent: undefined, error: undefined, isAnswered: false });
  readonly #alerts: AlertsClient;
  readonly #metrics: MetricsClient;

  constructor(app: { readonly alerts: AlertsClient; readonly metrics: MetricsClient }) {
    this.#alerts = app.alerts;
    this.#metrics = app.metrics;
  }

  async refresh({ at, signal }: RefreshContext): Promise<void> {
    const [config, sent] = await Promise.all([attempt(() => this.#alerts.configuration(signal)), attempt(() => this.#sent(at, signal))]);
    if (signal.aborted) return;
    this.state.update((before) => ({
      receivers: config.value === undefined ? before.receivers : readRouting(config.value),
      sent: sent.value ?? before.sent,
      error: config.error,
      isAnswered: before.isAnswered || config.value !== undefined,
    }));
  }

  isInHurry(): boolean {
    return false;
  }

  async #sent(at: number, signal: AbortSignal): Promise<ReadonlyMap<string, Sent>> {
    const [all, failed] = await Promise.all([this.#metrics.instant(SENT, at, signal), this.#metrics.instant(FAILED, at, signal)]);
    return sentBy(all, failed);
  }
}

export function sentBy(all: readonly VectorSample[], failed: readonly VectorSample[]): ReadonlyMap<string, Sent> {
  const kindOf = ({ metric }: VectorSample) => metric["integration"] ?? "";
  const failures = new Map(failed.map((sample) => [kindOf(sample), sample.value]));
  return new Map(all.map((sample) => [kindOf(sample), { sent: sample.value, failed: failures.get(kindOf(sample)) ?? 0 }]));
}
