import { useEffect, useRef } from "react";
import { TimeChart } from "../charts/timechart";
import type { ChartView } from "../charts/view";
import { fixedRange } from "../core/time/range";
import { useApp, useTheme } from "./context";
import { useTimelineOrNone } from "./timeline";

/** A chart that draws a view. Dragging over it looks closer; arrow keys move its cursor. */
export function ChartCanvas({ view, label }: { view: ChartView; label: string }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<TimeChart | null>(null);
  const latest = useRef(view);
  latest.current = view;
  const { range } = useApp();
  const { shown: theme } = useTheme();
  const timeline = useTimelineOrNone();

  useEffect(() => {
    if (element.current === null) return undefined;
    const made = new TimeChart(element.current, latest.current, {
      onZoom: (span) => range.set(fixedRange(span.from, span.to)),
      onCursor: (time) => timeline?.cursor.set(time),
      onPin: (time) => timeline?.pinned.set(time),
    });
    chart.current = made;
    if (timeline === null) return () => made.destroy();
    const mark = () => made.setMarks(timeline.marks.get(), timeline.pinned.get());
    mark();
    const stops = [timeline.marks.subscribe(mark), timeline.pinned.subscribe(mark)];
    return () => {
      for (const stop of stops) stop();
      made.destroy();
      chart.current = null;
    };
  }, [range, timeline]);

  useEffect(() => chart.current?.set(view), [view]);
  useEffect(() => chart.current?.setTheme(), [theme]);

  return <div ref={element} className="chart" role="img" aria-label={label} tabIndex={0} />;
}
