import type { MetricsClient } from "../api/client";
import type { MatrixSeries } from "../api/types";
import { align, type Aligned, type Frame } from "./frame";
import { asMatrix, joinTail } from "./tail";
import type { Span } from "../time/range";
import { chooseStep, rateWindow } from "../time/step";

/** A question over time and what its answer looks like. */
export interface SourceSpec {
  /** `subject` is what is asked about, such as a host's `instance`; `window` of `rate()` and `step` of the grid are seconds. */
  query(subject: string, window: number, step: number): string;
  shape(aligned: Aligned): Frame;
}

/** Steps up to this many seconds need no extra newest point: the grid is fresh enough by itself. */
const FRESH_STEP = 15;

interface Held {
  readonly query: string;
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly matrix: readonly MatrixSeries[];
}

/**
 * The data behind one chart. Points lie on a grid of whole steps, so they stand still between refreshes,
 * and a refresh asks only for the grid points that are new, plus the value at the newest instant where a
 * step is long.
 */
export class ChartSource {
  readonly #spec: SourceSpec;
  #held: Held | undefined;

  constructor(spec: SourceSpec) {
    this.#spec = spec;
  }

  /** What to draw for a span. Throws an `ApiError` and keeps what it held. */
  async load(client: MetricsClient, subject: string, span: Span, signal: AbortSignal): Promise<Frame> {
    const step = chooseStep(span.to - span.from);
    const query = this.#spec.query(subject, rateWindow(step), step);
    const from = Math.ceil(span.from / step) * step;
    const to = Math.floor(span.to / step) * step;
    const [grid, newest] = await Promise.all([
      this.#loadGrid(client, { query, step, from, to }, signal),
      step > FRESH_STEP && span.to > to ? client.instant(query, span.to, signal) : Promise.resolve([]),
    ]);
    this.#held = { query, step, from, to, matrix: grid };
    const withNewest = joinTail(grid, asMatrix(newest), from);
    return this.#spec.shape(align(withNewest, from, to, step));
  }

  async #loadGrid(
    client: MetricsClient,
    want: Omit<Held, "matrix">,
    signal: AbortSignal,
  ): Promise<readonly MatrixSeries[]> {
    const held = this.#held;
    const isGrowth =
      held !== undefined && held.query === want.query && held.step === want.step && held.from <= want.from && want.to >= held.to;
    if (!isGrowth || held.to < want.from) {
      return client.range({ query: want.query, start: want.from, end: want.to, step: want.step }, signal);
    }
    if (held.to === want.to) return joinTail(held.matrix, [], want.from);
    const start = held.to + want.step;
    const tail = await client.range({ query: want.query, start, end: want.to, step: want.step }, signal);
    return joinTail(held.matrix, tail, want.from);
  }
}
