import IconCalendarOff from "@tabler/icons-react/icons/IconCalendarOff";
import type { ContainerEvent } from "../../core/events/event";
import { type EventsState, MOST_EVENTS } from "../../core/events/task";
import { formatNumber, MISSING } from "../../core/format/number";
import { calendarDay } from "../../core/format/time";
import { fullMoment, lineClock } from "../../core/logs/ns";
import { containerHref } from "../../core/route";
import { Card } from "../Card";
import { useApp, useLocale, useMessages } from "../context";
import { Icon } from "../Icon";
import { ErrorState, Notice } from "../States";
import { useCell } from "../useCell";
import { eventIcon, eventWords } from "./words";

/** So many are drawn: who needs more chooses a shorter range. */
const MOST_ROWS = 300;

/** What happened to a host's containers, newest first. `onShow` leads to the moment of one. */
export function EventList({ host, state, onShow }: { host: string; state: EventsState; onShow: (event: ContainerEvent) => void }) {
  const { events } = useMessages();
  const locale = useLocale();
  const isCut = state.status === "ready" && (state.isCut || state.events.length > MOST_ROWS);
  const shown = Math.min(MOST_ROWS, MOST_EVENTS);
  return (
    <Card title={events.title} className="events-card" {...(isCut ? { detail: events.cut(formatNumber(shown, 0, locale)) } : {})}>
      {state.status === "failed" ? (
        <ErrorState error={state.error} />
      ) : state.status === "ready" && state.events.length === 0 ? (
        <Notice icon={IconCalendarOff} tone="t3" title={events.none} />
      ) : (
        <table className="table events-table">
          <thead>
            <tr>
              <th className="event-time">{events.time}</th>
              <th className="event-container">{events.container}</th>
              <th>{events.what}</th>
              <th className="event-image">{events.image}</th>
            </tr>
          </thead>
          <tbody>{state.status === "ready" && state.events.slice(0, MOST_ROWS).map((event) => <Row key={event.id} host={host} event={event} onShow={onShow} />)}</tbody>
        </table>
      )}
    </Card>
  );
}

function Row({ host, event, onShow }: { host: string; event: ContainerEvent; onShow: (event: ContainerEvent) => void }) {
  const messages = useMessages();
  const locale = useLocale();
  const { range, clock } = useApp();
  const shownRange = useCell(range);
  const { clock: time, fraction } = lineClock(event.ts, locale);
  const day = calendarDay(event.time, locale);
  return (
    <tr>
      <td className="event-time" title={fullMoment(event.ts, locale)}>
        <button type="button" className="link" title={messages.events.show} onClick={() => onShow(event)}>
          {day !== calendarDay(clock.now(), locale) && `${day} `}
          {time}
          <span className="t3 no-phone">{fraction}</span>
        </button>
      </td>
      <td className="event-container medium" title={event.container}>
        {event.container === "" ? <span className="t3">{MISSING}</span> : <a className="link" href={containerHref(host, event.container, shownRange)}>{event.container}</a>}
        {event.project !== "" && <span className="t3 no-phone"> {event.project}</span>}
      </td>
      <td className="event-what">
        <span className={`event-sign ${event.tone}`}>
          <Icon of={eventIcon(event)} size={14} />
        </span>{" "}
        {eventWords(event, messages)}
      </td>
      <td className="event-image t2" title={event.image}>
        {event.image}
      </td>
    </tr>
  );
}
