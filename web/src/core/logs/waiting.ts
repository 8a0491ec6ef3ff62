import { newestFirst, type LogLine } from "./line";
import { mergeNewer } from "./merge";

/** Lines that came while the page stood still. Bounded: beyond, only their number is kept. */
export class Waiting {
  readonly #most: number;
  #lines: readonly LogLine[] = [];
  #lost = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(lines: readonly LogLine[]): void {
    // Lines come oldest first; of one instant, the one that came last is the newest.
    const merged = mergeNewer(newestFirst([...lines].reverse()), this.#lines);
    this.#lost += Math.max(0, merged.length - this.#most);
    this.#lines = merged.length > this.#most ? merged.slice(0, this.#most) : merged;
  }

  /** How many lines came, also those that are not kept. */
  get count(): number {
    return this.#lines.length + this.#lost;
  }

  /** Newest first. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Whether lines are missing, so that the whole must be asked for again. */
  get isIncomplete(): boolean {
    return this.#lost > 0;
  }
}

/** Lines per second over the last seconds. */
export class Rate {
  readonly #window: number;
  #marks: { readonly at: number; readonly lines: number }[] = [];
  #since: number;

  /** `window` and `now` are seconds. */
  constructor(window: number, now: number) {
    this.#window = window;
    this.#since = now;
  }

  add(lines: number, now: number): void {
    this.#marks.push({ at: now, lines });
    this.#forget(now);
  }

  perSecond(now: number): number {
    this.#forget(now);
    const seconds = Math.max(1, Math.min(this.#window, now - this.#since));
    return this.#marks.reduce((sum, mark) => sum + mark.lines, 0) / seconds;
  }

  #forget(now: number): void {
    this.#marks = this.#marks.filter((mark) => mark.at > now - this.#window);
  }
}
