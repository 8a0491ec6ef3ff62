import { describe, expect, it } from "vitest";
import { MetricsClient } from "../api/client";
import { loadForecast, secondsUntilNone } from "./forecast";

const HOUR = 3600;
/** What is free, every half hour: `values(i)` after i half hours. */
const course = (points: number, values: (i: number) => number) => ({
  times: Array.from({ length: points }, (_, i) => i * 1800),
  values: Array.from({ length: points }, (_, i) => values(i)),
});

describe("when a disk will be full", () => {
  it("follows the line through its past", () => {
    // 1000 are left after a day, 100 an hour are used.
    expect(secondsUntilNone(course(49, (i) => 3400 - i * 50))).toBeCloseTo(10 * HOUR, 0);
  });

  it("bears with some roughness", () => {
    const seconds = secondsUntilNone(course(49, (i) => 3400 - i * 50 + (i % 2 === 0 ? 40 : -40)));
    expect(seconds).toBeGreaterThan(9 * HOUR);
    expect(seconds).toBeLessThan(11.5 * HOUR);
  });

  it.each([
    ["too little past", course(11, (i) => 1000 - i)],
    ["nothing known", course(0, () => 0)],
    ["it grows emptier", course(49, (i) => 1000 + i)],
    ["it does not change", course(49, () => 1000)],
    ["it goes up and down", course(49, (i) => 1000 + 100 * Math.sin(i) - i * 0.5)],
    ["more than a year to go", course(49, (i) => 1e9 - i)],
  ])("is not said: %s", (_, free) => {
    expect(secondsUntilNone(free)).toBeUndefined();
  });

  it("asks for a day of one file system at full half hours", async () => {
    let asked: Record<string, string> = {};
    const client = new MetricsClient((_url, init) => {
      asked = Object.fromEntries(init.body as URLSearchParams);
      return Promise.resolve(Response.json({ status: "success", data: { resultType: "matrix", result: [] } }));
    });
    expect(await loadForecast(client, "bromo", { device: "/dev/sda1", mountpoint: "/srv" }, 100_000, new AbortController().signal)).toBeUndefined();
    expect(asked).toEqual({
      query: 'max(node_filesystem_avail_bytes{job="node",instance="bromo",device="/dev/sda1",mountpoint="/srv"})',
      start: "12600",
      end: "99000",
      step: "1800",
    });
  });
});
