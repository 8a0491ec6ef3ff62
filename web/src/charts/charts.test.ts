import { describe, expect, it } from "vitest";
import type { Frame } from "../core/series/frame";
import { lonelyRows, toDrawn } from "./stack";
import { chooseTop, mirrorTicks, timeTicks, valueTicks } from "./ticks";

describe("value ticks", () => {
  it.each([
    [0, 100, 10, [0, 20, 40, 60, 80, 100]],
    [0, 50, 10, [0, 10, 20, 30, 40, 50]],
    [0, 8, 10, [0, 2, 4, 6, 8]],
    [0, 0, 10, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-15, 28, 10, [-20, -10, 0, 10, 20, 30]],
    [0, 31.6, 2, [0, 8, 16, 24, 32]],
    [0, 23.5, 2, [0, 4, 8, 12, 16, 20, 24]],
    [0, 0.37, 2, [0, 0.0625, 0.125, 0.1875, 0.25, 0.3125, 0.375]],
    [0, 0.00042, 10, [0, 0.0001, 0.0002, 0.0003, 0.0004, 0.0005]],
  ] as const)("from %d to %d in base %d", (min, max, base, expected) => {
    expect(valueTicks(min, max, base).values).toEqual(expected);
  });

  it("tells how many decimals the labels need", () => {
    expect(valueTicks(0, 100, 10).decimals).toBe(0);
    expect(valueTicks(0, 1, 10).decimals).toBe(1);
    expect(valueTicks(0, 0.4, 2).decimals).toBe(3);
    expect(valueTicks(0, 3e-8, 10).decimals).toBe(8);
  });

  it("encloses the data with 4 to 7 ticks, whatever its size", () => {
    for (const base of [2, 10] as const) {
      for (let exponent = -9; exponent <= 15; exponent += 1) {
        for (const factor of [1, 1.3, 2.49, 3.7, 5.01, 9.99]) {
          for (const below of [0, 0.2, 1, 3]) {
            const max = factor * 10 ** exponent;
            const { values } = valueTicks(-below * max, max, base);
            expect(values[0]).toBeLessThanOrEqual(-below * max * (1 - 1e-9) || 0);
            expect(values.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-9));
            expect(values.length).toBeGreaterThanOrEqual(3);
            expect(values.length).toBeLessThanOrEqual(7);
            expect(values).toContain(0);
          }
        }
      }
    }
  });

  it("shows both sides of a mirror even when nothing moved", () => {
    expect(mirrorTicks(0, 0, 10).values).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(mirrorTicks(-30, 0, 10).values.at(-1)).toBeGreaterThan(0);
  });

  it("chooses a top that holds the data and cuts at the last", () => {
    expect(chooseTop(3, [10, 25, 100])).toBe(10);
    expect(chooseTop(25, [10, 25, 100])).toBe(25);
    expect(chooseTop(101, [10, 25, 100])).toBe(100);
    expect(chooseTop(7, undefined)).toBe(7);
  });
});

describe("time ticks", () => {
  it("fall on full hours of the viewer's zone", () => {
    // India is half an hour off.
    const { times, step } = timeTicks(0, 6 * 3600, 6, 5.5 * 3600);
    expect(step).toBe(3600);
    expect(times).toEqual([1800, 5400, 9000, 12600, 16200, 19800]);
  });

  it("fall on midnights for a week", () => {
    const { times, step } = timeTicks(1000, 1000 + 7 * 86400, 8, 7 * 3600);
    expect(step).toBe(86400);
    expect(times.every((time) => (time + 7 * 3600) % 86400 === 0)).toBe(true);
  });

  it("never crowd", () => {
    for (let span = 30; span < 60 * 86400; span *= 1.5) {
      expect(timeTicks(12345, 12345 + span, 5, 3600).times.length).toBeLessThanOrEqual(6);
    }
  });
});

describe("what is drawn", () => {
  const frame: Frame = {
    times: [0, 1, 2, 3],
    series: [
      { key: "a", colour: "c1", values: [1, 2, null, null] },
      { key: "b", colour: "c2", values: [10, null, 30, null] },
    ],
  };

  it("is stacked; a gap in one band counts as nothing, a gap in all stays a gap", () => {
    const drawn = toDrawn(frame, "stack", new Set());
    expect(drawn.columns).toEqual([[1, 2, 0, null], [11, 2, 30, null]]);
    expect(drawn.max).toBe(30);
  });

  it("leaves hidden bands out of the heights", () => {
    expect(toDrawn(frame, "stack", new Set(["a"])).columns).toEqual([[null, null, null, null], [10, 0, 30, null]]);
  });

  it("is mirrored below zero", () => {
    const mirrored: Frame = { times: [0, 1], series: [{ key: "a", colour: "c1", values: [3, 0] }, { key: "a", colour: "c1", isBelow: true, values: [0, 7] }] };
    const drawn = toDrawn(mirrored, "mirror", new Set());
    expect(drawn.columns).toEqual([[3, 0], [0, -7]]);
    expect([drawn.min, drawn.max]).toEqual([-7, 3]);
  });

  it("marks values that have no neighbour", () => {
    expect(lonelyRows([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(lonelyRows([])).toEqual([]);
  });
});
