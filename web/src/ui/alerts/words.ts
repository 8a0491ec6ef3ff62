import { type Alert, nameOf } from "../../core/alerts/alert";
import type { Entry, Section } from "../../core/alerts/board";
import { measuredOf } from "../../core/alerts/courses";
import type { Measured } from "../../core/alerts/expression";
import type { Silence } from "../../core/alerts/silence";
import { placeOf, subjectOf } from "../../core/alerts/subject";
import type { Labels } from "../../core/api/types";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { bytes, celsius, joinQuantity, percent } from "../../core/format/quantity";
import { duration, moment } from "../../core/format/time";
import type { Messages } from "../../core/messages";

export interface AlertWords {
  readonly messages: Messages;
  readonly locale: Locale;
  /** Unix seconds of the server. */
  readonly now: number;
}

/** What labels are about: "immich-ml on bromo", "rinjani"; empty where they do not tell. */
export function subjectWords(labels: Labels, { alerts }: Messages): string {
  const { host, container } = subjectOf(labels);
  if (container !== undefined && host !== undefined) return alerts.on(container, host);
  return container ?? host ?? "";
}

/** What the alerts of a section have in common. */
export function sectionTitle({ labels, entries }: Section, messages: Messages): string {
  const subject = subjectWords(labels, messages);
  const values = placeOf(labels, {});
  if (subject !== "" || values.length > 0) return [subject, ...values].filter((part) => part !== "").join(" ");
  const first = entries[0]?.alert.labels ?? {};
  const own = entries.length === 1 ? subjectWords(first, messages) : "";
  return own || nameOf(labels) || messages.alerts.together;
}

/** What tells an entry from the others of its section: what the title does not say yet. */
export function entryPlace({ alert, origin }: Entry, title: string, messages: Messages): string {
  const subject = subjectWords(alert.labels, messages);
  const parts = [subject, ...placeOf(alert.labels, origin?.rule.labels ?? {}).slice(0, 2)];
  return parts.filter((part) => part !== "" && !title.includes(part)).join(" ");
}

/** One line on what is wrong: in the rule's own words, else the value against its limit. */
export function entrySummary(entry: Entry, words: AlertWords): string {
  const { annotations } = entry.alert;
  return annotations["summary"] || annotations["title"] || annotations["description"] || annotations["message"] || valueAgainstLimit(entry, words) || "";
}

/** "91.4 %, alert above 90 %"; undefined where the rule's value is not known. */
export function valueAgainstLimit(entry: Entry, words: AlertWords): string | undefined {
  const value = entry.origin?.found?.value;
  const course = measuredOf(entry);
  if (value === undefined || course === undefined) return undefined;
  const limit = limitWords(course, words);
  const text = measuredText(value, course, words.locale);
  return limit === undefined ? text : words.messages.alerts.against(text, limit);
}

/** "alert above 90 %". */
export function limitWords(course: Measured, { messages, locale }: AlertWords): string | undefined {
  if (course.op === undefined || course.threshold === undefined) return undefined;
  return messages.alerts.limit[course.op](measuredText(course.threshold, course, locale));
}

function measuredText(value: number, { unit }: Measured, locale: Locale): string {
  switch (unit) {
    case "percent":
      return joinQuantity(percent(value, locale));
    case "bytes":
      return joinQuantity(bytes(value, locale));
    case "celsius":
      return joinQuantity(celsius(value, locale));
    case "seconds":
      return duration(value, locale);
    case "plain":
      return formatNumber(value, Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0, locale);
  }
}

/** How long it has been so. */
export function ageWords({ alert }: Entry, { locale, now }: AlertWords): string {
  return duration(now - alert.startsAt, locale);
}

/** What became of a section: whom it goes to, or what keeps it quiet. */
export function fateWords({ state, receivers, entries }: Section, silences: readonly Silence[] | undefined, all: readonly Alert[], words: AlertWords): string {
  const { alerts } = words.messages;
  const first = entries[0];
  if (first === undefined) return "";
  if (state === "pending") {
    const at = firesAt(first);
    return at === undefined ? alerts.state.pending : alerts.firesAt(moment(at, words.now, words.locale));
  }
  if (state === "silenced") {
    const silence = silences?.find(({ id }) => first.alert.silencedBy.includes(id));
    return silence === undefined ? alerts.state.silenced : alerts.untilBy(moment(silence.endsAt, words.now, words.locale), silence.createdBy, silence.comment);
  }
  if (state === "muted") return alerts.mutedBy(first.alert.mutedBy.join(", "));
  if (state === "inhibited") return alerts.heldBackBy(inhibitorName(first.alert, all));
  return receivers.length === 0 ? alerts.nowhere : alerts.to(receivers.join(", "));
}

/** The name of the alert that holds another one back. */
export function inhibitorName(alert: Alert, all: readonly Alert[]): string {
  const names = alert.inhibitedBy.map((id) => nameOf(all.find((other) => other.id === id)?.labels ?? {}) || id);
  return [...new Set(names)].join(", ");
}

/** When a pending entry fires, if its condition holds: unix seconds. */
export function firesAt({ state, origin }: Entry): number | undefined {
  const since = origin?.found?.activeAt;
  return state !== "pending" || since === undefined || origin === undefined ? undefined : since + origin.rule.holdFor;
}
