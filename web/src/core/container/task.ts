import type { MetricsClient } from "../api/client";
import { type Attempt, attempt, refusalOf, type VectorSample } from "../api/types";
import { Cell } from "../cell";
import type { ChartState, Reading } from "../home/state";
import * as queries from "../queries/container";
import type { RefreshContext, RefreshTask } from "../refresh";
import { ChartSource } from "../series/source";
import { rangeSeconds, resolveRange, type Span, type TimeRange } from "../time/range";
import { CONTAINER_CHARTS, type ContainerChartId } from "./charts";
import { type ContainerPageState, type ContainerReadings, INITIAL_CONTAINER_STATE } from "./state";
import { CONTAINER_TILE_IDS, CONTAINER_TILES, type ContainerTileId } from "./tiles";

const CHART_IDS = Object.keys(CONTAINER_CHARTS) as ContainerChartId[];

/** A cgroup without a limit may say the most that fits. */
const NO_LIMIT_BYTES = 2 ** 60;

/** Where a container has no numbers in the range, this much of the past, in seconds, is searched for the last ones. */
const SEARCHED_BACK_SECONDS = 7 * 86400;

/** Keeps the numbers and the charts of one container. */
export class ContainerTask implements RefreshTask {
  readonly state = new Cell<ContainerPageState>(INITIAL_CONTAINER_STATE);
  readonly #client: MetricsClient;
  readonly #range: () => TimeRange;
  readonly #subject: string;
  readonly #sources: Record<ContainerChartId, ChartSource>;

  /** `subject` is the matchers of its series. */
  constructor(client: MetricsClient, range: () => TimeRange, subject: string) {
    this.#client = client;
    this.#range = range;
    this.#subject = subject;
    this.#sources = {
      cpu: new ChartSource(CONTAINER_CHARTS.cpu),
      memory: new ChartSource(CONTAINER_CHARTS.memory),
      network: new ChartSource(CONTAINER_CHARTS.network),
      disk: new ChartSource(CONTAINER_CHARTS.disk),
    };
  }

  async refresh({ at, signal }: RefreshContext): Promise<void> {
    const range = this.#range();
    const span = resolveRange(range, at);
    const instant = { at: range.kind === "live" ? at : Math.min(span.to, at), isLive: range.kind === "live" };
    const readings = this.#loadReadings(instant, rangeSeconds(range), signal).then((loaded) => {
      if (!signal.aborted) this.state.update((state) => ({ ...state, readings: loaded }));
    });
    await Promise.all([readings, ...CHART_IDS.map((id) => this.#loadChart(id, span, signal))]);
  }

  isInHurry(): boolean {
    return false;
  }

  async #loadReadings(instant: { at: number; isLive: boolean }, seconds: number, signal: AbortSignal): Promise<ContainerReadings> {
    const subject = this.#subject;
    const ask = (query: string) => attempt(() => this.#client.instant(query, instant.at, signal));
    const asked = new Map(CONTAINER_TILE_IDS.map((id) => [id, CONTAINER_TILES[id].query(subject, seconds)] as const));
    const extras = [
      queries.containerMemoryLimit(subject, seconds),
      queries.containerCores(subject),
      queries.containerNetworkOut(subject),
      queries.containerDiskWrite(subject),
      queries.restartsInAll(subject),
    ];
    const answers = await Promise.all([...asked.values(), ...extras].map(ask));
    const tiles = toTiles(asked, answers);
    const last = tiles.has("memory") ? undefined : await ask(queries.lastSeenWithin(subject, SEARCHED_BACK_SECONDS));
    const value = (i: number) => answers[asked.size + i]?.value?.[0]?.value;
    const limit = value(0);
    return {
      ...instant,
      queries: asked,
      tiles,
      memoryLimit: limit !== undefined && limit > 0 && limit < NO_LIMIT_BYTES ? limit : undefined,
      cores: value(1),
      networkOut: value(2),
      diskWrite: value(3),
      restartsInAll: value(4),
      lastSeen: tiles.has("memory") ? instant.at : last?.value?.[0]?.value,
      error: answers.find((answer) => answer.error !== undefined)?.error,
    };
  }

  async #loadChart(id: ContainerChartId, span: Span, signal: AbortSignal): Promise<void> {
    try {
      const frame = await this.#sources[id].load(this.#client, this.#subject, span, signal);
      this.#setChart(id, { status: "ready", frame, span }, signal);
    } catch (thrown) {
      const error = refusalOf(thrown);
      this.#setChart(id, { status: "failed", error }, signal);
    }
  }

  #setChart(id: ContainerChartId, chart: ChartState, signal: AbortSignal): void {
    if (!signal.aborted) this.state.update((state) => ({ ...state, charts: { ...state.charts, [id]: chart } }));
  }
}

type Answer = Attempt<readonly VectorSample[]>;

function toTiles(asked: ReadonlyMap<ContainerTileId, string>, answers: readonly Answer[]): Map<ContainerTileId, Reading> {
  const tiles = new Map<ContainerTileId, Reading>();
  [...asked].forEach(([id, query], i) => {
    const sample = answers[i]?.value?.[0];
    if (sample !== undefined) tiles.set(id, { query, value: sample.value, raw: sample.raw, metric: sample.metric });
  });
  return tiles;
}
