import { describe, expect, it } from "vitest";
import { MetricsClient } from "../api/client";
import type { MatrixSeries } from "../api/types";
import { readReport } from "../containers/report";
import { containerCpu, containerCpuOverTime, containerMatchers, killsWithin, restartsWithin } from "../queries/container";
import { align } from "../series/frame";
import { CONTAINER_CHARTS, cpuLines, memoryLines } from "./charts";
import { findContainer } from "./find";
import { ContainerTask } from "./task";

describe("the series of a container", () => {
  it.each([
    [containerMatchers("bromo", "web"), 'job="cadvisor",instance="bromo",name="web"'],
    [containerMatchers("bromo", 'a"b'), 'job="cadvisor",instance="bromo",name="a\\"b"'],
    // Without a name, by the first digits of the id, or by all that are known.
    [containerMatchers("bromo", "4bf92f3577b3"), 'job="cadvisor",instance="bromo",id=~".*4bf92f3577b3.*"'],
    [containerMatchers("bromo", "4bf92f3577b3", "f".repeat(64)), `job="cadvisor",instance="bromo",id=~".*${"f".repeat(64)}.*"`],
  ])("%s", (actual, expected) => expect(actual).toBe(expected));

  it("give whole events, and speeds that are right from the second reading on", () => {
    expect(restartsWithin("x", 3600)).toBe("sum(max_over_time(container_restarts_total{x}[1h]) - min_over_time(container_restarts_total{x}[1h]))");
    expect(killsWithin("x", 900)).toBe("round(sum(increase(container_oom_events_total{x}[15m])))");
    expect(containerCpu("x")).toBe("100 * sum(irate(container_cpu_usage_seconds_total{x}[1m]))");
    expect(containerCpuOverTime("x", 60, 15)).toContain("irate(container_cpu_usage_seconds_total{x}[1m])");
    expect(containerCpuOverTime("x", 360, 360)).toContain("(rate(container_cpu_usage_seconds_total{x}[6m])");
  });
});

describe("finding a container", () => {
  const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64));
  const report = readReport({
    host: "bromo",
    containers: [
      { id: a, name: "web", state: "exited" },
      { id: b, name: "web", state: "running" },
      { id: c, name: "", state: "running" },
    ],
  });
  it.each([
    ["bromo", "web", b],
    ["bromo", "cccccccccccc", c],
    ["bromo", "ccc", undefined],
    ["bromo", "old", undefined],
    ["kelud", "web", undefined],
  ])("%s %s", (host, label, id) => expect(findContainer(report, host, label)?.id).toBe(id));
});

const series = (metric: Record<string, string>, values: readonly number[]): MatrixSeries => ({ metric, times: [0, 15, 30].slice(0, values.length), values });
const aligned = (...all: MatrixSeries[]) => align(all, 0, 30, 15);

describe("what the charts draw", () => {
  it("tells of throttling only where there was any", () => {
    const used = series({ part: "used" }, [10, 20, 30]);
    expect(cpuLines(aligned(used, series({ part: "throttled" }, [0, 0, 0]))).series.map(({ key }) => key)).toEqual(["used"]);
    expect(cpuLines(aligned(used, series({ part: "throttled" }, [0, 5, 0]))).series.map(({ key }) => key)).toEqual(["used", "throttled"]);
  });

  it("joins the series of a container made anew, and shows swap only where it was used", () => {
    const name = "container_memory_working_set_bytes";
    const frame = memoryLines(aligned(series({ __name__: name, id: "old" }, [1]), { metric: { __name__: name, id: "new" }, times: [15, 30], values: [2, 3] }, series({ __name__: "container_memory_swap" }, [0, 0, 0])));
    expect(frame.series).toMatchObject([{ key: "working_set", values: [1, 2, 3] }]);
  });

  it("names interfaces and devices", () => {
    const network = CONTAINER_CHARTS.network.shape(aligned(series({ interface: "eth0", direction: "up" }, [1, 2, 3]), series({ interface: "eth0", direction: "down" }, [4, 5, 6])));
    expect(network.series.map(({ key, isBelow }) => [key, isBelow])).toEqual([["eth0", false], ["eth0", true]]);
    const disk = CONTAINER_CHARTS.disk.shape(aligned(series({ device: "/dev/sda", direction: "up" }, [1, 2, 3])));
    expect(disk.series[0]?.key).toBe("sda");
  });
});

describe("the numbers of a container", () => {
  /** Answers each query by the first rule whose text occurs in it. */
  function clientOf(rules: Record<string, string>, asked: string[] = []) {
    return new MetricsClient((url, init) => {
      const params = init.body instanceof URLSearchParams ? init.body : new URL(url, "http://fake").searchParams;
      const query = params.get("query") ?? "";
      asked.push(query);
      if (url.endsWith("query_range")) return Promise.resolve(Response.json({ status: "success", data: { resultType: "matrix", result: [] } }));
      const rule = Object.keys(rules).find((text) => query.includes(text));
      const result = rule === undefined ? [] : [{ metric: {}, value: [5000, rules[rule]] }];
      return Promise.resolve(Response.json({ status: "success", data: { resultType: "vector", result } }));
    });
  }

  async function load(rules: Record<string, string>, asked: string[] = []) {
    const task = new ContainerTask(clientOf(rules, asked), () => ({ kind: "live", seconds: 3600 }), 'name="web"');
    await task.refresh({ at: 5000, signal: new AbortController().signal });
    return task.state.get();
  }

  it("are those of one instant, with the limits beside them", async () => {
    const { readings, charts } = await load({ working_set: "100", memory_limit: "400", cpu_quota: "2.5", "restarts_total{name=\"web\"})": "7" });
    expect(readings).toMatchObject({ at: 5000, isLive: true, memoryLimit: 400, cores: 2.5, restartsInAll: 7, lastSeen: 5000, error: undefined });
    expect(readings?.tiles.get("memory")).toMatchObject({ value: 100, raw: "100" });
    expect(readings?.tiles.has("network")).toBe(false);
    expect(Object.values(charts).map(({ status }) => status)).toEqual(["ready", "ready", "ready", "ready"]);
  });

  it.each(["0", String(2 ** 63)])("know that a limit of %s is none", async (limit) => {
    expect((await load({ working_set: "100", memory_limit: limit })).readings?.memoryLimit).toBeUndefined();
  });

  it("are looked for in the past only where there are none now", async () => {
    const asked: string[] = [];
    await load({ working_set: "100" }, asked);
    expect(asked.some((query) => query.includes("last_seen"))).toBe(false);
    const { readings } = await load({ last_seen: "1234" }, asked);
    expect(readings?.lastSeen).toBe(1234);
  });

  it("leave out what was refused and say so", async () => {
    const client = new MetricsClient((url) => {
      const isRefused = url.includes("cpu_usage");
      const body = isRefused ? { status: "error", errorType: "bad_data", error: "no" } : { status: "success", data: { resultType: url.includes("query_range") ? "matrix" : "vector", result: [] } };
      return Promise.resolve(Response.json(body, { status: isRefused ? 400 : 200 }));
    });
    const task = new ContainerTask(client, () => ({ kind: "live", seconds: 3600 }), "x");
    await task.refresh({ at: 5000, signal: new AbortController().signal });
    expect(task.state.get().readings?.error?.message).toBe("no");
  });
});
