import type { LogAnswer, LogsClient } from "../api/loki";
import { refusalOf } from "../api/types";
import { Cell } from "../cell";
import type { RefreshContext, RefreshTask } from "../refresh";
import type { Timers } from "../time/clock";
import { resolveRange, type Span, type TimeRange } from "../time/range";
import { loadAround, type Surrounding } from "./around";
import { fitting } from "./bounds";
import { type LogLine, newestFirst, toLine } from "./line";
import { type Identity, identityBy, mergeNewer } from "./merge";
import { addNs, nsOfSeconds, type Ns } from "./ns";
import { loadPage, PAGE_LINES } from "./older";
import { type Answer, type Emptiness, initialState, LIVE_OFF, type Live, type LogsState, type Older } from "./state";
import { readStructure } from "./structure";
import { type OpenSocket, Tail } from "./tail";
import { planVolume, shapeVolume } from "./volume";
import { Waiting } from "./waiting";

/** A live range ends this much after the instant of the refresh, in seconds, so that the newest lines are in it. */
const AHEAD_SECONDS = 2;

/** Where nothing is found, this much of the past is searched for the newest line, in seconds. */
const SEARCHED_BACK_SECONDS = 7 * 86400;

/** Lines kept while paused. */
const MOST_WAITING = 5000;

/** Keeps the state of the page Logs: the lines of a query, their volume, and what is new. */
export class LogsTask implements RefreshTask {
  readonly state: Cell<LogsState>;
  readonly #client: LogsClient;
  readonly #timers: Timers;
  readonly #openSocket: OpenSocket;
  readonly #range: () => TimeRange;
  readonly #requestRefresh: () => void;
  readonly #counted: string | undefined;
  #waiting = new Waiting(MOST_WAITING);
  #tail: Tail | undefined;
  /** Query and range whose lines are shown; empty when they must be asked for. */
  #shown = "";
  /** Goes up with every answer that replaces the lines, so that what belongs to older ones is dropped. */
  #generation = 0;
  #start: Ns = "0";

  constructor(options: {
    client: LogsClient;
    timers: Timers;
    openSocket: OpenSocket;
    range: () => TimeRange;
    requestRefresh: () => void;
    query: string;
    /** Whose lines the volume counts, where that is not always the query shown. */
    counted?: string;
  }) {
    this.#client = options.client;
    this.#timers = options.timers;
    this.#openSocket = options.openSocket;
    this.#range = options.range;
    this.#requestRefresh = options.requestRefresh;
    this.#counted = options.counted;
    this.state = new Cell(initialState(options.query));
  }

  /** Asks a query, also when it is the one shown. */
  run(query: string): void {
    this.#shown = "";
    this.state.update((state) => ({ ...state, query }));
    this.#requestRefresh();
  }

  async refresh(context: RefreshContext): Promise<void> {
    const range = this.#range();
    const { query } = this.state.get();
    const span = resolveRange(range, context.at);
    const wanted = JSON.stringify([query, range]);
    const isNew = wanted !== this.#shown;
    // The past does not change; of the present, the tail brings the lines.
    if (!isNew && range.kind === "fixed") return;
    const jobs = [this.#loadVolume(this.#counted ?? query, span, isNew, context.signal)];
    if (isNew) jobs.push(this.#loadLines(query, span, wanted, context));
    await Promise.all(jobs);
  }

  isInHurry(): boolean {
    return false;
  }

  /** Ends the live tail for good. */
  close(): void {
    this.#tail?.close();
    this.#tail = undefined;
  }

  /** The page stands still; what comes waits. */
  pause(): void {
    if (this.state.get().live.status === "off") return;
    this.#setLive({ isPaused: true });
  }

  /** Shows what has waited and follows again. */
  resume(): void {
    const waiting = this.#waiting;
    this.#waiting = new Waiting(MOST_WAITING);
    this.#setLive({ isPaused: false, waiting: 0 });
    if (waiting.isIncomplete) this.run(this.state.get().query);
    else this.#show(waiting.lines);
  }

  /** Asks for the next older lines, if there are any. */
  async loadOlder(): Promise<void> {
    const { answer, query } = this.state.get();
    if (answer.status !== "lines" || (answer.older !== "there" && answer.older !== "failed")) return;
    const generation = this.#generation;
    this.#setOlder("loading");
    try {
      const page = await loadPage(this.#client, { query, start: this.#start, lines: answer.lines, identity: this.#identity() });
      if (generation === this.#generation) this.#append(page.lines, page.hasMore);
    } catch {
      if (generation === this.#generation) this.#setOlder("failed");
    }
  }

  /** The neighbours of a line in its stream. */
  around(line: LogLine): Promise<Surrounding> {
    return loadAround(this.#client, line, { streamLabels: this.state.get().streamLabels, identity: this.#identity() });
  }

  async #loadLines(query: string, span: Span, wanted: string, { at, signal }: RefreshContext): Promise<void> {
    const isLive = this.#range().kind === "live";
    const start = nsOfSeconds(span.from);
    const end = nsOfSeconds(isLive ? at + AHEAD_SECONDS : span.to);
    try {
      const [answer, labels] = await Promise.all([
        this.#client.lines({ query, start, end, limit: PAGE_LINES, direction: "backward" }, signal),
        this.#client.labels(start, end, signal),
      ]);
      if (signal.aborted) return;
      this.#shown = wanted;
      this.#start = start;
      this.state.update((state) => ({ ...state, span, streamLabels: new Set(labels) }));
      this.#replace(toAnswer(answer));
      if (answer.kind !== "lines") return;
      if (isLive) this.#follow(query, end);
      if (answer.entries.length === 0) await this.#explainEmptiness(query, start, end, signal);
    } catch (thrown) {
      const error = refusalOf(thrown);
      if (signal.aborted) return;
      this.#shown = wanted;
      this.#replace({ status: "failed", error });
    }
  }

  async #explainEmptiness(query: string, start: Ns, end: Ns, signal: AbortSignal): Promise<void> {
    const generation = this.#generation;
    const from = addNs(start, -BigInt(SEARCHED_BACK_SECONDS) * 1_000_000_000n);
    const names = await this.#client.labels(from, end, signal);
    const newest = names.length === 0 ? undefined : await this.#client.lines({ query, start: from, end: start, limit: 1, direction: "backward" }, signal);
    if (signal.aborted || generation !== this.#generation) return;
    const last = newest?.kind === "lines" ? newest.entries[0]?.ts : undefined;
    const emptiness: Emptiness = names.length === 0 ? { kind: "store" } : last === undefined ? { kind: "query" } : { kind: "range", newest: last };
    this.#updateLines((answer) => ({ ...answer, emptiness }));
  }

  async #loadVolume(query: string, span: Span, isNew: boolean, signal: AbortSignal): Promise<void> {
    // Numbers have no lines to count; the answer to the query itself says so.
    if (!readStructure(query).asksForLines) {
      this.state.update((state) => ({ ...state, volume: { status: "loading" } }));
      return;
    }
    const plan = planVolume(query, span);
    try {
      const request = { query: plan.query, start: nsOfSeconds(plan.start), end: nsOfSeconds(plan.end), step: plan.step };
      const matrix = await this.#client.matrix(request, signal);
      if (!signal.aborted) this.state.update((state) => ({ ...state, volume: { status: "ready", volume: shapeVolume(matrix, plan, span) } }));
    } catch (thrown) {
      const error = refusalOf(thrown);
      // Bars that were right a moment ago stay when only a refresh failed.
      if (!signal.aborted && isNew) this.state.update((state) => ({ ...state, volume: { status: "failed", error } }));
    }
  }

  #replace(answer: Answer): void {
    this.#generation += 1;
    this.close();
    this.#waiting = new Waiting(MOST_WAITING);
    this.state.update((state) => ({ ...state, answer, live: LIVE_OFF }));
  }

  #follow(query: string, end: Ns): void {
    const tail = new Tail({
      open: this.#openSocket,
      timers: this.#timers,
      query,
      identity: this.#identity(),
      listener: {
        onLines: (lines) => this.#take(lines),
        onStatus: (status) => this.#setLive({ status }),
        onRate: (perSecond) => this.#setLive({ perSecond }),
        onDropped: (lines) => this.#setLive({ dropped: this.state.get().live.dropped + lines }),
      },
    });
    this.#tail = tail;
    // Before `end`, since the clocks of server and page may differ by a little.
    tail.start(() => this.#atHand(), addNs(end, -5_000_000_000n));
  }

  #atHand(): readonly LogLine[] {
    const { answer } = this.state.get();
    return mergeNewer(this.#waiting.lines, answer.status === "lines" ? answer.lines : []);
  }

  #take(lines: readonly LogLine[]): void {
    if (this.state.get().live.isPaused) {
      this.#waiting.add(lines);
      this.#setLive({ waiting: this.#waiting.count });
    } else {
      this.#show(newestFirst([...lines].reverse()));
    }
  }

  #show(fresh: readonly LogLine[]): void {
    if (fresh.length === 0) return;
    this.#updateLines((answer) => {
      const merged = mergeNewer(fresh, answer.lines);
      const kept = fitting(merged);
      const older = kept < merged.length && answer.older === "none" ? "there" : answer.older;
      return { ...answer, lines: kept < merged.length ? merged.slice(0, kept) : merged, older, emptiness: undefined };
    });
  }

  #append(lines: readonly LogLine[], hasMore: boolean): void {
    this.#updateLines((answer) => {
      const all = [...answer.lines, ...lines];
      const kept = fitting(all);
      const isFull = kept < all.length || (hasMore && fitting([...all, ...all.slice(0, 1)]) === all.length);
      return { ...answer, lines: all.slice(0, kept), older: isFull ? "too many" : hasMore ? "there" : "none" };
    });
  }

  #identity(): Identity {
    return identityBy(this.state.get().streamLabels);
  }

  #setOlder(older: Older): void {
    this.#updateLines((answer) => ({ ...answer, older }));
  }

  #setLive(change: Partial<Live>): void {
    const before = this.state.get().live;
    const isSame = Object.entries(change).every(([name, value]) => before[name as keyof Live] === value);
    if (!isSame) this.state.update((state) => ({ ...state, live: { ...state.live, ...change } }));
  }

  #updateLines(change: (answer: LinesAnswer) => LinesAnswer): void {
    const { answer } = this.state.get();
    if (answer.status === "lines") this.state.update((state) => ({ ...state, answer: change(answer) }));
  }
}

type LinesAnswer = Extract<Answer, { status: "lines" }>;

function toAnswer(answer: LogAnswer): Answer {
  if (answer.kind === "numbers") return { status: "numbers" };
  const lines = newestFirst(answer.entries.map(toLine));
  return { status: "lines", lines, older: lines.length >= PAGE_LINES ? "there" : "none", cost: answer.cost, emptiness: undefined };
}
