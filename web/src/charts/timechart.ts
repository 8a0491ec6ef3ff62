import uPlot from "uplot";
import type { Span } from "../core/time/range";
import { drawAxes, drawThreshold, PADDING } from "./axes";
import { buildOptions } from "./options";
import { type Palette, readPalette } from "./palette";
import { toDrawn } from "./stack";
import { chooseTop, mirrorTicks, type ValueTicks, valueTicks } from "./ticks";
import { Tooltip } from "./tooltip";
import type { ChartView } from "./view";

/** A chart over time in an element of its own. It fills the element, follows its size and shares the page's cursor. */
export class TimeChart {
  readonly #element: HTMLElement;
  readonly #onZoom: (span: Span) => void;
  readonly #tooltip: Tooltip;
  readonly #resizes: ResizeObserver;
  #view: ChartView;
  #ticks: ValueTicks = { values: [0, 1], decimals: 0 };
  #palette: Palette;
  #plot: uPlot | undefined;
  #isActive = false;

  constructor(element: HTMLElement, view: ChartView, onZoom: (span: Span) => void) {
    this.#element = element;
    this.#view = view;
    this.#onZoom = onZoom;
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
    if (width < PADDING[1] + PADDING[3] + 20 || height < PADDING[0] + PADDING[2] + 20) return;
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
        drawClear: [(u) => drawAxes(u, this.#view, this.#ticks, this.#palette)],
        draw: [(u) => this.#drawThreshold(u)],
        setCursor: [() => this.#showTooltip()],
        setSelect: [(u) => this.#zoomToSelection(u)],
      },
    });
    const plot = new uPlot(options, data, this.#element);
    // Mouse events, not pointer events: after a tap they stay until the next tap elsewhere, which pins the tooltip.
    plot.over.addEventListener("mouseenter", () => this.#setActive(true));
    plot.over.addEventListener("mouseleave", () => this.#setActive(false));
    this.#plot = plot;
  }

  #prepare(): uPlot.AlignedData {
    const drawn = toDrawn(this.#view.frame, this.#view.kind, this.#view.hidden);
    const threshold = this.#view.threshold?.value ?? 0;
    const max = chooseTop(Math.max(drawn.max, threshold), this.#view.tops);
    this.#ticks = this.#view.kind === "mirror" ? mirrorTicks(drawn.min, max, this.#view.base) : valueTicks(drawn.min, max, this.#view.base, this.#view);
    return [[...drawn.times], ...drawn.columns] as uPlot.AlignedData;
  }

  #drawThreshold(u: uPlot): void {
    if (this.#view.threshold !== undefined) drawThreshold(u, this.#view.threshold, this.#palette);
  }

  #setActive(isActive: boolean): void {
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
    this.#tooltip.show(this.#view, row, PADDING[3] + left, this.#element.clientWidth);
  }

  #zoomToSelection(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 6) return;
    const span = { from: u.posToVal(left, "x"), to: u.posToVal(left + width, "x") };
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#onZoom(span);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    const plot = this.#plot;
    if (plot === undefined) return;
    if (event.key === "Escape") {
      plot.setCursor({ left: -10, top: -10 });
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
    this.#isActive = false;
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
