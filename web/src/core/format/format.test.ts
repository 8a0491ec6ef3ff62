import { describe, expect, it } from "vitest";
import { formatNumber } from "./number";
import { byteRate, bytes, bytesPair, celsius, joinQuantity, limitBytes, megabytes, percent, ratio } from "./quantity";
import { calendarDay, clockTime, duration, moment, roughDuration } from "./time";

// Written with the zone of vite.config.ts: Asia/Jakarta, UTC+7.
const NOON = Date.UTC(2026, 10, 24, 5, 0, 7) / 1000;

describe("formatNumber", () => {
  it.each([
    [0, 0, "en", "0"],
    [3.14159, 2, "en", "3.14"],
    [3.14159, 2, "id", "3,14"],
    [1234567.891, 1, "en", "1,234,567.9"],
    [1234567.891, 1, "id", "1.234.567,9"],
    [-4.5, 1, "en", "−4.5"],
    [-0.04, 1, "en", "0.0"],
    [999.95, 1, "en", "1,000.0"],
    [Number.NaN, 1, "en", "–"],
    [Number.POSITIVE_INFINITY, 0, "en", "–"],
  ] as const)("%d with %d decimals in %s is %s", (value, decimals, locale, expected) => {
    expect(formatNumber(value, decimals, locale)).toBe(expected);
  });
});

describe("quantities", () => {
  const check = (quantity: { text: string; unit: string }, expected: string) => expect(joinQuantity(quantity)).toBe(expected);

  it("writes per cent with one decimal below ten", () => {
    check(percent(0, "en"), "0.0 %");
    check(percent(9.94, "en"), "9.9 %");
    check(percent(9.96, "en"), "10 %");
    check(percent(87.6, "id"), "88 %");
    check(percent(4.2, "id"), "4,2 %");
  });

  it("writes rates in decimal units", () => {
    check(byteRate(0, "en"), "0 B/s");
    check(byteRate(812, "en"), "812 B/s");
    check(byteRate(1000, "en"), "1.0 kB/s");
    check(byteRate(18_640_000, "en"), "18.6 MB/s");
    check(byteRate(18_640_000, "id"), "18,6 MB/s");
    check(byteRate(999_960, "en"), "1.0 MB/s");
    check(byteRate(2.5e9, "en"), "2.5 GB/s");
  });

  it("writes sizes in binary units with three figures", () => {
    check(limitBytes(1024 ** 3 * 4, "en"), "4 GiB");
    check(limitBytes(1024 ** 3 * 1.5, "en"), "1.50 GiB");
    check(limitBytes(1024 ** 2 * 256, "id"), "256 MiB");
    check(bytes(512, "en"), "512 B");
    check(bytes(1024 ** 3 * 3.98, "en"), "3.98 GiB");
    check(bytes(1024 ** 3 * 28.14, "en"), "28.1 GiB");
    check(bytes(1024 ** 3 * 412.4, "en"), "412 GiB");
    check(bytes(1024 ** 4 * 3.64, "id"), "3,64 TiB");
    check(bytes(9.996 * 1024, "en"), "10.0 KiB");
  });

  it("writes a part in the unit of its whole", () => {
    expect(bytesPair(1024 ** 3 * 0.5, 1024 ** 3 * 32, "en")).toEqual({ part: "0.5", whole: "32.0", unit: "GiB" });
  });

  it("writes the others", () => {
    check(ratio(0.714, "en"), "0.71");
    check(celsius(66.4, "en"), "66 °C");
    check(megabytes(48_200_000, "en"), "48 MB");
  });
});

describe("a rough duration", () => {
  it.each([
    [-3, "en", "0 s"],
    [59.9, "en", "59 s"],
    [125, "en", "2 min"],
    [5 * 3600 + 59 * 60, "en", "5 h"],
    [12 * 86400 + 23 * 3600, "en", "12 d"],
    [125, "id", "2 mnt"],
  ] as const)("%d s in %s is %s", (seconds, locale, expected) => {
    expect(roughDuration(seconds, locale)).toBe(expected);
  });
});

describe("duration", () => {
  it.each([
    [0, "en", "0 s"],
    [59.9, "en", "59 s"],
    [60, "en", "1 min"],
    [245, "en", "4 min 5 s"],
    [45 * 60 + 12, "en", "45 min"],
    [3600, "en", "1 h"],
    [5 * 3600 + 9 * 60, "en", "5 h 9 min"],
    [12 * 86400 + 4 * 3600 + 59, "en", "12 d 4 h"],
    [12 * 86400 + 4 * 3600 + 59, "id", "12 hari 4 jam"],
    [8, "id", "8 dtk"],
    [-3, "en", "0 s"],
  ] as const)("%d s in %s is %s", (seconds, locale, expected) => {
    expect(duration(seconds, locale)).toBe(expected);
  });
});

describe("times of day", () => {
  it("follows the viewer's zone and the language's mark", () => {
    expect(clockTime(NOON, "en")).toBe("12:00");
    expect(clockTime(NOON, "id")).toBe("12.00");
    expect(clockTime(NOON, "en", true)).toBe("12:00:07");
    expect(calendarDay(NOON, "en")).toBe("24 Nov");
  });

  it("names the day only when it is another one", () => {
    expect(moment(NOON, NOON + 3600, "en")).toBe("12:00");
    expect(moment(NOON - 86400, NOON, "en")).toBe("23 Nov 12:00");
    // 23:30 UTC of the day before is already the same day in Jakarta.
    expect(moment(NOON - 5.5 * 3600, NOON, "en")).toBe("06:30");
  });
});
