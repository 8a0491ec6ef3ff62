import type { Locale } from "../../core/format/locale";
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

/** The verdict in words. `age` is that of the newest reading in seconds, undefined for the past. */
export function useVerdictWords(state: HomeState, age: number | undefined, isCollecting: boolean): VerdictWords {
  const messages = useMessages();
  const locale = useLocale();
  const { verdict } = messages;
  const { host, hostError, readings } = state;
  const error = hostError ?? readings?.error;
  if (host === null) return { tone: "pending", head: verdict.absent, detail: verdict.absentDetail };
  if (error !== undefined) return { tone: "mute", head: verdict.failed, detail: error.message };
  if (host === undefined || readings === undefined) return { tone: "pending", head: verdict.waiting, detail: "" };
  const value = (id: WatchedId) => readings.tiles.get(id)?.value;
  const judged = judge<WatchedId>({
    watched: [
      { id: "cpu", value: value("cpu"), thresholds: CPU_THRESHOLDS },
      { id: "memory", value: value("memory"), thresholds: MEMORY_THRESHOLDS },
      { id: "disk", value: value("disk"), thresholds: DISK_THRESHOLDS },
    ],
    ageSeconds: age,
    isCollecting,
  });
  const place = readings.tiles.get("disk")?.metric["mountpoint"];
  return toWords(judged, { messages, locale, host: host.instance, isLive: readings.isLive, hasNumbers: readings.tiles.size > 0, place });
}

interface Words {
  readonly messages: Messages;
  readonly locale: Locale;
  readonly host: string;
  readonly isLive: boolean;
  readonly hasNumbers: boolean;
  /** Where the fullest disk is mounted. */
  readonly place: string | undefined;
}

function toWords(judged: Verdict<WatchedId>, words: Words): VerdictWords {
  const { verdict, watched } = words.messages;
  switch (judged.kind) {
    case "well":
      return words.isLive
        ? { tone: "ok", head: verdict.well, detail: verdict.wellDetail(words.host) }
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
      const detail = judged.problems.map((problem) => problemWords(problem, words)).join(" · ");
      return { tone: judged.level, head: head(judged.problems.length), detail };
    }
  }
}

function problemWords(problem: Problem<WatchedId>, { messages, locale, place }: Words): string {
  const name = problem.id === "disk" && place !== undefined ? messages.tile.diskAt(place) : messages.watched[problem.id];
  const value = joinQuantity(TILES[problem.id].format(problem.value, locale));
  return messages.verdict.problem(name, value, joinQuantity(percent(problem.limit, locale)));
}
