import { useCallback, useMemo, useState } from "react";
import type { ContainerChartId } from "../../core/container/charts";
import type { ContainerReadings } from "../../core/container/state";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { joinQuantity, limitBytes, memoryScale, rateScale } from "../../core/format/quantity";
import { duration, moment } from "../../core/format/time";
import type { Messages } from "../../core/messages";
import { type Frame, hasValues } from "../../core/series/frame";
import { ChartPanel } from "../../ui/ChartPanel";
import { describeView, peakOf, type Traits } from "../../ui/chartView";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { sideName } from "../../ui/host/views";
import { EmptyState } from "../../ui/States";
import { useNow } from "../../ui/useNow";
import { useContainerState } from "./state";

const SHOWN: readonly ContainerChartId[] = ["cpu", "memory", "network", "disk"];

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/** The container's numbers over time. */
export function ContainerCharts() {
  return SHOWN.map((id) => <ContainerChart key={id} id={id} />);
}

function ContainerChart({ id }: { id: ContainerChartId }) {
  const messages = useMessages();
  const locale = useLocale();
  const { charts, readings } = useContainerState();
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const state = charts[id];
  const description = useMemo(
    () => describeView(titleOf(id, messages), state, { messages, locale, hidden, endsAt: undefined }, (frame) => traitsOf(id, frame, readings, messages, locale)),
    [id, state, messages, locale, hidden, readings],
  );
  return <ChartPanel id={id} state={state} description={description} hidden={hidden} onHide={setHidden} isWaiting={false} empty={<NoNumbers id={id} />} />;
}

function titleOf(id: ContainerChartId, { chart, containerPage }: Messages): string {
  return id === "cpu" ? containerPage.tile.cpu : chart[id];
}

function traitsOf(id: ContainerChartId, frame: Frame, readings: ContainerReadings | undefined, messages: Messages, locale: Locale): Traits {
  const { chart, containerPage } = messages;
  const peak = peakOf(frame);
  switch (id) {
    case "cpu": {
      const traits: Traits = { kind: "lines", base: 10, scale: { unit: "", size: 1 }, decimals: 1, suffix: " %", unit: containerPage.cpuUnit };
      const cores = readings?.cores;
      // A limit far above what is used would press the course flat.
      if (cores === undefined || cores * 100 > Math.max(peak * 8, 100)) return traits;
      return { ...traits, threshold: { value: cores * 100, label: containerPage.coresLimit(formatNumber(cores, Number.isInteger(cores) ? 0 : 1, locale)) } };
    }
    case "memory": {
      const limit = readings?.memoryLimit;
      const isShown = limit !== undefined && limit <= peak * 8;
      const scale = memoryScale(isShown ? Math.max(peak, limit) : peak);
      const traits: Traits = { kind: "lines", base: 2, scale, decimals: 2, suffix: ` ${scale.unit}`, unit: scale.unit };
      return isShown ? { ...traits, threshold: { value: limit / scale.size, label: containerPage.memoryLimit(joinQuantity(limitBytes(limit, locale))) } } : traits;
    }
    case "network":
    case "disk": {
      const scale = rateScale(peak);
      const unit = id === "disk" ? chart.diskUnit(scale.unit) : chart.networkUnit(scale.unit);
      return { kind: "mirror", base: 10, scale, decimals: scale.size === 1 ? 0 : 1, suffix: ` ${scale.unit}`, unit, tooltipName: (series) => sideName(id, series, messages) };
    }
  }
}

const SHOW_AROUND_SECONDS = 1800;

/** Where a container had no numbers in the range: when it last had some. */
function NoNumbers({ id }: { id: ContainerChartId }) {
  const { containerPage, state } = useMessages();
  const locale = useLocale();
  const { range, clock } = useApp();
  const { readings, charts } = useContainerState();
  const now = useNow(useCallback(() => clock.now(), [clock]));
  const last = readings?.lastSeen;
  const hasOthers = charts.memory.status === "ready" && hasValues(charts.memory.frame);
  // It has numbers, only not these.
  if (hasOthers && id === "network") return <EmptyState title={upperFirst(containerPage.noNetwork)} detail={containerPage.noNetworkDetail} />;
  if (hasOthers && id === "disk") return <EmptyState title={upperFirst(containerPage.noDisk)} detail={containerPage.noDiskDetail} />;
  if (last === undefined || hasOthers) return <EmptyState title={containerPage.noNumbers} />;
  const at = moment(last, now, locale);
  return (
    <EmptyState
      title={containerPage.noNumbers}
      detail={containerPage.lastNumbers(duration(now - last, locale), at)}
      action={
        <button type="button" className="btn small" onClick={() => range.set({ kind: "fixed", from: last - SHOW_AROUND_SECONDS, to: last + 60 })}>
          {state.show(at)}
        </button>
      }
    />
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
