import { describe, expect, it } from "vitest";
import type { Fetch } from "../api/client";
import { MetricsClient } from "../api/client";
import type { VectorSample } from "../api/types";
import type { TimeRange } from "../time/range";
import { CHARTS } from "./charts";
import { diskRows } from "./disks";
import { pickHost } from "./host";
import { Snapshot } from "./snapshot";
import { ChartSource } from "../series/source";
import { thinOut } from "./spark";
import { HomeTask } from "./task";
import { tilesOf } from "./tiles";

const sample = (value: number, metric: Record<string, string> = {}): VectorSample => ({ metric, value, raw: String(value), time: 0 });

describe("the host", () => {
  it("is the one with the newest reading", () => {
    const host = pickHost(
      [sample(100, { instance: "old" }), sample(200, { instance: "new" })],
      [sample(10, { instance: "old" }), sample(150, { instance: "new" })],
      [sample(3, { instance: "old" })],
    );
    expect(host).toEqual({ instance: "new", oldestReading: 150, newestReading: 200, hasTemperature: false });
  });

  it("is nobody in an empty store", () => expect(pickHost([], [], [])).toBeNull());

  it("shows how busy its disks are when it has no thermometer", () => {
    const host = { instance: "a", oldestReading: 0, newestReading: 0, hasTemperature: true };
    expect(tilesOf(host)).toEqual(["cpu", "memory", "load", "disk", "network", "temperature"]);
    expect(tilesOf({ ...host, hasTemperature: false }).at(-1)).toBe("disk_busy");
  });
});

describe("file systems", () => {
  interface Mount {
    mountpoint: string;
    device: string;
    fstype: string;
    size: number;
    left: number;
    readonly?: number;
  }
  const rows = (mounts: Mount[]) =>
    diskRows(
      new Snapshot(
        mounts.flatMap(({ size, left, readonly = 0, ...metric }) => [
          sample(size, { __name__: "node_filesystem_size_bytes", ...metric }),
          sample(left, { __name__: "node_filesystem_avail_bytes", ...metric }),
          sample(readonly, { __name__: "node_filesystem_readonly", ...metric }),
        ]),
      ),
    );
  const root: Mount = { mountpoint: "/", device: "/dev/sda1", fstype: "ext4", size: 100, left: 60 };

  it("are sorted by trouble, then by name", () => {
    const found = rows([root, { ...root, mountpoint: "/z", device: "/dev/sdz", left: 3 }, { ...root, mountpoint: "/b", device: "/dev/sdb", left: 10 }]);
    expect(found.map((row) => [row.mountpoint, row.level])).toEqual([["/z", "crit"], ["/b", "warn"], ["/", "ok"]]);
    expect(found[2]).toMatchObject({ usedBytes: 40, usedPercent: 40 });
  });

  it("show a device mounted twice once, at its shortest path", () => {
    expect(rows([{ ...root, mountpoint: "/var/lib/x" }, root]).map((row) => row.mountpoint)).toEqual(["/"]);
  });

  it("leave out memory, overlays and what has no size", () => {
    expect(rows([{ ...root, fstype: "tmpfs" }, { ...root, fstype: "overlay" }, { ...root, size: 0 }])).toEqual([]);
  });

  it("do not call a full read-only medium trouble", () => {
    expect(rows([{ ...root, left: 0, readonly: 1 }])[0]).toMatchObject({ level: "ok", isReadonly: true, usedPercent: 100 });
  });
});

/** A server whose every series is its own time, and which writes down what it was asked. */
function recorder() {
  const asked: { kind: "instant" | "range"; query: string; start?: number; end?: number; time?: number }[] = [];
  const fetch: Fetch = async (url, init) => {
    const form = new URLSearchParams(init.method === "POST" ? String(init.body) : url.split("?")[1]);
    const number = (name: string) => Number(form.get(name));
    const query = form.get("query") ?? "";
    if (init.method === "POST") {
      asked.push({ kind: "range", query, start: number("start"), end: number("end") });
      const values: [number, string][] = [];
      for (let time = number("start"); time <= number("end"); time += number("step")) values.push([time, String(time)]);
      return json({ resultType: "matrix", result: [{ metric: { mode: "user" }, values }] });
    }
    asked.push({ kind: "instant", query, time: number("time") });
    const metric = { instance: "h", mode: "user", __name__: "node_time_seconds" };
    return json({ resultType: "vector", result: [{ metric, value: [number("time"), query.startsWith("min_over") ? "0" : String(number("time"))] }] });
  };
  return { asked, client: new MetricsClient(fetch) };
}

async function json(data: unknown): Promise<Response> {
  return new Response(JSON.stringify({ status: "success", data }));
}

describe("the data of a chart", () => {
  const signal = new AbortController().signal;

  it("is asked for whole once, then only for what is new", async () => {
    const { asked, client } = recorder();
    const source = new ChartSource(CHARTS.cpu);
    const first = await source.load(client, "h", { from: 100_000, to: 103_600 }, signal);
    expect(asked).toMatchObject([{ kind: "range", start: 100_005, end: 103_590 }]);
    const second = await source.load(client, "h", { from: 100_015, to: 103_615 }, signal);
    expect(asked.slice(1)).toMatchObject([{ kind: "range", start: 103_605, end: 103_605 }]);
    expect(second.times.at(-1)).toBe(103_605);
    expect(second.times[0]).toBe(100_020);
    expect(second.series[0]?.values).toEqual(second.times);
    expect(first.times).toHaveLength(240);
  });

  it("asks for nothing when no grid point is new", async () => {
    const { asked, client } = recorder();
    const source = new ChartSource(CHARTS.cpu);
    await source.load(client, "h", { from: 100_000, to: 103_600 }, signal);
    await source.load(client, "h", { from: 100_001, to: 103_601 }, signal);
    expect(asked).toHaveLength(1);
  });

  it("has a newest point of its own where steps are long", async () => {
    const { asked, client } = recorder();
    const source = new ChartSource(CHARTS.cpu);
    const frame = await source.load(client, "h", { from: 0, to: 86_500 }, signal);
    expect(asked.map((entry) => entry.kind)).toEqual(["range", "instant"]);
    expect(frame.times.at(-1)).toBe(86_500);
    const next = await source.load(client, "h", { from: 15, to: 86_515 }, signal);
    expect(asked.slice(2).map((entry) => entry.kind)).toEqual(["instant"]);
    expect(next.times.at(-1)).toBe(86_515);
    expect(next.times.filter((time) => time > 86_400)).toEqual([86_515]);
  });

  it("starts over for another range, another step or a jump", async () => {
    const { asked, client } = recorder();
    const source = new ChartSource(CHARTS.cpu);
    await source.load(client, "h", { from: 100_000, to: 103_600 }, signal);
    await source.load(client, "h", { from: 90_000, to: 93_600 }, signal);
    await source.load(client, "h", { from: 100_000, to: 103_600 }, signal);
    await source.load(client, "h", { from: 900_000, to: 903_600 }, signal);
    const starts = asked.filter((entry) => entry.kind === "range").map((entry) => entry.start);
    expect(starts).toEqual([100_005, 90_000, 100_005, 900_000]);
  });
});

describe("the task of Home", () => {
  const at = 1_000_000;
  const context = (time: number) => ({ at: time, signal: new AbortController().signal });

  it("evaluates all tiles at one instant and keeps the numbers as they were written", async () => {
    const { client } = recorder();
    const task = new HomeTask(client, () => ({ kind: "live", seconds: 3600 }));
    await task.refresh(context(at));
    const readings = task.state.get().readings;
    expect(readings?.at).toBe(at);
    expect([...(readings?.tiles.values() ?? [])].map((reading) => reading.raw)).toEqual(Array(6).fill(String(at)));
  });

  it("looks at the end of a past range", async () => {
    const { client } = recorder();
    let range: TimeRange = { kind: "fixed", from: 1000, to: 2000 };
    const task = new HomeTask(client, () => range);
    await task.refresh(context(at));
    expect(task.state.get().readings).toMatchObject({ at: 2000, isLive: false });
    range = { kind: "live", seconds: 900 };
    await task.refresh(context(at));
    expect(task.state.get().readings).toMatchObject({ at, isLive: true });
  });

  it("loads only the charts in view, and one that comes into view at once", async () => {
    const { asked, client } = recorder();
    const task = new HomeTask(client, () => ({ kind: "live", seconds: 3600 }));
    const leave = task.watch("cpu");
    await task.refresh(context(at));
    expect(asked.filter((entry) => entry.kind === "range")).toHaveLength(1);
    expect(task.state.get().charts.network.status).toBe("loading");
    task.watch("network");
    await new Promise((done) => setTimeout(done));
    expect(task.state.get().charts.network.status).toBe("ready");
    leave();
    const before = asked.filter((entry) => entry.kind === "range").length;
    await task.refresh(context(at + 30));
    expect(asked.filter((entry) => entry.kind === "range")).toHaveLength(before + 1);
  });

  it("is in a hurry only while history is shorter than a reading's distance", async () => {
    const { client } = recorder();
    const task = new HomeTask(client, () => ({ kind: "live", seconds: 3600 }));
    expect(task.isInHurry()).toBe(false);
    await task.refresh(context(6));
    expect(task.isInHurry()).toBe(true);
    await task.refresh(context(16));
    expect(task.isInHurry()).toBe(false);
  });

  it("begins the picture of a new host with its first reading", async () => {
    const { client } = recorder();
    const task = new HomeTask(client, () => ({ kind: "live", seconds: 3600 }));
    task.watch("load");
    await task.refresh(context(600));
    const { charts, dataSince } = task.state.get();
    expect(charts.load).toMatchObject({ status: "ready", span: { from: 0, to: 600 } });
    expect(dataSince).toBe(0);
  });
});

it("thins a column out by means and keeps gaps", () => {
  expect(thinOut([1, 3, null, null, 5, null], 3)).toEqual([2, null, 5]);
  expect(thinOut([1, null], 3)).toEqual([1, null]);
});
