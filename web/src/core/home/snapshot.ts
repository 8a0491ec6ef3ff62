import type { Labels, VectorSample } from "../api/types";
import type { SnapshotMetric } from "../queries/node";

/** The plain gauges of a host at one instant. */
export class Snapshot {
  readonly #samples: readonly VectorSample[];

  constructor(samples: readonly VectorSample[]) {
    this.#samples = samples;
  }

  all(name: SnapshotMetric): readonly VectorSample[] {
    return this.#samples.filter((sample) => sample.metric["__name__"] === name);
  }

  /** The value of a metric that a host has once; undefined where it is missing. */
  value(name: SnapshotMetric): number | undefined {
    return this.all(name)[0]?.value;
  }

  labels(name: SnapshotMetric): Labels | undefined {
    return this.all(name)[0]?.metric;
  }
}
