import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconHeart from "@tabler/icons-react/icons/IconHeart";
import IconHeartBroken from "@tabler/icons-react/icons/IconHeartBroken";
import IconPencil from "@tabler/icons-react/icons/IconPencil";
import IconPlayerPause from "@tabler/icons-react/icons/IconPlayerPause";
import IconPlayerPlay from "@tabler/icons-react/icons/IconPlayerPlay";
import IconPlayerStop from "@tabler/icons-react/icons/IconPlayerStop";
import IconPlus from "@tabler/icons-react/icons/IconPlus";
import IconRefresh from "@tabler/icons-react/icons/IconRefresh";
import IconSkull from "@tabler/icons-react/icons/IconSkull";
import IconTrash from "@tabler/icons-react/icons/IconTrash";
import type { TablerIcon } from "@tabler/icons-react";
import type { ContainerEvent } from "../../core/events/event";
import { type EventGroup, sameAsWorst } from "../../core/events/group";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import type { Messages } from "../../core/messages";

/** What happened, in words: "killed, out of memory". */
export function eventWords(event: ContainerEvent, { events }: Messages): string {
  switch (event.kind) {
    case "exited":
      if (event.oomKilled) return events.killed;
      return event.exitCode === undefined || event.exitCode === 0 ? events.stopped : events.exited(String(event.exitCode));
    case "restarting":
      return event.restarts === undefined ? events.restarting : events.restartingCount(String(event.restarts));
    case "health":
      return event.health === "healthy" ? events.healthy : event.health === "unhealthy" ? events.unhealthy : events.healthStarting;
    case "renamed":
      return event.from === "" ? events.renamed("–") : events.renamed(event.from);
    case "created":
    case "started":
    case "oom":
    case "paused":
    case "unpaused":
    case "removed":
      return events[event.kind];
  }
}

/** What a group of events comes down to: its gravest, and how often. */
export function groupWords(group: EventGroup, messages: Messages, locale: Locale): string {
  const same = sameAsWorst(group);
  const { worst } = group;
  const { events } = messages;
  const words = worst.kind === "restarting" ? events.restarting : worst.kind === "exited" && worst.oomKilled ? events.killedShort : eventWords(worst, messages);
  return same < 2 ? words : events.times(words, formatNumber(same, 0, locale));
}

/** The sign of an event. */
export function eventIcon(event: ContainerEvent): TablerIcon {
  switch (event.kind) {
    case "oom":
      return IconSkull;
    case "exited":
      return event.oomKilled ? IconSkull : event.tone === "crit" ? IconAlertOctagonFilled : IconPlayerStop;
    case "health":
      return event.health === "unhealthy" ? IconHeartBroken : IconHeart;
    case "created":
      return IconPlus;
    case "started":
    case "unpaused":
      return IconPlayerPlay;
    case "restarting":
      return IconRefresh;
    case "paused":
      return IconPlayerPause;
    case "renamed":
      return IconPencil;
    case "removed":
      return IconTrash;
  }
}
