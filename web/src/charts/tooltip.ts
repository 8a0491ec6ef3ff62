import type { ChartView } from "./view";

/** One line of a tooltip. */
export interface TooltipLine {
  readonly name: string;
  readonly colour: string;
  readonly value: number;
}

/** The lines at one row of a chart, largest value first; series without a value are left out. */
function tooltipLines(view: ChartView, row: number): TooltipLine[] {
  const lines: TooltipLine[] = [];
  view.frame.series.forEach((series, i) => {
    const value = series.values[row];
    if (value === null || value === undefined || view.hidden.has(series.key)) return;
    lines.push({ name: view.names[i] ?? series.key, colour: `var(--${series.colour})`, value });
  });
  return lines.sort((a, b) => b.value - a.value);
}

/** The box beside the cursor. It never takes pointer events and stays within the chart. */
export class Tooltip {
  readonly #root: HTMLElement;

  constructor(parent: HTMLElement) {
    this.#root = document.createElement("div");
    this.#root.className = "chart-tip";
    this.#root.hidden = true;
    parent.append(this.#root);
  }

  /** `x` is the cursor and `width` the chart's width, both in CSS pixels from the parent's left edge; `note` says what happened there. */
  show(view: ChartView, row: number, x: number, width: number, note: string): void {
    const time = view.frame.times[row];
    const lines = tooltipLines(view, row);
    if (time === undefined || lines.length === 0) {
      this.hide();
      return;
    }
    const head = element("div", "chart-tip-head", note === "" ? view.formatInstant(time) : `${view.formatInstant(time)} · ${note}`);
    this.#root.replaceChildren(head, ...lines.map((line) => this.#line(line, view)));
    this.#root.hidden = false;
    const own = this.#root.offsetWidth;
    const right = x + 12;
    const left = right + own > width ? x - 12 - own : right;
    this.#root.style.left = `${Math.max(0, Math.min(left, width - own))}px`;
  }

  hide(): void {
    this.#root.hidden = true;
  }

  #line(line: TooltipLine, view: ChartView): HTMLElement {
    const root = element("div", "chart-tip-line", "");
    const swatch = element("i", "swatch", "");
    swatch.style.setProperty("--k", line.colour);
    root.append(swatch, element("span", "", line.name), element("b", "", view.formatValue(line.value)));
    return root;
  }
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}
