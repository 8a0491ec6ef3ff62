import IconAlertOctagon from "@tabler/icons-react/icons/IconAlertOctagon";
import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconClock from "@tabler/icons-react/icons/IconClock";
import IconClockPause from "@tabler/icons-react/icons/IconClockPause";
import IconFilterCheck from "@tabler/icons-react/icons/IconFilterCheck";
import IconHandStop from "@tabler/icons-react/icons/IconHandStop";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconRefresh from "@tabler/icons-react/icons/IconRefresh";
import IconRoute from "@tabler/icons-react/icons/IconRoute";
import IconStack2 from "@tabler/icons-react/icons/IconStack2";
import type { TablerIcon } from "@tabler/icons-react";
import type { Entry, Section } from "../../core/alerts/board";
import { searchOfPlace, START } from "../../core/alerts/place";
import type { Receiver } from "../../core/alerts/routing";
import type { Silence } from "../../core/alerts/silence";
import { alertsOf, type AlertsState } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { clockTime, duration, moment } from "../../core/format/time";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { type AlertWords, firesAt, inhibitorName, valueAgainstLimit } from "../../ui/alerts/words";
import { Icon } from "../../ui/Icon";
import { useReceivers } from "./useReceivers";

interface Step {
  readonly icon: TablerIcon;
  readonly tone: "crit" | "warn" | "info" | "ok" | "mute" | "next";
  readonly title: string;
  readonly detail: string;
  /** Unix seconds; undefined where nobody wrote down when. */
  readonly at: number | undefined;
  readonly href?: string;
}

/** Step by step what led to this, as far as it is known, and what comes next. */
export function Why({ entry, section }: { entry: Entry; section: Section }) {
  const words = useAlertWords();
  const state = useAlerts();
  const { receivers } = useReceivers();
  const { alerts } = words.messages;
  const steps = [...causes(entry, words), ...(state.groups === undefined ? [] : handling(entry, section, state, receivers, words)), ...nextSteps(entry, words)];
  return (
    <div className="alert-why">
      <h3>{entry.state === "firing" && state.groups !== undefined ? alerts.why : entry.state === "firing" ? alerts.state.firing : entry.state === "pending" ? alerts.state.pending : alerts.whyNot}</h3>
      <ol>
        {steps.map((step) => (
          <li key={step.title} className={step.tone}>
            <span className="why-icon">
              <Icon of={step.icon} size={12} />
            </span>
            <div className="grow">
              <p className="medium">{step.href === undefined ? step.title : <a className="link" href={step.href}>{step.title}</a>}</p>
              <p className="t3">{step.detail}</p>
            </div>
            {step.at !== undefined && (
              <time className="num t3" title={moment(step.at, words.now, words.locale)}>
                {timeWords(step.at, words)}
              </time>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** To the second today, to the minute on other days. */
function timeWords(at: number, { now, locale }: AlertWords): string {
  const short = moment(at, now, locale);
  return short === clockTime(at, locale) ? clockTime(at, locale, true) : short;
}

/** A span that no line is broken in. */
function span(seconds: number, { locale }: AlertWords): string {
  return duration(seconds, locale).replaceAll(" ", "\u00a0");
}

/** What the rule saw. */
function causes(entry: Entry, words: AlertWords): Step[] {
  const { step } = words.messages.alerts;
  const { origin, alert } = entry;
  const steps: Step[] = [];
  if (origin?.found !== undefined) {
    const value = valueAgainstLimit(entry, words);
    const wait = origin.rule.holdFor;
    const detail = value === undefined ? step.crossedBare : wait === 0 ? step.crossedAtOnce(value) : step.crossedDetail(value, span(wait, words));
    steps.push({ icon: IconHourglass, tone: "mute", title: step.crossed, detail, at: origin.found.activeAt });
  }
  if (entry.state !== "pending") {
    const held = origin?.rule.holdFor ?? 0;
    const detail = held === 0 ? step.heldNot : step.held(span(held, words));
    steps.push({ icon: IconAlertOctagon, tone: entry.severity === "info" ? "info" : "crit", title: step.firing, detail, at: alert.startsAt });
  }
  return steps;
}

/** What the alert manager made of it. */
function handling(entry: Entry, section: Section, { silences, groups }: AlertsState, told: readonly Receiver[] | undefined, words: AlertWords): Step[] {
  const { step } = words.messages.alerts;
  const { alert, state } = entry;
  if (state === "pending") return [];
  const steps: Step[] = [];
  const receivers = alert.receivers.length > 0 ? alert.receivers : section.receivers;
  const grouping = Object.keys(section.labels);
  const silenced = alert.silencedBy.map((id) => silences?.find((silence) => silence.id === id));
  for (const silence of silenced) steps.push(silencedStep(silence, words));
  if (alert.inhibitedBy.length > 0) {
    steps.push({ icon: IconHandStop, tone: "mute", title: step.inhibited(inhibitorName(alert, alertsOf(groups))), detail: step.inhibitedDetail, at: undefined });
  }
  if (alert.mutedBy.length > 0) steps.push({ icon: IconClockPause, tone: "mute", title: step.muted(alert.mutedBy.join(", ")), detail: step.mutedDetail, at: undefined });
  if (state === "firing") steps.push({ icon: IconFilterCheck, tone: "info", title: step.free, detail: step.freeDetail, at: undefined });
  if (receivers.length > 0) {
    const grouped = grouping.length === 0 ? words.messages.alerts.together : step.grouped(grouping.join(", "));
    steps.push({ icon: IconStack2, tone: "info", title: grouped, detail: section.entries.length === 1 ? step.firingAlone : step.firingWith(formatNumber(section.entries.length, 0, words.locale)), at: undefined });
    const isTold = told === undefined || receivers.some((name) => told.some((one) => one.name === name && one.integrations.length > 0));
    const detail = !isTold ? step.routedNowhere : receivers.length === 1 ? step.routedDetail : step.routedMany;
    if (state === "firing") steps.push({ icon: IconRoute, tone: isTold ? "ok" : "warn", title: step.routed(receivers.join(", ")), detail, at: undefined });
  }
  if (alert.updatedAt !== undefined) steps.push({ icon: IconRefresh, tone: "mute", title: step.confirmed, detail: step.confirmedDetail, at: alert.updatedAt });
  return steps;
}

function silencedStep(silence: Silence | undefined, { messages, locale, now }: AlertWords): Step {
  const { step } = messages.alerts;
  const common = { icon: IconBellOff, tone: "mute" } as const;
  if (silence === undefined) return { ...common, title: step.silencedUnknown, detail: "", at: undefined };
  const href = `alerts${searchOfPlace({ ...START, tab: "silences", silence: silence.id }, "")}`;
  return { ...common, title: step.silenced(silence.createdBy), detail: step.silencedDetail(moment(silence.endsAt, now, locale), silence.comment), at: silence.startsAt, href };
}

function nextSteps(entry: Entry, words: AlertWords): Step[] {
  const { step } = words.messages.alerts;
  const fires = firesAt(entry);
  const common = { icon: IconClock, tone: "next" } as const;
  if (fires !== undefined) return [{ ...common, title: step.next(duration(fires - words.now, words.locale)), detail: step.nextDetail, at: fires }];
  const { endsAt } = entry.alert;
  if (endsAt === undefined || endsAt <= words.now) return [];
  return [{ ...common, title: step.ends(duration(endsAt - words.now, words.locale)), detail: step.endsDetail, at: endsAt }];
}
