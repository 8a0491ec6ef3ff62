import { describe, expect, it } from "vitest";
import { ServerClock } from "./clock";
import {
  DEFAULT_RANGE,
  fixedRange,
  MAX_RANGE_SECONDS,
  nextRange,
  previousRange,
  rangeFromSearch,
  rangeToSearch,
  resolveRange,
  type TimeRange,
  zoomOutRange,
} from "./range";
import { chooseStep, promDuration, rateWindow, TARGET_POINTS } from "./step";

const NOW = 1_800_000_000;
const hour: TimeRange = { kind: "live", seconds: 3600 };

describe("ranges", () => {
  it("moves back by half and forth again until it is live", () => {
    const back = previousRange(hour, NOW);
    expect(back).toEqual({ kind: "fixed", from: NOW - 5400, to: NOW - 1800 });
    expect(nextRange(back, NOW)).toEqual(hour);
    const twice = previousRange(back, NOW);
    expect(nextRange(twice, NOW)).toEqual(back);
    expect(nextRange(hour, NOW)).toBe(hour);
  });

  it("zooms out around its centre, never into the future, never beyond the most", () => {
    expect(zoomOutRange(hour, NOW)).toEqual({ kind: "live", seconds: 7200 });
    const old: TimeRange = { kind: "fixed", from: NOW - 10_000, to: NOW - 9000 };
    expect(zoomOutRange(old, NOW)).toEqual({ kind: "fixed", from: NOW - 10_500, to: NOW - 8500 });
    expect(zoomOutRange({ kind: "fixed", from: NOW - 1000, to: NOW }, NOW)).toEqual({ kind: "live", seconds: 2000 });
    expect(zoomOutRange({ kind: "live", seconds: MAX_RANGE_SECONDS }, NOW)).toEqual({ kind: "live", seconds: MAX_RANGE_SECONDS });
  });

  it("takes two instants in either order and widens what is too short", () => {
    expect(fixedRange(200, 100)).toEqual({ kind: "fixed", from: 100, to: 200 });
    expect(fixedRange(100, 102)).toEqual({ kind: "fixed", from: 86, to: 116 });
  });

  it.each<TimeRange>([DEFAULT_RANGE, { kind: "live", seconds: 21600 }, { kind: "fixed", from: 1000, to: 5000 }])(
    "survives the address: %o",
    (range) => expect(rangeFromSearch(rangeToSearch(range))).toEqual(range),
  );

  it.each(["", "?range=abc", "?range=-5", "?range=1e12", "?from=5&to=4", "?from=x&to=9", "?from=0&to=99999999999"])(
    "falls back to the default for %s",
    (search) => expect(rangeFromSearch(search)).toEqual(DEFAULT_RANGE),
  );

  it("resolves against a clock", () => {
    expect(resolveRange(hour, NOW)).toEqual({ from: NOW - 3600, to: NOW });
  });
});

describe("steps", () => {
  it.each([
    [60, 1],
    [900, 5],
    [3600, 15],
    [21600, 90],
    [86400, 360],
    [604800, 3600],
  ])("a span of %d s has a step of %d s", (seconds, step) => expect(chooseStep(seconds)).toBe(step));

  it("never asks for more points than can be seen", () => {
    for (let seconds = 30; seconds < 400 * 86400; seconds = Math.ceil(seconds * 1.07)) {
      expect(seconds / chooseStep(seconds)).toBeLessThanOrEqual(TARGET_POINTS);
    }
  });

  it("covers the distance between points with the window of rate()", () => {
    expect(rateWindow(5)).toBe(60);
    expect(rateWindow(3600)).toBe(3600);
  });

  it.each([
    [60, "1m"],
    [90, "90s"],
    [3600, "1h"],
    [5400, "90m"],
  ])("%d s is %s in a query", (seconds, text) => expect(promDuration(seconds)).toBe(text));
});

describe("the server's clock", () => {
  it("is this device's clock plus the difference measured at the middle of the round trip", async () => {
    let device = 1000;
    const clock = new ServerClock({ now: () => device, after: () => () => undefined });
    expect(clock.needsMeasuring()).toBe(true);
    await clock.measure(() => {
      device += 4;
      return Promise.resolve(5002);
    });
    expect(clock.now()).toBe(5004);
    expect(clock.needsMeasuring()).toBe(false);
    device += 300;
    expect(clock.needsMeasuring()).toBe(true);
  });
});
