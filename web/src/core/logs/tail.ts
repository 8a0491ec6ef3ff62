import { readTailFrame, tailPath } from "../api/loki";
import { toApiError } from "../api/types";
import type { Timers } from "../time/clock";
import { type LogLine, toLine } from "./line";
import { type Identity, since } from "./merge";
import { addNs, compareNs, type Ns } from "./ns";
import { Rate } from "./waiting";

/** A websocket, as far as the tail needs one; handed in so that tests need no network. */
export type OpenSocket = (
  path: string,
  handlers: { readonly onOpen: () => void; readonly onText: (text: string) => void; readonly onClose: () => void },
) => { close(): void };

/** What a tail tells its owner. */
export interface TailListener {
  /** Fresh lines, in the order they came. */
  onLines(lines: readonly LogLine[]): void;
  onStatus(status: "connecting" | "on" | "lost"): void;
  onRate(perSecond: number): void;
  onDropped(lines: number): void;
}

/** Lines are handed on in batches, this many seconds apart: less cannot be seen and more can be felt. */
const BATCH_SECONDS = 0.1;

/** The tail begins this much before the newest line at hand, so that nothing falls between. */
const OVERLAP_NS = 2_000_000_000n;

/** Waits before the next try, in seconds; the last one repeats. */
const RETRY_DELAYS = [1, 2, 5, 10] as const;

/** A connection that has lasted this long, in seconds, counts as healthy again. */
const HEALTHY_AFTER = 10;

/** Lines of the past that the server may send at the start. */
const REPLAY_LIMIT = 5000;

const RATE_WINDOW = 5;

/** Follows a query: connects, connects again, and hands on each line once. */
export class Tail {
  readonly #open: OpenSocket;
  readonly #timers: Timers;
  readonly #listener: TailListener;
  readonly #query: string;
  readonly #rate: Rate;
  #socket: { close(): void } | undefined;
  #cancels = new Set<() => void>();
  #batch: LogLine[] = [];
  #isBatchPlanned = false;
  #failures = 0;
  #isClosed = false;
  /** How often each line of the overlap is known already. */
  #known = new Map<string, number>();
  #identity: Identity;
  /** Lines up to here are the past, whenever they come: they say nothing of how fast lines are written now. */
  #past: Ns = "0";

  constructor(options: { open: OpenSocket; timers: Timers; listener: TailListener; query: string; identity: Identity }) {
    this.#open = options.open;
    this.#timers = options.timers;
    this.#listener = options.listener;
    this.#query = options.query;
    this.#identity = options.identity;
    this.#rate = new Rate(RATE_WINDOW, options.timers.now());
    this.#after(1, () => this.#tellRate());
  }

  /**
   * Connects. `atHand` gives the lines at hand (newest first) each time a connection is made; where there are none,
   * the tail begins at `from`.
   */
  start(atHand: () => readonly LogLine[], from: Ns): void {
    if (this.#isClosed) return;
    const lines = atHand();
    this.#past = lines[0]?.ts ?? from;
    const begin = lines[0] === undefined ? from : addNs(lines[0].ts, -OVERLAP_NS);
    this.#known = new Map();
    for (const line of since(lines, begin)) this.#remember(line);
    this.#listener.onStatus("connecting");
    const startedAt = this.#timers.now();
    let isDone = false;
    const socket = this.#open(tailPath(this.#query, begin, REPLAY_LIMIT), {
      onOpen: () => isDone || this.#listener.onStatus("on"),
      onText: (text) => isDone || this.#take(text),
      onClose: () => {
        if (isDone || this.#isClosed) return;
        isDone = true;
        this.#flush();
        if (this.#timers.now() - startedAt >= HEALTHY_AFTER) this.#failures = 0;
        this.#retry(() => this.start(atHand, from));
      },
    });
    this.#socket = {
      close: () => {
        isDone = true;
        socket.close();
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #retry(again: () => void): void {
    this.#listener.onStatus("lost");
    const delay = RETRY_DELAYS[Math.min(this.#failures, RETRY_DELAYS.length - 1)] ?? 1;
    this.#failures += 1;
    this.#after(delay, again);
  }

  #take(text: string): void {
    try {
      const frame = readTailFrame(text);
      if (frame.dropped > 0) this.#listener.onDropped(frame.dropped);
      const fresh = frame.entries.map(toLine).filter((line) => !this.#isKnown(line));
      if (fresh.length === 0) return;
      this.#rate.add(fresh.filter((line) => compareNs(line.ts, this.#past) > 0).length, this.#timers.now());
      for (const line of fresh) this.#batch.push(line);
      this.#planBatch();
    } catch (thrown) {
      // A frame that makes no sense is skipped: the next one may be fine, and the refresh shows the whole truth.
      if (toApiError(thrown).kind !== "malformed") throw thrown;
    }
  }

  #planBatch(): void {
    if (this.#isBatchPlanned) return;
    this.#isBatchPlanned = true;
    this.#after(BATCH_SECONDS, () => this.#flush());
  }

  #flush(): void {
    this.#isBatchPlanned = false;
    if (this.#batch.length === 0) return;
    const lines = this.#batch;
    this.#batch = [];
    this.#listener.onLines(lines);
  }

  #tellRate(): void {
    this.#listener.onRate(this.#rate.perSecond(this.#timers.now()));
    this.#after(1, () => this.#tellRate());
  }

  #remember(line: LogLine): void {
    const key = this.#identity(line);
    this.#known.set(key, (this.#known.get(key) ?? 0) + 1);
  }

  #isKnown(line: LogLine): boolean {
    if (this.#known.size === 0) return false;
    const key = this.#identity(line);
    const left = this.#known.get(key) ?? 0;
    if (left > 1) this.#known.set(key, left - 1);
    else this.#known.delete(key);
    return left > 0;
  }

  #after(delay: number, callback: () => void): void {
    const cancel = this.#timers.after(delay, () => {
      this.#cancels.delete(cancel);
      callback();
    });
    this.#cancels.add(cancel);
  }
}
