import type { Entry } from "../../core/alerts/board";
import { type CoursesTask, measuredOf } from "../../core/alerts/courses";
import { thinOut } from "../../core/home/spark";
import { sparkHeights, sparkPaths } from "../Sparkline";
import { useCourse } from "./useAlerts";

const POINTS = 70;
const HEIGHT = 34;

/** The course of an alert's value with its limit, dashed. Keeps its place while there is none. */
export function AlertSpark({ task, entry }: { task: CoursesTask; entry: Entry }) {
  const frame = useCourse(task, entry);
  const column = frame?.series[0]?.values;
  const threshold = measuredOf(entry)?.threshold;
  const values = column === undefined ? [] : thinOut(column, POINTS);
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return <span className="alert-spark" aria-hidden />;
  // The limit stays in the picture.
  const low = Math.min(...known, threshold ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...known, threshold ?? Number.NEGATIVE_INFINITY);
  const floor = low - (high - low || Math.abs(high) || 1) * 0.12;
  const paths = sparkPaths(values, floor, high);
  const y = threshold === undefined ? undefined : sparkHeights(known, floor, high)(threshold);
  const tone = entry.state === "firing" && entry.severity !== "info" ? entry.severity : "quiet";
  return (
    <svg className={`spark alert-spark ${tone}`} viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <path d={paths.area} fill="currentColor" fillOpacity={0.12} />
      <path d={paths.line} fill="none" stroke="currentColor" strokeWidth={1.25} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
      {y !== undefined && <path className="alert-limit" d={`M0 ${y.toFixed(2)}H100`} fill="none" strokeWidth={1} strokeDasharray="3 3" vectorEffect="non-scaling-stroke" />}
    </svg>
  );
}
