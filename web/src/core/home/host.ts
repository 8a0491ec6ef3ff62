import type { MetricsClient } from "../api/client";
import type { VectorSample } from "../api/types";
import { NEWEST_READING, OLDEST_READING, SENSOR_COUNT } from "../queries/node";

/** The host the page is about. Times are unix seconds of that host. */
export interface Host {
  /** The `instance` label, which is the host's name. */
  readonly instance: string;
  /** Oldest reading within 30 days. */
  readonly oldestReading: number;
  /** Newest reading within 30 days. */
  readonly newestReading: number;
  readonly hasTemperature: boolean;
}

/** Finds the host named, or else the one with the newest reading; null while the store holds none of the last 30 days. */
export async function findHost(client: MetricsClient, at: number, signal: AbortSignal, wanted?: string): Promise<Host | null> {
  const [newest, oldest, sensors] = await Promise.all(
    [NEWEST_READING, OLDEST_READING, SENSOR_COUNT].map((query) => client.instant(query, at, signal)),
  );
  return pickHost(newest ?? [], oldest ?? [], sensors ?? [], wanted);
}

export function pickHost(
  newest: readonly VectorSample[],
  oldest: readonly VectorSample[],
  sensors: readonly VectorSample[],
  wanted?: string,
): Host | null {
  const eligible = wanted === undefined ? newest : newest.filter((sample) => sample.metric["instance"] === wanted);
  const best = eligible.reduce<VectorSample | undefined>(
    (found, sample) => (found === undefined || sample.value > found.value ? sample : found),
    undefined,
  );
  const instance = best?.metric["instance"];
  if (best === undefined || instance === undefined) return null;
  const isThisHost = (sample: VectorSample) => sample.metric["instance"] === instance;
  return {
    instance,
    oldestReading: oldest.find(isThisHost)?.value ?? best.value,
    newestReading: best.value,
    hasTemperature: (sensors.find(isThisHost)?.value ?? 0) > 0,
  };
}
