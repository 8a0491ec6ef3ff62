import type { MetricsClient } from "../api/client";
import { type ApiError, toApiError, type VectorSample } from "../api/types";
import { networkOutTotal, snapshot, threadCount } from "../queries/node";
import type { Host } from "./host";
import { Snapshot } from "./snapshot";
import type { Reading, Readings } from "./state";
import { type TileId, TILES, tilesOf } from "./tiles";

/**
 * Asks for every number of the page at one instant. A refused query leaves its number out and is
 * reported in `error`; an unreachable server or a given-up request throws an `ApiError`.
 */
export async function loadReadings(
  client: MetricsClient,
  host: Host,
  instant: { readonly at: number; readonly isLive: boolean },
  signal: AbortSignal,
): Promise<Readings> {
  const queries = new Map(tilesOf(host).map((id) => [id, TILES[id].query(host.instance)] as const));
  const asks = [
    ...queries.values(),
    snapshot(host.instance),
    threadCount(host.instance),
    networkOutTotal(host.instance),
  ];
  const answers = await Promise.all(asks.map((query) => ask(client, query, instant.at, signal)));
  const [gauges, threads, networkOut] = answers.slice(queries.size);
  return {
    ...instant,
    queries,
    tiles: toTiles(queries, answers),
    snapshot: new Snapshot(gauges?.samples ?? []),
    threads: threads?.samples[0]?.value,
    networkOut: networkOut?.samples[0]?.value,
    error: answers.find((answer) => answer.error !== undefined)?.error,
  };
}

interface Answer {
  readonly samples: readonly VectorSample[];
  readonly error: ApiError | undefined;
}

async function ask(client: MetricsClient, query: string, at: number, signal: AbortSignal): Promise<Answer> {
  try {
    return { samples: await client.instant(query, at, signal), error: undefined };
  } catch (thrown) {
    const error = toApiError(thrown);
    if (error.kind === "unreachable" || error.kind === "aborted") throw error;
    return { samples: [], error };
  }
}

function toTiles(queries: ReadonlyMap<TileId, string>, answers: readonly Answer[]): Map<TileId, Reading> {
  const tiles = new Map<TileId, Reading>();
  [...queries].forEach(([id, query], i) => {
    const sample = answers[i]?.samples[0];
    if (sample !== undefined) tiles.set(id, { query, value: sample.value, raw: sample.raw, metric: sample.metric });
  });
  return tiles;
}
