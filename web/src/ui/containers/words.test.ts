import { describe, expect, it } from "vitest";
import type { ContainerNumbers } from "../../core/containers/numbers";
import { readReport } from "../../core/containers/report";
import { containerRows, type ContainerRow, countRows } from "../../core/containers/rows";
import { MESSAGES } from "../../core/messages";
import { besideState, countWords, memoryColumn, memoryWords, messageOf, sinceWords, stateWord } from "./words";

const NOW = 1_800_000_000;
const MiB = 1024 ** 2;
const ID = "a".repeat(64);

function row(container: Record<string, unknown>, numbers?: Partial<ContainerNumbers>): ContainerRow {
  const report = readReport({ host: "bromo", containers: [{ id: ID, name: "web", state: "running", ...container }] });
  const known = numbers === undefined ? [] : [[ID, { cpuCores: 0, spark: [], memoryBytes: undefined, limitBytes: undefined, restarts: 0, ooms: 0, ...numbers }] as const];
  const [made] = containerRows(report, new Map(known), NOW);
  if (made === undefined) throw new Error("there is no row");
  return made;
}

const speech = (locale: "en" | "id") => ({ messages: MESSAGES[locale], locale, now: NOW });
const ago = (seconds: number) => (NOW - seconds) * 1000;

describe("the state of a container in words", () => {
  it.each<[Record<string, unknown>, string, string]>([
    [{ health: "healthy", startedMs: ago(90_000) }, "Running healthy | Running for 1 d 1 h", "Berjalan sehat | Berjalan selama 1 hari 1 jam"],
    [{ health: "none" }, "Running no check | ", "Berjalan tanpa cek | "],
    [{ state: "restarting", health: "unhealthy", finishedMs: ago(4) }, "Restarting unhealthy | Ended 4 s ago", "Mulai ulang tidak sehat | Berakhir 4 dtk lalu"],
    [{ state: "restarting", oomKilled: true }, "Restarting out of memory | ", "Mulai ulang memori habis | "],
    [{ state: "exited", exitCode: 0, finishedMs: ago(60) }, "Exited 0  | Ended 1 min ago", "Keluar 0  | Berakhir 1 mnt lalu"],
    [{ state: "exited", exitCode: 137, oomKilled: true, finishedMs: ago(60) }, "Exited 137 out of memory | Ended 1 min ago", "Keluar 137 memori habis | Berakhir 1 mnt lalu"],
    [{ state: "exited", health: "unhealthy" }, "Exited  | ", "Keluar  | "],
    [{ state: "paused", health: "healthy" }, "Paused  | ", "Dijeda  | "],
    [{ state: "created" }, "Not started  | ", "Belum dimulai  | "],
    [{ state: "of a later version" }, "Unknown  | ", "Tidak dikenal  | "],
  ])("%j", (given, english, indonesian) => {
    const one = row(given);
    const say = (locale: "en" | "id") => `${stateWord(one.container, MESSAGES[locale])} ${besideState(one, MESSAGES[locale])?.word ?? ""} | ${sinceWords(one.container, speech(locale))}`;
    expect([say("en"), say("id")]).toEqual([english, indonesian]);
  });

  it("is red where it is trouble now, not where it is long over", () => {
    const killed = (seconds: number) => row({ state: "exited", exitCode: 137, oomKilled: true, finishedMs: ago(seconds) });
    expect(besideState(killed(60), MESSAGES.en)?.level).toBe("crit");
    expect(besideState(killed(9 * 86_400), MESSAGES.en)?.level).toBe("ok");
  });
});

describe("memory in words", () => {
  it.each<[string, number | undefined, number | undefined, string | undefined]>([
    ["running", 500 * MiB, 1000 * MiB, "500.0 / 1,000.0 ok"],
    ["running", 860 * MiB, 1000 * MiB, "860.0 / 1,000.0 warn"],
    ["running", 4085 * MiB, 4096 * MiB, "3.99 / 4.00 crit"],
    ["running", 3 * MiB, undefined, "3.0 ok"],
    ["running", 0, undefined, "0.0 ok"],
    ["running", undefined, 4096 * MiB, undefined],
    ["exited", 3 * MiB, undefined, undefined],
  ])("of one %s with %s of %s", (state, memoryBytes, limitBytes, expected) => {
    const one = row({ state }, { memoryBytes, limitBytes });
    const words = memoryWords(one, memoryColumn([one]), speech("en"));
    expect(words === undefined ? undefined : `${words.used}${words.limit === undefined ? "" : ` / ${words.limit}`} ${words.level}`).toBe(expected);
  });

  it.each([
    [[3 * MiB, 900 * MiB], "MiB"],
    [[3 * MiB, 1100 * MiB], "GiB"],
    [[1000], "MiB"],
    [[5000 * 1024 * MiB], "GiB"],
    [[], "MiB"],
  ])("has one unit for %j", (used, unit) => expect(memoryColumn(used.map((memoryBytes) => row({}, { memoryBytes }))).unit).toBe(unit));
});

it("counts in words", () => {
  const rows = [row({}), row({ state: "exited" }), row({})];
  expect(countWords(countRows(rows), MESSAGES.en, "en")).toBe("3 · 2 running · 1 exited");
  expect(countWords(countRows(rows), MESSAGES.id, "id")).toBe("3 · 2 berjalan · 1 keluar");
});

it.each([
  ["GET / 200", "GET / 200"],
  ['{"level":"info","msg":"asset uploaded"}', "asset uploaded"],
  ['{"level":"info"}', '{"level":"info"}'],
  ['level=info msg="a b" id=7', "a b"],
  ['level=info msg=""', 'level=info msg=""'],
  ["\u001b[31mred\u001b[0m  ", "red"],
])("takes from %j the message %j", (text, message) => expect(messageOf(text)).toBe(message));
