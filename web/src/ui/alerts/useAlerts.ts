import { useCallback, useEffect, useMemo } from "react";
import type { Entry } from "../../core/alerts/board";
import { courseOf, CoursesTask, measuredOf } from "../../core/alerts/courses";
import type { AlertsState } from "../../core/alerts/task";
import type { Frame } from "../../core/series/frame";
import { useApp, useLocale, useMessages } from "../context";
import { useCell } from "../useCell";
import { useNow } from "../useNow";
import type { AlertWords } from "./words";

export function useAlerts(): AlertsState {
  return useCell(useApp().alerts.state);
}

/** Words and the time they are about. */
export function useAlertWords(): AlertWords {
  const { clock } = useApp();
  const messages = useMessages();
  const locale = useLocale();
  const now = useNow(useCallback(() => clock.now(), [clock]));
  return { messages, locale, now };
}

/** The courses behind entries, for as long as they are shown. */
export function useCourses(entries: readonly Entry[]): CoursesTask {
  const { client, range, refresher } = useApp();
  const task = useMemo(() => new CoursesTask(client, range.get), [client, range]);
  const queries = entries.flatMap((entry) => measuredOf(entry)?.query ?? []);
  const key = JSON.stringify(queries);
  useEffect(() => task.want(JSON.parse(key) as string[]), [task, key]);
  useEffect(() => refresher.add(task), [refresher, task]);
  return task;
}

/** The course of one entry's own value; undefined until it is there. */
export function useCourse(task: CoursesTask, entry: Entry): Frame | undefined {
  const charts = useCell(task.state);
  const query = measuredOf(entry)?.query;
  const chart = query === undefined ? undefined : charts.get(query);
  const { labels } = entry.alert;
  return useMemo(() => (chart?.status === "ready" ? courseOf(chart.frame, labels) : undefined), [chart, labels]);
}
