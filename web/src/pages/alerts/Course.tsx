import { useEffect, useMemo, useState } from "react";
import type { Entry } from "../../core/alerts/board";
import { courseOf, type CoursesTask, measuredOf } from "../../core/alerts/courses";
import type { Measured } from "../../core/alerts/expression";
import type { ChartState } from "../../core/home/state";
import { memoryScale, type Scale } from "../../core/format/quantity";
import type { Frame } from "../../core/series/frame";
import { Timeline, type Mark } from "../../core/timeline";
import { useAlertWords } from "../../ui/alerts/useAlerts";
import { limitWords } from "../../ui/alerts/words";
import { ChartPanel } from "../../ui/ChartPanel";
import { describeView, peakOf, type Traits } from "../../ui/chartView";
import { EmptyState } from "../../ui/States";
import { TimelineProvider } from "../../ui/timeline";
import { useCell } from "../../ui/useCell";

const LOADING: ChartState = { status: "loading" };
const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/** What the rule measures of this alert over time, with its limit and the moments that counted; below, the expression. */
export function Course({ entry, courses }: { entry: Entry; courses: CoursesTask }) {
  const course = measuredOf(entry);
  return (
    <>
      {course !== undefined && <CourseChart entry={entry} course={course} courses={courses} />}
      {course !== undefined && <Expression entry={entry} course={course} />}
    </>
  );
}

function CourseChart({ entry, course, courses }: { entry: Entry; course: Measured; courses: CoursesTask }) {
  const { messages, locale } = useAlertWords();
  const chart = useCell(courses.state).get(course.query) ?? LOADING;
  const { labels, startsAt } = entry.alert;
  const state = useMemo<ChartState>(() => (chart.status === "ready" ? { ...chart, frame: courseOf(chart.frame, labels) } : chart), [chart, labels]);
  const limit = limitWords(course, { messages, locale, now: 0 });
  const description = useMemo(
    () => describeView(messages.alerts.course, state, { messages, locale, hidden: NOTHING_HIDDEN, endsAt: undefined }, (frame) => traitsOf(frame, course, limit)),
    [messages, locale, state, course, limit],
  );
  const firesSince = entry.state === "pending" ? undefined : startsAt;
  const shown = useMemo(
    () => (description.view === undefined || firesSince === undefined ? description : { ...description, view: { ...description.view, firesSince } }),
    [description, firesSince],
  );
  const [timeline] = useState(() => new Timeline());
  const activeAt = entry.origin?.found?.activeAt;
  const { alerts } = messages;
  useEffect(() => {
    const marks: Mark[] = [];
    if (activeAt !== undefined) marks.push({ time: activeAt, tone: "warn", label: alerts.step.crossed });
    if (entry.state !== "pending") marks.push({ time: startsAt, tone: "crit", label: alerts.step.firing });
    timeline.marks.set(marks);
  }, [timeline, activeAt, startsAt, entry.state, alerts]);
  return (
    <TimelineProvider value={timeline}>
      <div className="alert-chart">
        <ChartPanel id="alert" state={state} description={shown} hidden={NOTHING_HIDDEN} onHide={keepAll} isWaiting={false} empty={<EmptyState title={alerts.noCourse} />} />
      </div>
    </TimelineProvider>
  );
}

/** There is one line only; it is never hidden. */
function keepAll(): void {}

/** A limit far above what is measured would press the course flat. */
const LIMIT_AT_MOST = 8;

function traitsOf(frame: Frame, { unit, threshold }: Measured, limit: string | undefined): Traits {
  const peak = peakOf(frame);
  const isShown = threshold !== undefined && limit !== undefined && (peak === 0 || Math.abs(threshold) <= peak * LIMIT_AT_MOST);
  const highest = isShown ? Math.max(peak, threshold) : peak;
  const scale: Scale = unit === "bytes" ? memoryScale(highest) : { unit: "", size: 1 };
  const suffix = unit === "percent" ? " %" : unit === "celsius" ? " °C" : unit === "seconds" ? " s" : scale.unit === "" ? "" : ` ${scale.unit}`;
  const shown = highest / scale.size;
  const traits: Traits = { kind: "lines", base: unit === "bytes" ? 2 : 10, scale, decimals: shown < 10 ? 2 : shown < 100 ? 1 : 0, suffix, unit: suffix.trim() };
  return isShown ? { ...traits, threshold: { value: threshold / scale.size, label: limit } } : traits;
}

function Expression({ entry, course }: { entry: Entry; course: Measured }) {
  const { alerts } = useAlertWords().messages;
  const { origin } = entry;
  const text = origin?.rule.query ?? course.query;
  return (
    <div className="alert-expression">
      <code className="mono cut" title={text} tabIndex={0}>
        {text}
      </code>
      {origin !== undefined && (
        <span className="t3 cut" title={origin.group.file}>
          {alerts.rule(origin.group.name)}
        </span>
      )}
    </div>
  );
}
