import { ApiError, toApiError } from "./api/types";
import { Cell } from "./cell";
import type { ServerClock, Timers } from "./time/clock";

/** Refresh intervals on offer, in seconds; 0 is off. */
export const INTERVALS = [0, 5, 15, 30, 60] as const;

export const DEFAULT_INTERVAL = 15;

/** While the first numbers come in, the page asks this often, in seconds. */
const HURRY_INTERVAL = 2;

/** Waits after an unanswered request, in seconds; the last one repeats. */
const RETRY_DELAYS = [2, 4, 8, 15] as const;

/**
 * Queries are evaluated this much before now, in seconds: by then every reading with an earlier
 * time stamp has been stored, so the same query at the same instant always has the same answer.
 */
const SETTLING_SECONDS = 1;

/** What one refresh is about. */
export interface RefreshContext {
  /** Unix seconds on the server's clock at which everything is evaluated, in whole milliseconds. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/** Something on the page that wants new data at each refresh. */
export interface RefreshTask {
  /** Throws only what concerns the whole page, such as an unreachable server. */
  refresh(context: RefreshContext): Promise<void>;
  /** Whether data is still so thin that waiting a whole interval would show. */
  isInHurry(): boolean;
}

/** Whether the server answers. Times are unix seconds of this device. */
export type Connection =
  | { readonly status: "connecting" }
  | { readonly status: "online"; readonly refreshedAt: number }
  | { readonly status: "offline"; readonly refreshedAt: number | undefined; readonly retryAt: number };

/** Runs all tasks of the page together, again and again, with one instant for all. */
export class Refresher {
  readonly connection = new Cell<Connection>({ status: "connecting" });
  readonly interval: Cell<number>;
  /** Whether the page is seen. */
  readonly visible = new Cell(true);
  readonly #timers: Timers;
  readonly #clock: ServerClock;
  readonly #askServerTime: (signal: AbortSignal) => Promise<number>;
  readonly #tasks = new Set<RefreshTask>();
  #cancelTimer: (() => void) | undefined;
  #running: AbortController | undefined;
  #startedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(options: {
    timers: Timers;
    clock: ServerClock;
    askServerTime: (signal: AbortSignal) => Promise<number>;
    interval?: number;
  }) {
    this.#timers = options.timers;
    this.#clock = options.clock;
    this.#askServerTime = options.askServerTime;
    this.interval = new Cell(options.interval ?? DEFAULT_INTERVAL);
    this.interval.subscribe(() => this.#plan());
  }

  /** Adds a task and refreshes as soon as the tasks added with it are there too; the result takes it out again. */
  add(task: RefreshTask): () => void {
    this.#tasks.add(task);
    this.#stop();
    this.#cancelTimer = this.#timers.after(0, () => this.refreshNow());
    return () => {
      this.#tasks.delete(task);
      if (this.#tasks.size === 0) this.#stop();
    };
  }

  /** Refreshes at once; a refresh under way is given up. */
  refreshNow(): void {
    this.#stop();
    if (this.visible.get() && this.#tasks.size > 0) void this.#run();
  }

  /** A hidden page asks for nothing; when it is seen again and data is overdue, it refreshes. */
  setVisible(isVisible: boolean): void {
    if (isVisible === this.visible.get()) return;
    this.visible.set(isVisible);
    if (!isVisible) {
      this.#stop();
    } else {
      this.#plan();
    }
  }

  async #run(): Promise<void> {
    const controller = new AbortController();
    this.#running = controller;
    this.#startedAt = this.#timers.now();
    try {
      if (this.#clock.needsMeasuring()) await this.#clock.measure(() => this.#askServerTime(controller.signal));
      const at = Math.round((this.#clock.now() - SETTLING_SECONDS) * 1000) / 1000;
      await Promise.all([...this.#tasks].map((task) => task.refresh({ at, signal: controller.signal })));
      if (!controller.signal.aborted) this.#succeed();
    } catch (thrown) {
      if (!controller.signal.aborted) this.#fail(toApiError(thrown));
      controller.abort();
    }
    if (this.#running === controller) {
      this.#running = undefined;
      this.#plan();
    }
  }

  #succeed(): void {
    this.#failures = 0;
    this.connection.set({ status: "online", refreshedAt: this.#timers.now() });
  }

  #fail(error: ApiError): void {
    // An answer, even one that makes no sense, comes from a server that is there.
    if (error.kind !== "unreachable") {
      this.#succeed();
      return;
    }
    const delay = RETRY_DELAYS[Math.min(this.#failures, RETRY_DELAYS.length - 1)] ?? HURRY_INTERVAL;
    this.#failures += 1;
    const before = this.connection.get();
    const refreshedAt = before.status === "connecting" ? undefined : before.refreshedAt;
    this.connection.set({ status: "offline", refreshedAt, retryAt: this.#timers.now() + delay });
  }

  #plan(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.visible.get() || this.#running !== undefined || this.#tasks.size === 0) return;
    const due = this.#dueAt();
    if (due === undefined) return;
    this.#cancelTimer = this.#timers.after(Math.max(0, due - this.#timers.now()), () => this.refreshNow());
  }

  #dueAt(): number | undefined {
    const connection = this.connection.get();
    if (connection.status === "offline") return connection.retryAt;
    if ([...this.#tasks].some((task) => task.isInHurry())) return this.#startedAt + HURRY_INTERVAL;
    const interval = this.interval.get();
    return interval === 0 ? undefined : this.#startedAt + interval;
  }

  #stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#running?.abort();
    this.#running = undefined;
  }
}
