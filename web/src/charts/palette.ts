import type { SeriesColour } from "../core/series/frame";
import type { MarkTone } from "../core/timeline";

/** The design tokens a canvas needs, read from the page once per theme. */
export interface Palette {
  readonly grid: string;
  readonly gridZero: string;
  readonly axis: string;
  readonly surface: string;
  readonly crit: string;
  readonly cursor: string;
  readonly font: string;
  readonly lineWidth: number;
  readonly fillArea: number;
  readonly fillStack: number;
  series(colour: SeriesColour): string;
  tone(tone: MarkTone): string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    grid: token("grid"),
    gridZero: token("grid-0"),
    axis: token("axis"),
    surface: token("surface"),
    crit: token("crit"),
    cursor: token("cursor"),
    font: token("font"),
    lineWidth: Number.parseFloat(token("line-w")) || 1.25,
    fillArea: Number.parseFloat(token("fill-area")) || 0.1,
    fillStack: Number.parseFloat(token("fill-stack")) || 0.55,
    series: (colour) => token(colour),
    tone: (tone) => token(`${tone}-g`),
  };
}

/** A `#rrggbb` colour with an opacity. */
export function withAlpha(hex: string, alpha: number): string {
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  return `rgba(${channel(1)}, ${channel(3)}, ${channel(5)}, ${alpha})`;
}
