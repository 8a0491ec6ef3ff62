import type { MetricsClient } from "../api/client";
import { type Labels, refusalOf } from "../api/types";
import { Cell } from "../cell";
import type { ChartState } from "../home/state";
import type { RefreshContext, RefreshTask } from "../refresh";
import type { Frame, FrameSeries } from "../series/frame";
import { ChartSource } from "../series/source";
import { resolveRange, type TimeRange } from "../time/range";
import type { Entry } from "./board";
import { expressionOfUrl, type Measured, measured } from "./expression";
import { isPartOf } from "./rule";

/** So many different expressions are drawn at once; an installation with more alerts has other worries. */
const MOST_QUERIES = 12;

/** The expression behind an entry, cut at its threshold; undefined where neither rule nor address tell it. */
export function measuredOf({ origin, alert }: Entry): Measured | undefined {
  const expression = origin?.rule.query ?? expressionOfUrl(alert.generatorUrl);
  return expression === undefined || expression.trim() === "" ? undefined : measured(expression);
}

/** The courses behind alerts, by query. One question per expression: of its series each alert takes its own. */
export class CoursesTask implements RefreshTask {
  readonly state = new Cell<ReadonlyMap<string, ChartState>>(new Map());
  readonly #client: MetricsClient;
  readonly #range: () => TimeRange;
  readonly #sources = new Map<string, ChartSource>();
  #wanted: readonly string[] = [];
  #last: RefreshContext | undefined;

  constructor(client: MetricsClient, range: () => TimeRange) {
    this.#client = client;
    this.#range = range;
  }

  /** Says which queries are in view. What is new is asked for at once. */
  want(queries: readonly string[]): void {
    const before = new Set(this.#wanted);
    this.#wanted = [...new Set(queries)].slice(0, MOST_QUERIES);
    const last = this.#last;
    const added = this.#wanted.filter((query) => !before.has(query));
    if (last === undefined || last.signal.aborted || added.length === 0) return;
    Promise.all(added.map((query) => this.#load(query, last))).catch(() => undefined);
  }

  async refresh(context: RefreshContext): Promise<void> {
    this.#last = context;
    await Promise.all(this.#wanted.map((query) => this.#load(query, context)));
  }

  isInHurry(): boolean {
    return false;
  }

  async #load(query: string, { at, signal }: RefreshContext): Promise<void> {
    const source = this.#sources.get(query) ?? new ChartSource({ query: () => query, shape: ({ times, series }) => ({ times, series: series.map(lineOf) }) });
    this.#sources.set(query, source);
    const span = resolveRange(this.#range(), at);
    try {
      const frame = await source.load(this.#client, "", span, signal);
      this.#set(query, { status: "ready", frame, span }, signal);
    } catch (thrown) {
      const error = refusalOf(thrown);
      this.#set(query, { status: "failed", error }, signal);
    }
  }

  #set(query: string, chart: ChartState, signal: AbortSignal): void {
    if (!signal.aborted) this.state.update((charts) => new Map(charts).set(query, chart));
  }
}

/** The key of a line is its labels. */
function lineOf({ metric, values }: { readonly metric: Labels; readonly values: readonly (number | null)[] }): FrameSeries {
  const { __name__: _, ...labels } = metric;
  return { key: JSON.stringify(labels), colour: "c6", values };
}

/** The line of an alert: the one whose labels it bears, the most telling one where there are several. */
export function courseOf(frame: Frame, labels: Labels): Frame {
  const fitting = frame.series
    .map((series) => ({ series, own: JSON.parse(series.key) as Labels }))
    .filter(({ own }) => isPartOf(own, labels))
    .sort((a, b) => Object.keys(b.own).length - Object.keys(a.own).length);
  const best = fitting[0]?.series;
  return { times: frame.times, series: best === undefined ? [] : [{ ...best, key: "value" }] };
}
