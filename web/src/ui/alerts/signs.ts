import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconHandStop from "@tabler/icons-react/icons/IconHandStop";
import IconClockPause from "@tabler/icons-react/icons/IconClockPause";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconInfoCircle from "@tabler/icons-react/icons/IconInfoCircle";
import type { TablerIcon } from "@tabler/icons-react";
import type { Severity } from "../../core/alerts/alert";
import type { EntryState } from "../../core/alerts/board";
import type { Messages } from "../../core/messages";

export interface Sign {
  readonly icon: TablerIcon;
  /** The class of its colour. */
  readonly tone: string;
  readonly badge: "crit" | "warn" | "mute";
  readonly word: string;
}

/** How an alert looks: trouble is filled, what waits or is kept quiet is outlined. */
export function signOf({ state, severity }: { readonly state: EntryState; readonly severity: Severity }, { alerts }: Messages): Sign {
  if (state === "pending") return { icon: IconHourglass, tone: "t2", badge: "mute", word: alerts.state.pending };
  if (state === "silenced") return { icon: IconBellOff, tone: "t3", badge: "mute", word: alerts.state.silenced };
  if (state === "inhibited") return { icon: IconHandStop, tone: "t3", badge: "mute", word: alerts.state.inhibited };
  if (state === "muted") return { icon: IconClockPause, tone: "t3", badge: "mute", word: alerts.state.muted };
  const word = alerts.severity[severity];
  if (severity === "crit") return { icon: IconAlertOctagonFilled, tone: "graphic-crit", badge: "crit", word };
  if (severity === "warn") return { icon: IconAlertTriangleFilled, tone: "graphic-warn", badge: "warn", word };
  return { icon: IconInfoCircle, tone: "graphic-info", badge: "mute", word };
}
