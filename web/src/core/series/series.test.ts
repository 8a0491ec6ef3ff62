import { describe, expect, it } from "vitest";
import type { MatrixSeries } from "../api/types";
import { align, cutAfter, type Frame, hasValues, lastValue, sumColumns } from "./frame";
import { cpuBands, deviceLines, loadLines, memoryBands } from "./shape";
import { asMatrix, joinTail } from "./tail";

const line = (metric: Record<string, string>, points: [number, number][]): MatrixSeries => ({
  metric,
  times: points.map(([time]) => time),
  values: points.map(([, value]) => value),
});

describe("align", () => {
  it("puts series on one grid, with gaps where they have none", () => {
    const aligned = align([line({ a: "1" }, [[0, 1], [20, 3]]), line({ a: "2" }, [[10, 5]])], 0, 20, 10);
    expect(aligned.times).toEqual([0, 10, 20]);
    expect(aligned.series.map((series) => series.values)).toEqual([[1, null, 3], [null, 5, null]]);
  });

  it("keeps a newest point off the grid", () => {
    const aligned = align([line({}, [[0, 1], [13.5, 2]])], 0, 13, 10);
    expect(aligned.times).toEqual([0, 10, 13.5]);
    expect(aligned.series[0]?.values).toEqual([1, null, 2]);
  });

  it("turns what is no number into a gap", () => {
    expect(align([line({}, [[0, Number.NaN], [1, Number.POSITIVE_INFINITY]])], 0, 1, 1).series[0]?.values).toEqual([null, null]);
  });

  it("does not trip over binary fractions", () => {
    const times = Array.from({ length: 241 }, (_, i) => 1700000000.123 + i * 0.1);
    const aligned = align([line({}, times.map((time) => [time, 1]))], 1700000000.123, 1700000024.123, 0.1);
    expect(aligned.times).toHaveLength(241);
    expect(aligned.series[0]?.values.every((value) => value === 1)).toBe(true);
  });
});

describe("joinTail", () => {
  const held = [line({ d: "a" }, [[0, 1], [10, 2], [20, 3]]), line({ d: "b" }, [[0, 9]])];

  it("appends, lets the newer fetch win, and drops what has left the range", () => {
    const joined = joinTail(held, [line({ d: "a" }, [[20, 4], [30, 5]]), line({ d: "c" }, [[30, 7]])], 10);
    expect(joined).toEqual([line({ d: "a" }, [[10, 2], [20, 4], [30, 5]]), line({ d: "c" }, [[30, 7]])]);
  });

  it("knows a series by its labels in any order", () => {
    const joined = joinTail([line({ a: "1", b: "2" }, [[0, 1]])], [line({ b: "2", a: "1" }, [[10, 2]])], 0);
    expect(joined).toHaveLength(1);
  });

  it("takes an instant vector", () => {
    const newest = asMatrix([{ metric: { d: "a" }, time: 25.5, value: 8, raw: "8" }]);
    expect(joinTail(held, newest, 0)[0]?.times).toEqual([0, 10, 20, 25.5]);
  });
});

describe("shapes", () => {
  const times = [0, 1];
  const aligned = (series: [Record<string, string>, (number | null)[]][]) => ({
    times,
    series: series.map(([metric, values]) => ({ metric, values })),
  });
  const keys = (frame: Frame) => frame.series.map((series) => series.key);

  it("joins the modes of the CPU into four bands and leaves out what never happened", () => {
    const frame = cpuBands(aligned([[{ mode: "user" }, [20, 30]], [{ mode: "nice" }, [1, null]], [{ mode: "irq" }, [0.5, 0.5]], [{ mode: "softirq" }, [0.25, 0.5]]]));
    expect(keys(frame)).toEqual(["user", "steal_irq"]);
    expect(frame.series.map((series) => series.values)).toEqual([[21, 30], [0.75, 1]]);
  });

  it("splits memory so that the bands below swap make the whole", () => {
    const gauge = (name: string, values: (number | null)[]): [Record<string, string>, (number | null)[]] => [{ __name__: `node_memory_${name}_bytes` }, values];
    const frame = memoryBands(
      aligned([gauge("MemTotal", [100, 100]), gauge("MemAvailable", [60, 30]), gauge("MemFree", [20, 35]), gauge("SwapTotal", [10, 10]), gauge("SwapFree", [10, 4])]),
    );
    expect(Object.fromEntries(frame.series.map((series) => [series.key, series.values]))).toEqual({
      apps: [40, 70],
      cache: [40, 0],
      free: [20, 30],
      swap: [0, 6],
    });
  });

  it("has no memory bands without the numbers for them", () => {
    expect(memoryBands(aligned([[{ __name__: "node_memory_MemTotal_bytes" }, [1, 1]]])).series).toEqual([]);
  });

  it("keeps the three loads apart", () => {
    expect(keys(loadLines(aligned([[{ __name__: "node_load15" }, [1, 1]], [{ __name__: "node_load1" }, [2, 2]]])))).toEqual(["node_load1", "node_load15"]);
  });

  it("draws the busiest devices and sums up the rest", () => {
    const devices = ["a", "b", "c", "d", "e"].flatMap((device, i): [Record<string, string>, (number | null)[]][] => [
      [{ device, direction: "up" }, [i + 1, i + 1]],
      [{ device, direction: "down" }, [10 * (i + 1), null]],
    ]);
    const frame = deviceLines(aligned(devices), ["c1", "c2"]);
    expect(keys(frame)).toEqual(["e", "e", "d", "d", "c", "c", "other", "other"]);
    const other = frame.series.filter((series) => series.key === "other");
    expect(other.map((series) => [series.isBelow, series.values])).toEqual([[false, [3, 3]], [true, [30, null]]]);
    expect(frame.series[0]?.colour).toBe(frame.series[1]?.colour);
  });
});

describe("columns", () => {
  const frame: Frame = {
    times: [0, 10, 20],
    series: [
      { key: "a", colour: "c1", values: [1, 2, null] },
      { key: "b", colour: "c2", values: [1, null, null] },
    ],
  };

  it("sum where there is anything to sum", () => {
    expect(sumColumns([[1, null, null], [2, 3, null]], 3)).toEqual([3, 3, null]);
  });

  it("end with the newest row that any series has", () => {
    expect(frame.series.map((series) => lastValue(frame, series))).toEqual([2, null]);
  });

  it("are cut where the data ends", () => {
    expect(cutAfter(frame, 5).series[0]?.values).toEqual([1, null, null]);
    expect(cutAfter(frame, undefined)).toBe(frame);
    expect(hasValues(cutAfter(frame, -1))).toBe(false);
  });
});
