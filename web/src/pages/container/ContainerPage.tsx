import IconBoxOff from "@tabler/icons-react/icons/IconBoxOff";
import { useCallback, useEffect, useMemo } from "react";
import { findContainer } from "../../core/container/find";
import { ContainerTask } from "../../core/container/task";
import type { Container } from "../../core/containers/report";
import { eventsQuery } from "../../core/events/event";
import { containerLines } from "../../core/logs/column";
import { containerMatchers } from "../../core/queries/container";
import { hostHref, type Route } from "../../core/route";
import { Card } from "../../ui/Card";
import { useContainers } from "../../ui/containers/useContainers";
import { useApp, useMessages } from "../../ui/context";
import { EventStrip } from "../../ui/events/EventStrip";
import { useEvents } from "../../ui/events/useEvents";
import { LogColumn } from "../../ui/logs/LogColumn";
import { Notice } from "../../ui/States";
import { TimelineProvider, useTimeline } from "../../ui/timeline";
import { useCell } from "../../ui/useCell";
import { usePageTimeline } from "../../ui/usePageTimeline";
import { useRefreshOnChange } from "../../ui/useRefreshOnChange";
import { ContainerCharts } from "./Charts";
import { ContainerHead } from "./Head";
import { logsNotice } from "./LogsNotice";
import { ContainerProvider, useContainerPage, useContainerState } from "./state";
import { ContainerTiles } from "./Tiles";

/** One container: its numbers, what happened to it, and its lines, on one time axis. It stays when the container is gone. */
export function ContainerPage({ route }: { route: Extract<Route, { page: "container" }> }) {
  const { host, container: label } = route;
  const { client, range, refresher } = useApp();
  const known = useContainers();
  const container = known.report === undefined ? undefined : (findContainer(known.report, host, label) ?? null);
  const isThis = useCallback((other: Container) => other.id === container?.id, [container?.id]);
  useRefreshOnChange(known.report, isThis);
  // What has a name is found by it, also when it is made anew; only what has none is found by its id.
  const subject = containerMatchers(host, label, container?.name === "" ? container.id : undefined);
  const task = useMemo(() => new ContainerTask(client, range.get, subject), [client, range, subject]);
  useEffect(() => refresher.add(task), [refresher, task]);
  const timeline = usePageTimeline();
  const page = useMemo(() => ({ host, label, task, container }), [host, label, task, container]);
  return (
    <ContainerProvider value={page}>
      <TimelineProvider value={timeline}>
        <Body error={known.report === undefined ? known.error : undefined} />
      </TimelineProvider>
    </ContainerProvider>
  );
}

function Body({ error }: { error: unknown }) {
  const messages = useMessages();
  const { host, label, container } = useContainerPage();
  const { readings, charts } = useContainerState();
  const events = useEvents(eventsQuery(host, label), useTimeline(), false);
  const isUnknown = container === null && readings !== undefined && readings.error === undefined && readings.lastSeen === undefined;
  const hasEvents = events.status !== "ready" || events.events.length > 0;
  if (isUnknown && !hasEvents) return <NeverSeen />;
  const chart = charts.cpu;
  return (
    <div className="board">
      <div className="board-head">
        <ContainerHead hasNoStates={error !== undefined} />
      </div>
      <ContainerTiles />
      <div className="board-grid">
        <div className="board-main">
          <EventStrip state={events} span={chart.status === "ready" ? chart.span : undefined} isNamed={false} />
          <div className="board-charts">
            <ContainerCharts />
          </div>
        </div>
        <LogColumn subject={label} base={containerLines(host, label)} tellsStreams notice={logsNotice(container, messages)} />
      </div>
    </div>
  );
}

function NeverSeen() {
  const { containerPage } = useMessages();
  const { host, label } = useContainerPage();
  const range = useCell(useApp().range);
  return (
    <Card title={label} className="unknown">
      <Notice
        icon={IconBoxOff}
        tone="t3"
        title={containerPage.neverSeen(label)}
        detail={containerPage.neverSeenDetail}
        action={
          <a className="btn small" href={hostHref(host, range)}>
            {containerPage.host(host)}
          </a>
        }
      />
    </Card>
  );
}
