import uPlot from "uplot";
import type { Span } from "../core/time/range";
import type { Mark } from "../core/timeline";
import { drawAxes, drawThreshold, paddingOf } from "./axes";
import { drawFiring, drawMarks, drawPin } from "./marks";
import { buildOptions } from "./options";
import { type Palette, readPalette } from "./palette";
import { toDrawn } from "./stack";
import { chooseTop, mirrorTicks, type ValueTicks, valueTicks } from "./ticks";
import { Tooltip } from "./tooltip";
import type { ChartView } from "./view";

/** What a chart tells its owner. Times are unix seconds. */
export interface ChartListener {
  onZoom(span: Span): void;
  /** Where the cursor stands while it is this chart that moves it. */
  onCursor?(time: number | undefined): void;
  /** A click, or Enter on the cursor; undefined takes the held instant back. */
  onPin?(time: number | undefined): void;
}

/** A click this near to the held instant, in CSS pixels, lets go of it. */
const UNPIN_PX = 5;

/** A mark this near to the cursor, in CSS pixels, is named in the tooltip. */
const NEAR_PX = 4;

/** Moving further than this, in CSS pixels, between press and release is no click. */
const CLICK_PX = 6;

/** A chart over time in an element of its own. It fills the element, follows its size and shares the page's cursor. */
export class TimeChart {
  readonly #element: HTMLElement;
  readonly #listener: ChartListener;
  readonly #tooltip: Tooltip;
  readonly #resizes: ResizeObserver;
  #view: ChartView;
  #ticks: ValueTicks = { values: [0, 1], decimals: 0 };
  #palette: Palette;
  #plot: uPlot | undefined;
  #isActive = false;
  #marks: readonly Mark[] = [];
  #pinned: number | undefined;
  #pressedAt = 0;

  constructor(element: HTMLElement, view: ChartView, listener: ChartListener) {
    this.#element = element;
    this.#view = view;
    this.#listener = listener;
    this.#palette = readPalette(element);
    this.#tooltip = new Tooltip(element);
    this.#resizes = new ResizeObserver(() => this.#fit());
    this.#resizes.observe(element);
    element.addEventListener("keydown", this.#onKey);
    element.addEventListener("blur", this.#onBlur);
    // Labels measured before the page's own type has arrived would keep the wrong width.
    void document.fonts.ready.then(() => this.#plot?.redraw(false));
  }

  /** Draws another view. Where only the numbers changed, the plot and its cursor stay. */
  set(view: ChartView): void {
    const isSameShape = hasSameShape(this.#view, view);
    this.#view = view;
    if (this.#plot === undefined || !isSameShape) {
      this.#rebuild();
      return;
    }
    this.#plot.setData(this.#prepare(), true);
    this.#showTooltip();
  }

  /** Draws other marks, or holds another instant. */
  setMarks(marks: readonly Mark[], pinned: number | undefined): void {
    if (marks === this.#marks && pinned === this.#pinned) return;
    this.#marks = marks;
    this.#pinned = pinned;
    this.#plot?.redraw(false);
  }

  /** Reads the colours anew. */
  setTheme(): void {
    this.#palette = readPalette(this.#element);
    this.#rebuild();
  }

  destroy(): void {
    this.#resizes.disconnect();
    this.#element.removeEventListener("keydown", this.#onKey);
    this.#element.removeEventListener("blur", this.#onBlur);
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#element.replaceChildren();
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#element;
    const [top, right, bottom, left] = paddingOf(this.#view);
    if (width < left + right + 20 || height < top + bottom + 10) return;
    if (this.#plot === undefined) this.#rebuild();
    else this.#plot.setSize({ width, height });
  }

  #rebuild(): void {
    const { clientWidth: width, clientHeight: height } = this.#element;
    this.#plot?.destroy();
    this.#plot = undefined;
    if (width === 0 || height === 0) return;
    const data = this.#prepare();
    const options = buildOptions(this.#view, this.#palette, { width, height }, {
      xRange: () => [this.#view.span.from, this.#view.span.to],
      yRange: () => [this.#ticks.values[0] ?? 0, this.#ticks.values.at(-1) ?? 1],
      hooks: {
        drawClear: [
          (u) => {
            if (this.#view.firesSince !== undefined) drawFiring(u, this.#view.firesSince, this.#palette);
            drawAxes(u, this.#view, this.#ticks, this.#palette);
          },
        ],
        draw: [(u) => this.#drawOver(u)],
        setCursor: [() => this.#followCursor()],
        setSelect: [(u) => this.#zoomToSelection(u)],
      },
    });
    const plot = new uPlot(options, data, this.#element);
    // Mouse events, not pointer events: after a tap they stay until the next tap elsewhere, which pins the tooltip.
    plot.over.addEventListener("mouseenter", () => this.#setActive(true));
    plot.over.addEventListener("mouseleave", () => this.#setActive(false));
    plot.over.addEventListener("mousedown", (event) => (this.#pressedAt = event.clientX));
    plot.over.addEventListener("click", (event) => this.#onClick(plot, event));
    this.#plot = plot;
  }

  #prepare(): uPlot.AlignedData {
    const drawn = toDrawn(this.#view.frame, this.#view.kind, this.#view.hidden);
    const threshold = this.#view.threshold?.value ?? 0;
    const max = chooseTop(Math.max(drawn.max, threshold), this.#view.tops);
    this.#ticks = this.#view.kind === "mirror" ? mirrorTicks(drawn.min, max, this.#view.base) : valueTicks(drawn.min, max, this.#view.base, this.#view);
    return [[...drawn.times], ...drawn.columns] as uPlot.AlignedData;
  }

  #drawOver(u: uPlot): void {
    if (this.#view.threshold !== undefined) drawThreshold(u, this.#view.threshold, this.#palette);
    // Bars have no room above them for triangles; their marks would also hide the bars.
    if (this.#view.kind !== "bars") drawMarks(u, this.#marks, this.#palette);
    if (this.#pinned === undefined) return;
    const dots = this.#view.kind === "bars" ? [] : this.#view.frame.series.map((series) => this.#palette.series(series.colour));
    drawPin(u, this.#pinned, dots, this.#palette);
  }

  #onClick(plot: uPlot, event: MouseEvent): void {
    const { left = -1 } = plot.cursor;
    if (Math.abs(event.clientX - this.#pressedAt) > CLICK_PX || left < 0) return;
    const isHeld = this.#pinned !== undefined && Math.abs(plot.valToPos(this.#pinned, "x") - left) <= UNPIN_PX;
    this.#listener.onPin?.(isHeld ? undefined : plot.posToVal(left, "x"));
  }

  #followCursor(): void {
    this.#showTooltip();
    const left = this.#plot?.cursor.left ?? -1;
    if (this.#isActive && this.#plot !== undefined && left >= 0) this.#listener.onCursor?.(this.#plot.posToVal(left, "x"));
  }

  #setActive(isActive: boolean): void {
    if (this.#isActive && !isActive) this.#listener.onCursor?.(undefined);
    this.#isActive = isActive;
    this.#showTooltip();
  }

  /** Only the chart under the pointer or the focus has a tooltip; the others show the cursor alone. */
  #showTooltip(): void {
    const plot = this.#plot;
    const row = plot?.cursor.idx;
    const left = plot?.cursor.left ?? -1;
    if (plot === undefined || !this.#isActive || row === null || row === undefined || left < 0) {
      this.#tooltip.hide();
      return;
    }
    this.#tooltip.show(this.#view, row, paddingOf(this.#view)[3] + left, this.#element.clientWidth, this.#noteAt(plot, left));
  }

  /** What happened under the cursor: the nearest mark, if one is near. */
  #noteAt(plot: uPlot, left: number): string {
    let [label, nearest] = ["", NEAR_PX];
    for (const mark of this.#marks) {
      const distance = Math.abs(plot.valToPos(mark.time, "x") - left);
      if (distance <= nearest) [label, nearest] = [mark.label, distance];
    }
    return label;
  }

  #zoomToSelection(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 6) return;
    const span = { from: u.posToVal(left, "x"), to: u.posToVal(left + width, "x") };
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#listener.onZoom(span);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    const plot = this.#plot;
    if (plot === undefined) return;
    if (event.key === "Escape") {
      plot.setCursor({ left: -10, top: -10 });
      this.#listener.onCursor?.(undefined);
      this.#listener.onPin?.(undefined);
      return;
    }
    if (event.key === "Enter") {
      const { left = -1 } = plot.cursor;
      if (left >= 0) this.#listener.onPin?.(plot.posToVal(left, "x"));
      return;
    }
    if (step === 0) return;
    event.preventDefault();
    this.#isActive = true;
    const rows = this.#view.frame.times.length;
    const now = plot.cursor.idx ?? rows;
    const row = Math.max(0, Math.min(rows - 1, now + step * (event.shiftKey ? 10 : 1)));
    const time = this.#view.frame.times[row];
    if (time !== undefined) plot.setCursor({ left: plot.valToPos(time, "x"), top: 10 });
  };

  readonly #onBlur = (): void => {
    this.#setActive(false);
    this.#plot?.setCursor({ left: -10, top: -10 });
    this.#tooltip.hide();
  };
}

/** Whether two views differ in nothing but numbers, so that the series of the plot can stay. */
function hasSameShape(a: ChartView, b: ChartView): boolean {
  const identity = (view: ChartView) =>
    view.frame.series.map((series) => `${series.key}/${series.colour}/${series.isBelow === true}/${view.hidden.has(series.key)}`).join();
  return a.kind === b.kind && identity(a) === identity(b);
}
