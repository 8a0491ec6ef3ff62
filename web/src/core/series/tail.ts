import type { Labels, MatrixSeries, VectorSample } from "../api/types";

/**
 * Joins a range already held with the part fetched since, and drops what lies before `from`.
 * Where both have an instant, the newer fetch wins. Series without points left disappear.
 */
export function joinTail(
  held: readonly MatrixSeries[],
  tail: readonly MatrixSeries[],
  from: number,
): readonly MatrixSeries[] {
  const joined = new Map<string, MatrixSeries>();
  for (const line of held) joined.set(identity(line.metric), line);
  for (const line of tail) {
    const before = joined.get(identity(line.metric));
    joined.set(identity(line.metric), before === undefined ? line : append(before, line));
  }
  return [...joined.values()].map((line) => cutBefore(line, from)).filter((line) => line.times.length > 0);
}

/** An instant vector as a matrix of one point each, so that it can be joined. */
export function asMatrix(samples: readonly VectorSample[]): readonly MatrixSeries[] {
  return samples.map((sample) => ({ metric: sample.metric, times: [sample.time], values: [sample.value] }));
}

function append(before: MatrixSeries, after: MatrixSeries): MatrixSeries {
  const first = after.times[0];
  if (first === undefined) return before;
  const kept = before.times.findIndex((time) => time >= first - 0.0005);
  const count = kept === -1 ? before.times.length : kept;
  return {
    metric: before.metric,
    times: [...before.times.slice(0, count), ...after.times],
    values: [...before.values.slice(0, count), ...after.values],
  };
}

function cutBefore(line: MatrixSeries, from: number): MatrixSeries {
  const first = line.times.findIndex((time) => time >= from - 0.0005);
  if (first === 0) return line;
  if (first === -1) return { metric: line.metric, times: [], values: [] };
  return { metric: line.metric, times: line.times.slice(first), values: line.values.slice(first) };
}

function identity(metric: Labels): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}
