import type { MetricsClient } from "../api/client";
import { type Attempt, attempt, type VectorSample } from "../api/types";
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
  const answers = await Promise.all(asks.map((query) => attempt(() => client.instant(query, instant.at, signal))));
  const [gauges, threads, networkOut] = answers.slice(queries.size);
  return {
    ...instant,
    queries,
    tiles: toTiles(queries, answers),
    snapshot: new Snapshot(gauges?.value ?? []),
    threads: threads?.value?.[0]?.value,
    networkOut: networkOut?.value?.[0]?.value,
    error: answers.find((answer) => answer.error !== undefined)?.error,
  };
}

type Answer = Attempt<readonly VectorSample[]>;

function toTiles(queries: ReadonlyMap<TileId, string>, answers: readonly Answer[]): Map<TileId, Reading> {
  const tiles = new Map<TileId, Reading>();
  [...queries].forEach(([id, query], i) => {
    const sample = answers[i]?.value?.[0];
    if (sample !== undefined) tiles.set(id, { query, value: sample.value, raw: sample.raw, metric: sample.metric });
  });
  return tiles;
}
