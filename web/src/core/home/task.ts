import type { MetricsClient } from "../api/client";
import { refusalOf, toApiError } from "../api/types";
import { Cell } from "../cell";
import type { RefreshContext, RefreshTask } from "../refresh";
import { resolveRange, type Span, type TimeRange } from "../time/range";
import { type ChartId, CHARTS, chartsOf } from "./charts";
import { findHost, type Host } from "./host";
import { loadReadings } from "./readings";
import { ChartSource } from "../series/source";
import { type ChartState, type HomeState, INITIAL_HOME_STATE } from "./state";

/** The host is looked up anew this often, in seconds. */
const HOST_TRUSTED_FOR = 300;

/** So long, in seconds, a page without any host asks often for the first one. */
const AWAITED_FOR = 60;

/** With less history than this, in seconds, every reading is a visible part of the picture. */
const THIN_HISTORY_SECONDS = 15;

/** A chart of a host that has just been met spans at least this much, in seconds. */
const LEAST_SPAN_SECONDS = 30;

/** Keeps what is shown of a host: which one, its numbers, its charts. */
export class HomeTask implements RefreshTask {
  readonly state = new Cell<HomeState>(INITIAL_HOME_STATE);
  readonly #client: MetricsClient;
  readonly #range: () => TimeRange;
  readonly #instance: string | undefined;
  readonly #sources = new Map<ChartId, ChartSource>();
  readonly #watchers = new Map<ChartId, number>();
  /** Spans being asked for, so that a chart coming into view does not ask for the same again. */
  readonly #loading = new Map<ChartId, Span>();
  #hostAt = Number.NEGATIVE_INFINITY;
  #firstAt: number | undefined;
  #last: RefreshContext | undefined;

  /** Without an `instance` it is about the host with the newest reading. */
  constructor(client: MetricsClient, range: () => TimeRange, instance?: string) {
    this.#client = client;
    this.#range = range;
    this.#instance = instance;
  }

  async refresh(context: RefreshContext): Promise<void> {
    this.#last = context;
    this.#firstAt ??= context.at;
    const host = await this.#findHost(context);
    if (host === null || context.signal.aborted) return;
    const live = this.#range().kind === "live";
    const span = this.#spanOf(host, context.at);
    const dataSince = host.oldestReading > span.to - this.#rangeLength() ? host.oldestReading : undefined;
    const instant = { at: live ? context.at : Math.min(span.to, context.at), isLive: live };
    const readings = loadReadings(this.#client, host, instant, context.signal).then((loaded) => {
      if (context.signal.aborted) return;
      const newest = loaded.snapshot.value("node_time_seconds");
      // A host that has fallen silent may have come back under another name.
      if (newest === undefined && live) this.#hostAt = Number.NEGATIVE_INFINITY;
      this.state.update((state) => ({ ...state, readings: loaded, dataSince }));
    });
    const charts = chartsOf(host).filter((id) => this.#isWatched(id));
    await Promise.all([readings, ...charts.map((id) => this.#loadChart(id, host, span, context.signal))]);
  }

  isInHurry(): boolean {
    const host = this.state.get().host;
    const last = this.#last?.at;
    if (host === undefined || last === undefined || this.#range().kind === "fixed") return false;
    if (host === null) return last - (this.#firstAt ?? last) < AWAITED_FOR;
    return last - host.oldestReading < THIN_HISTORY_SECONDS;
  }

  /** Says that a chart is in view, so that it is kept up to date until the result is called. */
  watch(id: ChartId): () => void {
    this.#watchers.set(id, (this.#watchers.get(id) ?? 0) + 1);
    this.#catchUp(id);
    return () => this.#watchers.set(id, (this.#watchers.get(id) ?? 1) - 1);
  }

  #isWatched(id: ChartId): boolean {
    return (this.#watchers.get(id) ?? 0) > 0;
  }

  /** A chart that comes into view between two refreshes gets the data of the last one. */
  #catchUp(id: ChartId): void {
    const { host, readings } = this.state.get();
    const last = this.#last;
    if (host === null || host === undefined || readings === undefined || last === undefined || last.signal.aborted) return;
    const span = this.#spanOf(host, last.at);
    const chart = this.state.get().charts[id];
    const isThere = chart.status === "ready" && isSameSpan(chart.span, span);
    if (isThere || isSameSpan(this.#loading.get(id), span)) return;
    this.#loadChart(id, host, span, last.signal).catch(() => undefined);
  }

  async #findHost(context: RefreshContext): Promise<Host | null> {
    const known = this.state.get().host;
    // What a host has is only known once its first readings are complete.
    const trustedFor = this.isInHurry() ? 0 : HOST_TRUSTED_FOR;
    if (known !== undefined && known !== null && context.at - this.#hostAt < trustedFor) return known;
    try {
      const host = await findHost(this.#client, context.at, context.signal, this.#instance);
      this.#hostAt = context.at;
      if (host?.instance !== known?.instance) this.#sources.clear();
      this.state.update((state) => ({ ...state, host, hostError: undefined }));
      return host;
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.kind === "query" || error.kind === "malformed") {
        this.state.update((state) => ({ ...state, hostError: error }));
      }
      throw error;
    }
  }

  async #loadChart(id: ChartId, host: Host, span: Span, signal: AbortSignal): Promise<void> {
    this.#loading.set(id, span);
    try {
      const frame = await this.#sourceOf(id).load(this.#client, host.instance, span, signal);
      this.#setChart(id, { status: "ready", frame, span }, signal);
    } catch (thrown) {
      const error = refusalOf(thrown);
      this.#setChart(id, { status: "failed", error }, signal);
    } finally {
      if (this.#loading.get(id) === span) this.#loading.delete(id);
    }
  }

  #setChart(id: ChartId, chart: ChartState, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.state.update((state) => ({ ...state, charts: { ...state.charts, [id]: chart } }));
  }

  #sourceOf(id: ChartId): ChartSource {
    const known = this.#sources.get(id);
    if (known !== undefined) return known;
    const source = new ChartSource(CHARTS[id]);
    this.#sources.set(id, source);
    return source;
  }

  #rangeLength(): number {
    const range = this.#range();
    return range.kind === "live" ? range.seconds : 0;
  }

  /**
   * A live range of a host that has not been known as long begins with its first reading; where one host is asked for by
   * name, other things stand on the same time axis, and it is left alone.
   */
  #spanOf(host: Host, at: number): Span {
    const range = this.#range();
    const span = resolveRange(range, at);
    if (range.kind === "fixed" || this.#instance !== undefined) return span;
    const since = Math.min(host.oldestReading, at - LEAST_SPAN_SECONDS);
    return { from: Math.max(span.from, since), to: span.to };
  }
}

function isSameSpan(a: Span | undefined, b: Span): boolean {
  return a !== undefined && a.from === b.from && a.to === b.to;
}
