import IconAntennaOff from "@tabler/icons-react/icons/IconAntennaOff";
import { useCallback, useId, useMemo, useState } from "react";
import { duration, moment } from "../../core/format/time";
import type { ChartId } from "../../core/home/charts";
import { Badge } from "../../ui/Badge";
import { ChartCanvas } from "../../ui/ChartCanvas";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { Legend } from "../../ui/Legend";
import { ChartSkeleton, EmptyState, ErrorState } from "../../ui/States";
import { useInView } from "../../ui/useInView";
import { useDataAge, useHome, useHomeTask, useIsCollecting, useIsStale, useNewestReading } from "./state";
import { useNow } from "../../ui/useNow";
import { describeChart, type ChartDescription, type HomeChartId } from "./views";

const SHOWN: readonly HomeChartId[] = ["cpu", "memory", "load", "disk", "network"];

/** The five charts of the host. */
export function Charts() {
  return SHOWN.map((id) => <ChartPanel key={id} id={id} />);
}

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

function ChartPanel({ id }: { id: HomeChartId }) {
  const heading = useId();
  const task = useHomeTask();
  const ref = useInView<HTMLElement>(useCallback(() => task.watch(id satisfies ChartId), [task, id]));
  const isStale = useIsStale();
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const description = useDescription(id, hidden);
  return (
    <section ref={ref} className={isStale ? "panel stale" : "panel"} aria-labelledby={heading} data-testid={`chart-${id}`}>
      <header>
        <h2 id={heading}>{description.title}</h2>
        <span className="t3 cut">{description.unit}</span>
      </header>
      <div className="panel-body">
        {isStale && description.view !== undefined && <StaleBadge />}
        <ChartBody id={id} description={description} hidden={hidden} onHide={setHidden} />
      </div>
    </section>
  );
}

function useDescription(id: HomeChartId, hidden: ReadonlySet<string>): ChartDescription {
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

function ChartBody(props: {
  id: HomeChartId;
  description: ChartDescription;
  hidden: ReadonlySet<string>;
  onHide: (hidden: ReadonlySet<string>) => void;
}) {
  const { host, charts } = useHome();
  const { description } = props;
  const isCollecting = useIsCollecting();
  const state = charts[props.id];
  if (state.status === "failed") return <ErrorState error={state.error} />;
  if (host === null) return <NoData />;
  if (description.view === undefined) return state.status === "loading" || isCollecting ? <ChartSkeleton /> : <NoData />;
  return (
    <>
      <ChartCanvas view={description.view} label={description.summary} />
      <Legend entries={description.legend} hidden={props.hidden} onChange={props.onHide} />
    </>
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
