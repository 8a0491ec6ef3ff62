/** Where time and timers come from, handed in so that tests need no real ones. */
export interface Timers {
  /** Unix seconds of this device, with fractions. */
  now(): number;
  /** Calls back once after `delay` seconds; the result cancels. */
  after(delay: number, callback: () => void): () => void;
}

/** How long a measured difference between the two clocks is trusted, in seconds. */
const TRUSTED_FOR = 300;

/**
 * The server's clock as seen from here. The page evaluates queries at instants it names itself,
 * and the device showing the page may have another idea of the time than the server.
 */
export class ServerClock {
  readonly #timers: Timers;
  #offset = 0;
  #measuredAt = Number.NEGATIVE_INFINITY;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Unix seconds on the server. */
  now(): number {
    return this.#timers.now() + this.#offset;
  }

  needsMeasuring(): boolean {
    return this.#timers.now() - this.#measuredAt >= TRUSTED_FOR;
  }

  /** Asks the server for its time and takes half the round trip as the way back. */
  async measure(askServer: () => Promise<number>): Promise<void> {
    const sent = this.#timers.now();
    const server = await askServer();
    const received = this.#timers.now();
    this.#offset = server - (sent + received) / 2;
    this.#measuredAt = received;
  }
}
