import { useEffect, useMemo } from "react";
import type { ContainerEvent } from "../../core/events/event";
import { EventsTask, type EventsState } from "../../core/events/task";
import type { Timeline } from "../../core/timeline";
import { useApp, useMessages } from "../context";
import { useCell } from "../useCell";
import { eventWords } from "./words";

/** The events of a query in the range, which also become marks in all charts of the page. `isNamed`: with the container's name. */
export function useEvents(query: string, timeline: Timeline, isNamed: boolean): EventsState {
  const messages = useMessages();
  const { logs, range, refresher } = useApp();
  const task = useMemo(() => new EventsTask(logs, range.get, query), [logs, range, query]);
  useEffect(() => refresher.add(task), [refresher, task]);
  useEffect(() => {
    const toMark = (event: ContainerEvent) => {
      const words = eventWords(event, messages);
      return { time: event.time, tone: event.tone, label: isNamed && event.container !== "" ? `${event.container} ${words}` : words };
    };
    const mark = () => {
      const state = task.state.get();
      timeline.marks.set(state.status === "ready" ? state.events.map(toMark) : []);
    };
    mark();
    return task.state.subscribe(mark);
  }, [task, timeline, messages, isNamed]);
  return useCell(task.state);
}
