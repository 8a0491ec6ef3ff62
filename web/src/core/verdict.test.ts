import { describe, expect, it } from "vitest";
import { CPU_THRESHOLDS, DISK_THRESHOLDS, levelOf, MEMORY_THRESHOLDS } from "./thresholds";
import type { Thing } from "./alerts/things";
import type { ContainerRow } from "./containers/rows";
import type { TroubleKind } from "./containers/trouble";
import { judge } from "./verdict";

function judged(
  cpu: number | undefined,
  memory: number | undefined,
  disk: number | undefined,
  ageSeconds: number | undefined = 5,
  isCollecting = false,
  containers: readonly ContainerRow[] = [],
) {
  return judge({
    containers,
    watched: [
      { id: "cpu", value: cpu, thresholds: CPU_THRESHOLDS },
      { id: "memory", value: memory, thresholds: MEMORY_THRESHOLDS },
      { id: "disk", value: disk, thresholds: DISK_THRESHOLDS },
    ],
    ageSeconds,
    isCollecting,
  });
}

describe("levels", () => {
  it.each([
    [79.99, CPU_THRESHOLDS, "ok"],
    [80, CPU_THRESHOLDS, "warn"],
    [90, CPU_THRESHOLDS, "crit"],
    [84.9, MEMORY_THRESHOLDS, "ok"],
    [85, DISK_THRESHOLDS, "warn"],
    [95, DISK_THRESHOLDS, "crit"],
    [Number.NaN, CPU_THRESHOLDS, "ok"],
  ] as const)("%d against %o is %s", (value, thresholds, level) => expect(levelOf(value, thresholds)).toBe(level));
});

/** A container in trouble, or not. */
function row(kind: TroubleKind | undefined, level: "warn" | "crit" = "crit"): ContainerRow {
  return { container: {} as ContainerRow["container"], label: kind ?? "fine", trouble: kind === undefined ? undefined : { kind, level }, numbers: undefined };
}

describe("the verdict on containers", () => {
  const labels = (rows: readonly ContainerRow[]) => rows.map(({ label }) => label);

  it("is well while nothing is wrong with them, or they came up again by themselves", () => {
    expect(judged(10, 20, 30, 5, false, [row("restarts", "warn"), row(undefined)])).toEqual({ kind: "well" });
  });

  it.each<[TroubleKind, "warn" | "crit"]>([
    ["unhealthy", "crit"],
    ["restarting", "crit"],
    ["dead", "crit"],
    ["oom", "crit"],
    ["failed", "warn"],
  ])("names one that is %s: %s", (kind, level) => {
    const verdict = judged(10, 20, 30, 5, false, [row(kind, level), row("restarts", "warn"), row(undefined)]);
    expect(verdict).toMatchObject({ kind: "trouble", level, problems: [] });
    expect(verdict.kind === "trouble" && labels(verdict.containers)).toEqual([kind]);
  });

  it("is as grave as the gravest, whatever it is of", () => {
    expect(judged(85, 20, 30, 5, false, [row("failed", "warn")])).toMatchObject({ level: "warn" });
    expect(judged(95, 20, 30, 5, false, [row("failed", "warn")])).toMatchObject({ level: "crit" });
    expect(judged(85, 20, 30, 5, false, [row("oom")])).toMatchObject({ level: "crit", problems: [{ id: "cpu" }] });
  });

  it("comes before numbers that are missing, and after a host that is silent", () => {
    expect(judged(undefined, undefined, undefined, 1, true, [row("oom")])).toMatchObject({ kind: "trouble" });
    expect(judged(1, 1, 1, 61, false, [row("oom")])).toEqual({ kind: "stale", ageSeconds: 61 });
  });
});

describe("the verdict", () => {
  it("is well only when everything is known, fresh and below its limit", () => {
    expect(judged(10, 20, 30)).toEqual({ kind: "well" });
    expect(judged(10, 20, undefined)).toEqual({ kind: "partial", missing: ["disk"] });
    expect(judged(10, Number.NaN, 30)).toEqual({ kind: "partial", missing: ["memory"] });
  });

  it("names the gravest problem first, each with the limit it has passed", () => {
    expect(judged(85, 20, 97)).toEqual({
      kind: "trouble",
      alerts: [],
      level: "crit",
      problems: [
        { id: "disk", value: 97, limit: 95, level: "crit" },
        { id: "cpu", value: 85, limit: 80, level: "warn" },
      ],
      containers: [],
    });
  });

  it("tells of trouble even while other numbers are missing", () => {
    expect(judged(undefined, 96, undefined, 1, true)).toMatchObject({ kind: "trouble", level: "crit" });
  });

  it("waits while the first numbers come in", () => {
    expect(judged(undefined, 20, 30, 1, true)).toEqual({ kind: "collecting" });
  });

  it("says nothing about now from an old reading", () => {
    expect(judged(99, 99, 99, 61)).toEqual({ kind: "stale", ageSeconds: 61 });
    expect(judged(10, 20, 30, 60)).toEqual({ kind: "well" });
  });

  it("does not ask for the age of the past", () => {
    const past = judge({ watched: [{ id: "cpu", value: 1, thresholds: CPU_THRESHOLDS }], ageSeconds: undefined, isCollecting: false });
    expect(past).toEqual({ kind: "well" });
  });
});

describe("what fires", () => {
  const thing = (level: "crit" | "warn") => ({ level, first: {} as Thing["first"] }) satisfies Thing;
  const watched = [{ id: "disk", value: 97, thresholds: DISK_THRESHOLDS }] as const;

  it("is a thing that needs someone, beside what no alert speaks of", () => {
    const verdict = judge({ watched, ageSeconds: 5, isCollecting: false, containers: [row("dead")], alerts: [thing("warn")] });
    expect(verdict).toMatchObject({ kind: "trouble", level: "crit", alerts: [{ level: "warn" }], problems: [{ id: "disk" }] });
    expect(verdict.kind === "trouble" && verdict.containers.length).toBe(1);
  });

  it("is not counted twice", () => {
    const verdict = judge({ watched, ageSeconds: 5, isCollecting: false, containers: [row("dead")], alerts: [thing("warn")], isCovered: () => true });
    expect(verdict).toMatchObject({ kind: "trouble", level: "warn", alerts: [{ level: "warn" }], problems: [], containers: [] });
  });
});
