import { Tooltip } from "@mantine/core";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { ContainerEvent } from "../../core/events/event";
import { type EventGroup, groupEvents, labelled } from "../../core/events/group";
import type { EventsState } from "../../core/events/task";
import { formatNumber } from "../../core/format/number";
import { clockTime, moment } from "../../core/format/time";
import type { Span } from "../../core/time/range";
import { useApp, useLocale, useMessages } from "../context";
import { Icon } from "../Icon";
import { useTimeline } from "../timeline";
import { eventIcon, eventWords, groupWords } from "./words";

/** Signs are this wide, and at least so far from each other, in pixels. */
const SIGN_PX = 20;
const APART_PX = 22;

/** Width of a letter beside a sign, in pixels: for whether there is room only. */
const LETTER_PX = 6.4;

/** Events told one by one in the hint of a group. */
const MOST_TOLD = 6;

interface EventStripProps {
  readonly state: EventsState;
  /** What the charts below show; the range asked for where it is not known. */
  readonly span: Span | undefined;
  /** Whether the containers are named: not where the page is about one. */
  readonly isNamed: boolean;
}

/** What happened, on the page's time axis. A click holds that moment everywhere. */
export function EventStrip({ state, span, isNamed }: EventStripProps) {
  const messages = useMessages();
  const locale = useLocale();
  const { clock } = useApp();
  const line = useRef<HTMLDivElement>(null);
  const width = useWidth(line);
  const shown = span ?? (state.status === "ready" ? state.span : undefined);
  const groups = useMemo(
    () => (state.status === "ready" && shown !== undefined ? groupEvents(state.events, shown, width, APART_PX) : []),
    [state, shown, width],
  );
  const short = (group: EventGroup) => groupWords(group, messages, locale);
  const long = (group: EventGroup) => stripWords(group, isNamed, short(group));
  const fitting = (words: (group: EventGroup) => string) => labelled(groups, width, SIGN_PX, (group) => (words(group).length + 6) * LETTER_PX + 14);
  const [roomForLong, roomForShort] = [fitting(long), fitting(short)];
  const wordsOf = (group: EventGroup) => (roomForLong.has(group) ? long(group) : roomForShort.has(group) ? short(group) : undefined);
  const isDated = shown !== undefined && shown.to - shown.from > 86400;
  const end = (time: number) => (isDated ? moment(time, clock.now(), locale) : clockTime(time, locale));
  return (
    <section className="card strip" aria-label={messages.events.title} data-testid="event-strip">
      <span className="strip-end num">{shown === undefined ? "" : end(shown.from)}</span>
      <div ref={line} className="strip-line">
        {shown !== undefined && <StripCursor span={shown} />}
        {groups.map((group) => (
          <Sign key={group.events[0].id} group={group} isNamed={isNamed} words={wordsOf(group)} />
        ))}
        {state.status === "failed" && <span className="strip-note text-crit">{messages.events.failed}</span>}
        {state.status === "ready" && groups.length === 0 && <span className="strip-note">{messages.events.none}</span>}
      </div>
      <span className="strip-end num">{shown === undefined ? "" : end(shown.to)}</span>
    </section>
  );
}

/** Where several containers are meant, no single name is said. */
function stripWords(group: EventGroup, isNamed: boolean, words: string): string {
  const names = new Set(group.events.map((event) => event.container));
  return isNamed && names.size === 1 && group.worst.container !== "" ? `${group.worst.container} ${words}` : words;
}

function Sign({ group, isNamed, words }: { group: EventGroup; isNamed: boolean; words: string | undefined }) {
  const messages = useMessages();
  const locale = useLocale();
  const timeline = useTimeline();
  const { worst, events } = group;
  const tell = (event: ContainerEvent) =>
    [clockTime(event.time, locale, true), isNamed ? event.container : "", eventWords(event, messages)].filter((part) => part !== "").join(" ");
  const told = events.slice(0, MOST_TOLD).map(tell);
  if (events.length > MOST_TOLD) told.push(messages.events.more(formatNumber(events.length - MOST_TOLD, 0, locale)));
  return (
    <>
      <Hint label={told.map((line, i) => <div key={i}>{line}</div>)}>
        <button
          type="button"
          className={`strip-sign ${worst.tone}`}
          style={{ left: `${group.at * 100}%` }}
          aria-label={told.join(", ")}
          data-kind={worst.kind}
          onClick={() => timeline.pinned.set(worst.time)}
        >
          <Icon of={eventIcon(worst)} size={12} />
          {events.length > 1 && <i className="strip-count num">{events.length}</i>}
        </button>
      </Hint>
      {words !== undefined && (
        <span className={`strip-words no-phone ${worst.tone}`} style={{ left: `calc(${group.at * 100}% + 12px)` }} aria-hidden>
          <span className="t3 num">{clockTime(worst.time, locale)}</span> {words}
        </span>
      )}
    </>
  );
}

function Hint({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Tooltip label={label} classNames={{ tooltip: "hint" }} openDelay={100} events={{ hover: true, focus: true, touch: false }} transitionProps={{ duration: 0 }}>
      {children}
    </Tooltip>
  );
}

/** The page's cursor, and the moment that is held. Moved without drawing the strip anew. */
function StripCursor({ span }: { span: Span }) {
  const timeline = useTimeline();
  const cursor = useRef<HTMLElement>(null);
  const pin = useRef<HTMLElement>(null);
  useEffect(() => {
    const place = (element: HTMLElement | null, time: number | undefined) => {
      if (element === null) return;
      const at = time === undefined ? -1 : (time - span.from) / (span.to - span.from);
      element.hidden = at < 0 || at > 1;
      element.style.left = `${at * 100}%`;
    };
    const follow = () => place(cursor.current, timeline.cursor.get());
    const hold = () => place(pin.current, timeline.pinned.get());
    follow();
    hold();
    const stops = [timeline.cursor.subscribe(follow), timeline.pinned.subscribe(hold)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [timeline, span]);
  return (
    <>
      <i ref={cursor} className="strip-cursor" hidden />
      <i ref={pin} className="strip-cursor held" hidden />
    </>
  );
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return undefined;
    const resizes = new ResizeObserver(() => setWidth(watched.clientWidth));
    resizes.observe(watched);
    return () => resizes.disconnect();
  }, [element]);
  return width;
}
