import type { MetricsClient } from "../api/client";
import type { MatrixSeries, VectorSample } from "../api/types";
import { containerCpuOverTime, containerNumbers, type NumberKind } from "../queries/containers";
import { align } from "../series/frame";
import { joinTail } from "../series/tail";

/** What the store knows of one container; undefined where it has nothing. */
export interface ContainerNumbers {
  /** Cores in use. */
  readonly cpuCores: number | undefined;
  /** Cores in use over the last hour, oldest first; null where there was none. */
  readonly spark: readonly (number | null)[];
  /** The working set. */
  readonly memoryBytes: number | undefined;
  /** Undefined where there is no limit. */
  readonly limitBytes: number | undefined;
  /** In the last hour. */
  readonly restarts: number;
  /** Processes ended for want of memory in the last hour. */
  readonly ooms: number;
}

/** By container id. */
export type NumbersById = ReadonlyMap<string, ContainerNumbers>;

const SPARK_SECONDS = 3600;
const SPARK_STEP = 60;
/** A cgroup without a limit may say the most that fits. */
const NO_LIMIT_BYTES = 2 ** 60;

/** Asks for the numbers of all containers of a host; of their course only what is new. */
export class NumbersSource {
  #held: { readonly host: string; readonly from: number; readonly to: number; readonly matrix: readonly MatrixSeries[] } | undefined;

  /** The numbers at `at` (unix seconds). Throws an `ApiError` and keeps what it held. */
  async load(client: MetricsClient, host: string, at: number, signal: AbortSignal): Promise<NumbersById> {
    const from = Math.ceil((at - SPARK_SECONDS) / SPARK_STEP) * SPARK_STEP;
    const to = Math.floor(at / SPARK_STEP) * SPARK_STEP;
    const [samples, matrix] = await Promise.all([client.instant(containerNumbers(host), at, signal), this.#course(client, host, from, to, signal)]);
    this.#held = { host, from, to, matrix };
    return joinNumbers(samples, matrix, { from, to });
  }

  async #course(client: MetricsClient, host: string, from: number, to: number, signal: AbortSignal): Promise<readonly MatrixSeries[]> {
    const held = this.#held;
    const query = containerCpuOverTime(host, SPARK_STEP);
    const isGrowth = held !== undefined && held.host === host && held.from <= from && held.to >= from && held.to <= to;
    if (!isGrowth) return client.range({ query, start: from, end: to, step: SPARK_STEP }, signal);
    if (held.to === to) return joinTail(held.matrix, [], from);
    return joinTail(held.matrix, await client.range({ query, start: held.to + SPARK_STEP, end: to, step: SPARK_STEP }, signal), from);
  }
}

/** Puts the answers together, by the id in each cgroup's path. */
export function joinNumbers(samples: readonly VectorSample[], matrix: readonly MatrixSeries[], grid: { readonly from: number; readonly to: number }): NumbersById {
  const found = new Map<string, Partial<Record<NumberKind, number>>>();
  for (const { metric, value } of samples) {
    const id = idOf(metric["id"]);
    if (id === undefined) continue;
    found.set(id, { ...found.get(id), [metric["what"] as NumberKind]: value });
  }
  const sparks = new Map(align(matrix, grid.from, grid.to, SPARK_STEP).series.map((series) => [idOf(series.metric["id"]), series.values]));
  const ids = new Set([...found.keys(), ...sparks.keys()]);
  return new Map([...ids].filter((id): id is string => id !== undefined).map((id) => [id, toNumbers(found.get(id) ?? {}, sparks.get(id) ?? [])]));
}

function toNumbers(found: Partial<Record<NumberKind, number>>, course: readonly (number | null)[]): ContainerNumbers {
  const { limit } = found;
  const hasLimit = limit !== undefined && limit > 0 && limit < NO_LIMIT_BYTES;
  return {
    cpuCores: found.cpu,
    spark: found.cpu === undefined ? course : [...course, found.cpu],
    memoryBytes: found.memory,
    limitBytes: hasLimit ? limit : undefined,
    restarts: found.restarts ?? 0,
    ooms: found.ooms ?? 0,
  };
}

/** The 64 digits in a cgroup's path, whatever stands around them. */
function idOf(path: string | undefined): string | undefined {
  return /[0-9a-f]{64}/.exec(path ?? "")?.[0];
}
