import IconAntennaOff from "@tabler/icons-react/icons/IconAntennaOff";
import { useCallback, useMemo, useState } from "react";
import { duration, moment } from "../../core/format/time";
import type { ChartId } from "../../core/home/charts";
import type { ChartState } from "../../core/home/state";
import { Badge } from "../Badge";
import { ChartPanel } from "../ChartPanel";
import type { ChartDescription } from "../chartView";
import { useApp, useLocale, useMessages } from "../context";
import { EmptyState } from "../States";
import { useInView } from "../useInView";
import { useNow } from "../useNow";
import { useDataAge, useHome, useHomeTask, useIsCollecting, useIsStale, useNewestReading } from "./state";
import { describeChart, type HostChartId } from "./views";

const ALL: readonly HostChartId[] = ["cpu", "memory", "load", "disk", "network"];

/** Charts of the host. */
export function Charts({ ids = ALL }: { ids?: readonly HostChartId[] }) {
  return ids.map((id) => <HostChart key={id} id={id} />);
}

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

function HostChart({ id }: { id: HostChartId }) {
  const task = useHomeTask();
  const ref = useInView<HTMLElement>(useCallback(() => task.watch(id satisfies ChartId), [task, id]));
  const isStale = useIsStale();
  const isCollecting = useIsCollecting();
  const { host, charts } = useHome();
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const state = charts[id];
  return (
    <ChartPanel
      ref={ref}
      id={id}
      // Without any host there is nothing to wait for.
      state={host === null && state.status === "loading" ? NOTHING : state}
      description={useDescription(id, hidden)}
      hidden={hidden}
      onHide={setHidden}
      isWaiting={host !== null && isCollecting}
      empty={<NoData />}
      {...(isStale ? { staleBadge: <StaleBadge /> } : {})}
    />
  );
}

const NOTHING: ChartState = { status: "ready", frame: { times: [], series: [] }, span: { from: 0, to: 1 } };

function useDescription(id: HostChartId, hidden: ReadonlySet<string>): ChartDescription {
  const messages = useMessages();
  const locale = useLocale();
  const { charts, readings } = useHome();
  const state = charts[id];
  const threads = readings?.threads;
  const newest = useNewestReading();
  // The store repeats a silent host's last values for a while; the line ends where the data ends.
  const endsAt = useIsStale() ? newest : undefined;
  return useMemo(
    () => describeChart(id, state, { messages, locale, hidden, threads, endsAt }),
    [id, state, messages, locale, hidden, threads, endsAt],
  );
}

const SHOW_AROUND_SECONDS = 1800;

function NoData() {
  const { state } = useMessages();
  const locale = useLocale();
  const { range, clock } = useApp();
  const newest = useNewestReading();
  const now = useNow(useCallback(() => clock.now(), [clock]));
  if (newest === undefined) return <EmptyState title={state.noData} />;
  const at = moment(newest, now, locale);
  return (
    <EmptyState
      title={state.noData}
      detail={state.lastReading(duration(now - newest, locale), at)}
      action={
        <button
          type="button"
          className="btn small"
          onClick={() => range.set({ kind: "fixed", from: newest - SHOW_AROUND_SECONDS, to: newest + 60 })}
        >
          {state.show(at)}
        </button>
      }
    />
  );
}

function StaleBadge() {
  const { freshness } = useMessages();
  const locale = useLocale();
  const { host } = useHome();
  const age = useDataAge();
  if (host === null || host === undefined || age === undefined) return null;
  return (
    <div className="panel-badge">
      <Badge tone="warn" icon={IconAntennaOff}>
        {freshness.silent(host.instance, duration(age, locale))}
      </Badge>
    </div>
  );
}
