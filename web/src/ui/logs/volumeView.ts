import type { ChartView } from "../../charts/view";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { axisTime, clockTime } from "../../core/format/time";
import { BANDS } from "../../core/logs/levels";
import type { Volume } from "../../core/logs/volume";
import type { Messages } from "../../core/messages";

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/** Lines per level as bars over time. */
export function volumeView(volume: Volume, messages: Messages, locale: Locale): ChartView {
  const half = volume.step / 2;
  const clock = (time: number) => clockTime(time, locale, volume.step < 60);
  return {
    kind: "bars",
    frame: volume.frame,
    span: volume.span,
    base: 10,
    intervals: 2,
    isCount: true,
    names: BANDS.map((band) => messages.logs.band[band]),
    hidden: NOTHING_HIDDEN,
    formatValue: (value) => formatNumber(value, 0, locale),
    formatTick: (value, decimals) => (value >= 10_000 ? `${formatNumber(value / 1000, 0, locale)}k` : formatNumber(value, decimals, locale)),
    formatTime: (time, step) => axisTime(time, step, locale),
    formatInstant: (time) => `${clock(time - half)} – ${clock(time + half)}`,
  };
}

/** What the bars say, for those who do not see them. */
export function volumeSummary(volume: Volume, messages: Messages, locale: Locale): string {
  const totals = BANDS.map((band) => `${messages.logs.band[band]} ${formatNumber(volume.totals[band], 0, locale)}`).join(", ");
  return `${messages.chart.summary(messages.logs.volume, totals)}. ${messages.chart.keys}`;
}
