/** Where the rows of a long list stand, so that only those in view are drawn. All lengths are CSS pixels. */
export class RowPlaces {
  /** `#ends[i]` is where row i ends. */
  readonly #ends: Float64Array;

  constructor(count: number, heightOf: (row: number) => number) {
    this.#ends = new Float64Array(count);
    let end = 0;
    for (let row = 0; row < count; row += 1) {
      end += heightOf(row);
      this.#ends[row] = end;
    }
  }

  get total(): number {
    return this.#ends.at(-1) ?? 0;
  }

  top(row: number): number {
    return row <= 0 ? 0 : (this.#ends[row - 1] ?? this.total);
  }

  /** The row at a height, the last one below the end. */
  rowAt(y: number): number {
    let [low, high] = [0, this.#ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) > y) high = middle;
      else low = middle + 1;
    }
    return Math.max(0, low);
  }

  /** First row in view and the row behind the last, with some rows more on both sides. */
  window(top: number, height: number, more = 8): { readonly first: number; readonly end: number } {
    const count = this.#ends.length;
    if (count === 0) return { first: 0, end: 0 };
    return { first: Math.max(0, this.rowAt(top) - more), end: Math.min(count, this.rowAt(top + height) + 1 + more) };
  }
}
