import type { Timers } from "./clock";

/** For tests: timers that move only when told to. */
export class FakeTimers implements Timers {
  time: number;
  #due: { at: number; callback: () => void }[] = [];

  constructor(time = 1000) {
    this.time = time;
  }

  now(): number {
    return this.time;
  }

  after(delay: number, callback: () => void): () => void {
    const entry = { at: this.time + delay, callback };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Moves on and runs what becomes due, letting promises settle in between. */
  async pass(seconds: number): Promise<void> {
    const end = this.time + seconds;
    await settle();
    for (;;) {
      const next = this.#due.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((entry) => entry !== next);
      this.time = Math.max(this.time, next.at);
      next.callback();
      await settle();
    }
    this.time = end;
  }
}

/** Lets promises that wait for nothing outside come to their ends. */
async function settle(): Promise<void> {
  for (let i = 0; i < 40; i += 1) await Promise.resolve();
}
