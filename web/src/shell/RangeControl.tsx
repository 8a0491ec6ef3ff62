import IconChevronLeft from "@tabler/icons-react/icons/IconChevronLeft";
import IconChevronRight from "@tabler/icons-react/icons/IconChevronRight";
import IconClock from "@tabler/icons-react/icons/IconClock";
import IconZoomOut from "@tabler/icons-react/icons/IconZoomOut";
import type { Locale } from "../core/format/locale";
import { clockTime, moment } from "../core/format/time";
import type { Messages } from "../core/messages";
import {
  MAX_RANGE_SECONDS,
  nextRange,
  previousRange,
  RANGE_SECONDS,
  rangeSeconds,
  type TimeRange,
  zoomOutRange,
} from "../core/time/range";
import { useApp, useLocale, useMessages } from "../ui/context";
import { Icon } from "../ui/Icon";
import { IconButton } from "../ui/IconButton";
import { RadioMenu, type RadioSection } from "../ui/RadioMenu";
import { useCell } from "../ui/useCell";

/** Earlier, which range, later, longer. */
export function RangeControl() {
  const messages = useMessages();
  const locale = useLocale();
  const { range: cell, clock } = useApp();
  const range = useCell(cell);
  const label = rangeLabel(range, messages, locale, clock.now());
  return (
    <span className="btn-group">
      <IconButton icon={IconChevronLeft} label={messages.range.previous} className="no-phone" onClick={() => cell.set(previousRange(range, clock.now()))} />
      <RadioMenu target={<RangeButton label={label} />} sections={[rangeSection(range, messages, (next) => cell.set(next))]} />
      <IconButton
        icon={IconChevronRight}
        label={messages.range.next}
        className="no-phone"
        disabled={range.kind === "live"}
        onClick={() => cell.set(nextRange(range, clock.now()))}
      />
      <IconButton
        icon={IconZoomOut}
        label={messages.range.zoomOut}
        className="no-phone"
        disabled={rangeSeconds(range) >= MAX_RANGE_SECONDS}
        onClick={() => cell.set(zoomOutRange(range, clock.now()))}
      />
    </span>
  );
}

function RangeButton({ label, ...rest }: { label: string }) {
  const { range } = useMessages();
  return (
    <button {...rest} type="button" className="btn" aria-label={range.open(label)} data-testid="range">
      <Icon of={IconClock} />
      <span className="num">{label}</span>
    </button>
  );
}

function rangeSection(range: TimeRange, messages: Messages, choose: (range: TimeRange) => void): RadioSection {
  return {
    title: messages.range.title,
    value: range.kind === "live" ? String(range.seconds) : "",
    options: RANGE_SECONDS.map((seconds) => ({ value: String(seconds), label: messages.range.last(spanInWords(seconds, messages)) })),
    choose: (value) => choose({ kind: "live", seconds: Number(value) }),
  };
}

function rangeLabel(range: TimeRange, messages: Messages, locale: Locale, now: number): string {
  if (range.kind === "live") return messages.range.last(spanInWords(range.seconds, messages));
  const isShort = range.to - range.from < 600;
  const end = isShort ? clockTime(range.to, locale, true) : clockTime(range.to, locale);
  const start = isShort ? clockTime(range.from, locale, true) : moment(range.from, now, locale);
  const isSameDay = new Date(range.from * 1000).toDateString() === new Date(range.to * 1000).toDateString();
  return `${start} – ${isSameDay ? end : moment(range.to, now, locale)}`;
}

function spanInWords(seconds: number, { span }: Messages): string {
  if (seconds > 86400 && seconds % 86400 === 0) return span.days(seconds / 86400);
  if (seconds >= 3600 && seconds % 3600 === 0) return span.hours(seconds / 3600);
  return span.minutes(Math.round(seconds / 60));
}
