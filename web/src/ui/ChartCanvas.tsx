import { useEffect, useRef } from "react";
import { TimeChart } from "../charts/timechart";
import type { ChartView } from "../charts/view";
import { fixedRange } from "../core/time/range";
import { useApp, useTheme } from "./context";

/** A chart that draws a view. Dragging over it looks closer; arrow keys move its cursor. */
export function ChartCanvas({ view, label }: { view: ChartView; label: string }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<TimeChart | null>(null);
  const latest = useRef(view);
  latest.current = view;
  const { range } = useApp();
  const { shown: theme } = useTheme();

  useEffect(() => {
    if (element.current === null) return undefined;
    const made = new TimeChart(element.current, latest.current, (span) => range.set(fixedRange(span.from, span.to)));
    chart.current = made;
    return () => {
      made.destroy();
      chart.current = null;
    };
  }, [range]);

  useEffect(() => chart.current?.set(view), [view]);
  useEffect(() => chart.current?.setTheme(), [theme]);

  return <div ref={element} className="chart" role="img" aria-label={label} tabIndex={0} />;
}
