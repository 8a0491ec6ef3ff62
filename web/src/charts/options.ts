import uPlot from "uplot";
import type { FrameSeries } from "../core/series/frame";
import { paddingOf } from "./axes";
import { type Palette, withAlpha } from "./palette";
import { lonelyRows } from "./stack";
import type { ChartView } from "./view";

/** All charts of the page with this key share one cursor. */
const CURSOR_KEY = "page";

/** Options of a uPlot instance for a view; sizes in CSS pixels. */
export function buildOptions(
  view: ChartView,
  palette: Palette,
  size: { width: number; height: number },
  parts: { yRange: () => [number, number]; xRange: () => [number, number]; hooks: uPlot.Hooks.Arrays },
): uPlot.Options {
  return {
    ...size,
    padding: paddingOf(view),
    legend: { show: false },
    scales: {
      x: { time: false, range: () => parts.xRange() },
      y: { range: () => parts.yRange() },
    },
    axes: [{ show: false }, { show: false }],
    series: [{}, ...view.frame.series.map((_, i) => seriesOptions(view, i, palette))],
    bands: view.kind === "stack" ? stackBands(view, palette) : [],
    cursor: {
      y: false,
      sync: { key: CURSOR_KEY, setSeries: false },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: {
        // Bars without an axis are too low for dots.
        show: view.hasNoValueAxis !== true,
        size: 7,
        width: 1.5,
        stroke: () => palette.surface,
        fill: (u, i) => colourOf(u, i),
      },
    },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    hooks: parts.hooks,
  };

  function colourOf(_: uPlot, index: number): string {
    const series = view.frame.series[index - 1];
    return series === undefined ? palette.axis : palette.series(series.colour);
  }
}

function seriesOptions(view: ChartView, index: number, palette: Palette): uPlot.Series {
  const series = view.frame.series[index] as FrameSeries;
  const colour = palette.series(series.colour);
  const isStack = view.kind === "stack";
  if (view.kind === "bars") return barOptions(colour);
  return {
    show: true,
    stroke: colour,
    width: isStack ? 1 : palette.lineWidth,
    fill: withAlpha(colour, fillOf(view, index, palette)),
    fillTo: 0,
    spanGaps: false,
    points: { show: true, size: 3, width: 0, fill: colour, filter: (u, i) => lonelyRows(u.data[i] as (number | null)[]) },
  };
}

/** Bars as wide as their distance, with a hairline between. */
function barOptions(colour: string): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [1, 100], gap: 1 });
  return { show: true, width: 0, fill: colour, points: { show: false }, ...(paths === undefined ? {} : { paths }) };
}

/** Each band fills down to the next shown one below it. */
function stackBands(view: ChartView, palette: Palette): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let below: number | undefined;
  view.frame.series.forEach((series, i) => {
    if (view.hidden.has(series.key)) return;
    if (below !== undefined) {
      const fill = withAlpha(palette.series(series.colour), fillOf(view, i, palette));
      bands.push({ series: [i + 1, below], fill });
    }
    below = i + 1;
  });
  return bands;
}

/** Opacity of a series' area. Lines over each other share one area, that of the first. */
function fillOf(view: ChartView, index: number, palette: Palette): number {
  // The neutral band stands for what is left over; it should recede.
  if (view.frame.series[index]?.colour === "mute-g") return palette.fillArea;
  if (view.kind === "stack") return palette.fillStack;
  return view.kind === "lines" && index > 0 ? 0 : palette.fillArea;
}
