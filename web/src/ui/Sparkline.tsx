import type { Level } from "../core/thresholds";

const WIDTH = 100;
const HEIGHT = 34;

/** A column over time without axes, filling its box. `floor` is the value at the bottom edge, if fixed; `ceiling` the least at the top. */
export function Sparkline({ values, level, floor, ceiling }: { values: readonly (number | null)[]; level: Level; floor?: number; ceiling?: number }) {
  const paths = sparkPaths(values, floor, ceiling);
  return (
    <svg className={`spark ${level}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <path d={paths.area} fill="currentColor" fillOpacity={0.12} />
      <path d={paths.line} fill="none" stroke="currentColor" strokeWidth={1.25} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** SVG paths in a box of 100 by 34; gaps break the line. */
export function sparkPaths(values: readonly (number | null)[], floor?: number, ceiling = Number.NEGATIVE_INFINITY): { line: string; area: string } {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return { line: "", area: "" };
  const height = sparkHeights(known, floor, ceiling);
  const x = (row: number) => ((row / Math.max(1, values.length - 1)) * WIDTH).toFixed(2);
  const y = (value: number) => height(value).toFixed(2);
  let line = "";
  let area = "";
  for (const [from, to] of runs(values)) {
    const points = Array.from({ length: to - from + 1 }, (_, i) => `${x(from + i)} ${y(values[from + i] ?? 0)}`);
    line += `M${points.join("L")}`;
    area += `M${x(from)} ${HEIGHT}L${points.join("L")}L${x(to)} ${HEIGHT}Z`;
  }
  return { line, area };
}

/** Where a value lies in the box, from its top. */
export function sparkHeights(known: readonly number[], floor?: number, ceiling = Number.NEGATIVE_INFINITY): (value: number) => number {
  const high = Math.max(ceiling, ...known);
  const low = floor ?? Math.min(...known);
  // Small changes of a large value stay small: the box spans at least a third of it.
  const room = Math.max(high - low, Math.abs(high) * 0.35, 1e-9);
  const top = high + room * 0.08;
  const bottom = floor ?? low - room * 0.15;
  return (value) => HEIGHT - 1 - ((value - bottom) / (top - bottom)) * (HEIGHT - 2);
}

/** First and last row of each stretch without gaps. */
function runs(values: readonly (number | null)[]): [number, number][] {
  const found: [number, number][] = [];
  let start = -1;
  values.forEach((value, row) => {
    if (value !== null && start === -1) start = row;
    if (start !== -1 && (value === null || row === values.length - 1)) {
      found.push([start, value === null ? row - 1 : row]);
      start = -1;
    }
  });
  return found;
}
