import type { MetricsClient } from "../api/client";
import type { SensorsClient } from "../api/sensors";
import { type ApiError, refusalOf, toApiError } from "../api/types";
import { Cell } from "../cell";
import type { RefreshContext, Refresher, RefreshTask } from "../refresh";
import type { Timers } from "../time/clock";
import { type NumbersById, NumbersSource } from "./numbers";
import type { ContainersReport } from "./report";

/** States are asked for this often, in seconds. */
const POLL_SECONDS = 1;
/** Waits after a failure, in seconds; the last one repeats. */
const RETRY_SECONDS = [2, 4, 8, 15] as const;
/** What has not answered for so long, in seconds, is given up. */
const PATIENCE_SECONDS = 15;

export interface ContainersState {
  /** Undefined until the first answer; kept while later ones fail. */
  readonly report: ContainersReport | undefined;
  /** When the last answer came: unix seconds of this device. */
  readonly answeredAt: number | undefined;
  /** Why the last question was not answered. */
  readonly error: ApiError | undefined;
  readonly numbers: NumbersById;
}

/**
 * Keeps what is known of all containers: their states every second from the sensor, their numbers from the store
 * at each refresh of the page. One question at a time; a hidden page asks for nothing, and where refreshing is switched
 * off, states are asked for at each refresh by hand only.
 */
export class ContainersTask implements RefreshTask {
  readonly state = new Cell<ContainersState>({ report: undefined, answeredAt: undefined, error: undefined, numbers: new Map() });
  readonly #sensors: SensorsClient;
  readonly #client: MetricsClient;
  readonly #refresher: Refresher;
  readonly #timers: Timers;
  readonly #numbers = new NumbersSource();
  /** Ends everything begun; undefined while no page wants to know. */
  #stop: (() => void) | undefined;
  #users = 0;
  #failures = 0;
  #asking: { readonly controller: AbortController; readonly done: Promise<void> } | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(app: { readonly sensors: SensorsClient; readonly client: MetricsClient; readonly refresher: Refresher; readonly timers: Timers }) {
    this.#sensors = app.sensors;
    this.#client = app.client;
    this.#refresher = app.refresher;
    this.#timers = app.timers;
  }

  /** Asks as long as at least one page wants to know; the result says that this one does no longer. */
  start(): () => void {
    this.#users += 1;
    this.#stop ??= this.#begin();
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      this.#users -= 1;
      if (this.#users === 0) this.#stop?.();
    };
  }

  /** The numbers, and the states where nothing else asks for them. */
  async refresh({ at, signal }: RefreshContext): Promise<void> {
    if (this.state.get().report === undefined || this.#refresher.interval.get() === 0) await this.#ask();
    const host = this.state.get().report?.host;
    if (host === undefined || signal.aborted) return;
    try {
      const numbers = await this.#numbers.load(this.#client, host, at, signal);
      if (!signal.aborted) this.state.update((state) => ({ ...state, numbers }));
    } catch (thrown) {
      refusalOf(thrown);
      // States are told without numbers too.
      if (!signal.aborted) this.state.update((state) => ({ ...state, numbers: new Map() }));
    }
  }

  isInHurry(): boolean {
    return false;
  }

  #begin(): () => void {
    const changed = () => this.#plan(0);
    const leaving = [this.#refresher.add(this), this.#refresher.visible.subscribe(changed), this.#refresher.interval.subscribe(changed)];
    if (this.#refresher.visible.get()) void this.#ask();
    return () => {
      this.#stop = undefined;
      for (const leave of leaving) leave();
      this.#cancelTimer?.();
      this.#asking?.controller.abort();
    };
  }

  #ask(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking.done;
    this.#cancelTimer?.();
    const controller = new AbortController();
    const done = this.#load(controller).finally(() => {
      this.#asking = undefined;
      this.#plan(this.#failures === 0 ? POLL_SECONDS : (RETRY_SECONDS[Math.min(this.#failures, RETRY_SECONDS.length) - 1] ?? POLL_SECONDS));
    });
    this.#asking = { controller, done };
    return done;
  }

  async #load(controller: AbortController): Promise<void> {
    const giveUp = this.#timers.after(PATIENCE_SECONDS, () => controller.abort());
    try {
      const report = await this.#sensors.containers(controller.signal);
      this.#failures = 0;
      this.state.update((state) => ({ ...state, report, answeredAt: this.#timers.now(), error: undefined }));
    } catch (thrown) {
      // Given up because no page wants to know any more.
      if (this.#stop === undefined) return;
      this.#failures += 1;
      this.state.update((state) => ({ ...state, error: toApiError(thrown) }));
    } finally {
      giveUp();
    }
  }

  #plan(delay: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const isWanted = this.#stop !== undefined && this.#refresher.visible.get() && this.#refresher.interval.get() > 0;
    if (!isWanted || this.#asking !== undefined) return;
    this.#cancelTimer = this.#timers.after(delay, () => void this.#ask());
  }
}
