import type { Section } from "../../core/alerts/board";
import { coveredBy, type Thing, thingsOf } from "../../core/alerts/things";
import { type ContainerRow, countRows } from "../../core/containers/rows";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { joinQuantity, percent } from "../../core/format/quantity";
import { duration } from "../../core/format/time";
import type { HomeState } from "../../core/home/state";
import { TILES } from "../../core/home/tiles";
import type { Messages } from "../../core/messages";
import { CPU_THRESHOLDS, DISK_THRESHOLDS, MEMORY_THRESHOLDS } from "../../core/thresholds";
import { judge, type Problem, type Verdict } from "../../core/verdict";
import { useLocale, useMessages } from "../../ui/context";

/** How the verdict looks. */
export type VerdictTone = "ok" | "warn" | "crit" | "mute" | "pending";

export interface VerdictWords {
  readonly tone: VerdictTone;
  readonly head: string;
  readonly detail: string;
}

type WatchedId = "cpu" | "memory" | "disk";

/** So many containers are named; how many more there are is told. */
const NAMED_CONTAINERS = 3;

/**
 * The verdict in words. `age` is that of the newest reading in seconds, undefined for the past; `containers` are those
 * of now, undefined where they are not known; `board` is what fires now.
 */
export function useVerdictWords(
  state: HomeState,
  age: number | undefined,
  isCollecting: boolean,
  containers: readonly ContainerRow[] | undefined,
  board: readonly Section[],
): VerdictWords {
  const messages = useMessages();
  const locale = useLocale();
  const { verdict } = messages;
  const { host, hostError, readings } = state;
  const error = hostError ?? readings?.error;
  if (host === null) return { tone: "pending", head: verdict.absent, detail: verdict.absentDetail };
  if (error !== undefined) return { tone: "mute", head: verdict.failed, detail: error.message };
  if (host === undefined || readings === undefined) return { tone: "pending", head: verdict.waiting, detail: "" };
  const rows = readings.isLive ? (containers ?? []) : [];
  // What fires is about now.
  const fires = readings.isLive ? board : [];
  const covered = coveredBy(fires);
  const value = (id: WatchedId) => readings.tiles.get(id)?.value;
  const judged = judge<WatchedId>({
    watched: [
      { id: "cpu", value: value("cpu"), thresholds: CPU_THRESHOLDS },
      { id: "memory", value: value("memory"), thresholds: MEMORY_THRESHOLDS },
      { id: "disk", value: value("disk"), thresholds: DISK_THRESHOLDS },
    ],
    ageSeconds: age,
    isCollecting,
    containers: rows,
    alerts: thingsOf(fires),
    isCovered: (what) => ("watched" in what ? covered.watched.has(what.watched) : covered.containers.has(what.container)),
  });
  const place = readings.tiles.get("disk")?.metric["mountpoint"];
  return toWords(judged, { messages, locale, host: host.instance, isLive: readings.isLive, hasNumbers: readings.tiles.size > 0, place, rows });
}

interface Words {
  readonly messages: Messages;
  readonly locale: Locale;
  readonly host: string;
  readonly isLive: boolean;
  readonly hasNumbers: boolean;
  /** Where the fullest disk is mounted. */
  readonly place: string | undefined;
  /** All containers of now. */
  readonly rows: readonly ContainerRow[];
}

function toWords(judged: Verdict<WatchedId>, words: Words): VerdictWords {
  const { verdict, watched } = words.messages;
  switch (judged.kind) {
    case "well":
      return words.isLive
        ? { tone: "ok", head: verdict.well, detail: words.rows.length === 0 ? verdict.wellDetail(words.host) : verdict.wellWithContainers(words.host, runWords(words)) }
        : { tone: "ok", head: verdict.wasWell, detail: verdict.wasWellDetail(words.host) };
    case "collecting":
      return { tone: "pending", head: verdict.collecting, detail: verdict.collectingDetail };
    case "stale":
      return {
        tone: "warn",
        head: verdict.stale(duration(judged.ageSeconds, words.locale)),
        detail: words.hasNumbers ? verdict.staleDetail(words.host) : verdict.goneDetail(words.host),
      };
    case "partial":
      return { tone: "mute", head: verdict.partial, detail: verdict.partialDetail(judged.missing.map((id) => watched[id]).join(", ")) };
    case "trouble": {
      const head = words.isLive ? verdict.trouble : verdict.wasTrouble;
      const parts = [...alertWords(judged.alerts, words), ...containerWords(judged.containers, words), ...judged.problems.map((problem) => problemWords(problem, words))];
      if (words.rows.length > 0) parts.push(runWords(words));
      return { tone: judged.level, head: head(judged.alerts.length + judged.problems.length + judged.containers.length), detail: parts.join(" · ") };
    }
  }
}

/** "1 critical, 2 warnings": what they are stands in the cards beside. */
function alertWords(alerts: readonly Thing[], { messages, locale }: Words): string[] {
  const { alertStrip } = messages;
  const parts = (["crit", "warn"] as const).flatMap((level) => {
    const count = alerts.filter((thing) => thing.level === level).length;
    return count === 0 ? [] : [alertStrip[level](formatNumber(count, 0, locale))];
  });
  return parts.length === 0 ? [] : [parts.join(", ")];
}

/** How many run: "41 of 43 containers run". */
function runWords({ messages, locale, rows }: Words): string {
  const { running, total } = countRows(rows);
  return messages.verdict.run(formatNumber(running, 0, locale), formatNumber(total, 0, locale));
}

function containerWords(troubled: readonly ContainerRow[], { messages, locale }: Words): string[] {
  const { verdict } = messages;
  // "1 more" would be as long as its name.
  const named = troubled.slice(0, troubled.length === NAMED_CONTAINERS + 1 ? troubled.length : NAMED_CONTAINERS).map((row) => containerWord(row, verdict.container));
  const more = troubled.length - named.length;
  return more === 0 ? named : [...named, verdict.moreContainers(formatNumber(more, 0, locale))];
}

/** Of several things that are wrong with one, the cause. */
function containerWord({ label, trouble, container }: ContainerRow, words: Messages["verdict"]["container"]): string {
  if (trouble?.kind === "dead") return words.dead(label);
  if (trouble?.kind === "oom" || (container.oomKilled && container.state !== "running")) return words.oom(label);
  if (trouble?.kind === "failed") return words.failed(label, String(container.exitCode ?? ""));
  return container.state === "restarting" || trouble?.kind === "restarting" ? words.restarting(label) : words.unhealthy(label);
}

function problemWords(problem: Problem<WatchedId>, { messages, locale, place }: Words): string {
  const name = problem.id === "disk" && place !== undefined ? messages.tile.diskAt(place) : messages.watched[problem.id];
  const value = joinQuantity(TILES[problem.id].format(problem.value, locale));
  return messages.verdict.problem(name, value, joinQuantity(percent(problem.limit, locale)));
}
