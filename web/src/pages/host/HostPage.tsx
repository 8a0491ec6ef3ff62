import IconServerOff from "@tabler/icons-react/icons/IconServerOff";
import { useEffect, useMemo } from "react";
import { type ContainerEvent, eventsQuery } from "../../core/events/event";
import { formatNumber } from "../../core/format/number";
import { HomeTask } from "../../core/home/task";
import { hostLines } from "../../core/logs/column";
import type { Route } from "../../core/route";
import { Card } from "../../ui/Card";
import { ContainersCard } from "../../ui/containers/ContainersCard";
import { useContainers } from "../../ui/containers/useContainers";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { EventList } from "../../ui/events/EventList";
import { EventStrip } from "../../ui/events/EventStrip";
import { useEvents } from "../../ui/events/useEvents";
import { Charts } from "../../ui/host/Charts";
import { Disks } from "../../ui/host/Disks";
import { HomeProvider, useHome } from "../../ui/host/state";
import { LogColumn } from "../../ui/logs/LogColumn";
import { Notice } from "../../ui/States";
import { Tabs } from "../../ui/Tabs";
import { TimelineProvider, useTimeline } from "../../ui/timeline";
import { usePageTimeline } from "../../ui/usePageTimeline";
import { useRefreshOnChange } from "../../ui/useRefreshOnChange";
import { Head } from "./Head";
import { HostTiles } from "./HostTiles";
import { type HostTab, useHostTab } from "./useHostTab";

/** One host: its numbers, what happened, and its lines, on one time axis. */
export function HostPage({ route }: { route: Extract<Route, { page: "host" }> }) {
  const { host } = route;
  const { client, range, refresher } = useApp();
  const task = useMemo(() => new HomeTask(client, range.get, host), [client, range, host]);
  useEffect(() => refresher.add(task), [refresher, task]);
  const timeline = usePageTimeline();
  return (
    <HomeProvider value={task}>
      <TimelineProvider value={timeline}>
        <Body host={host} />
      </TimelineProvider>
    </HomeProvider>
  );
}

function Body({ host }: { host: string }) {
  const [tab, setTab] = useHostTab();
  const timeline = useTimeline();
  const events = useEvents(eventsQuery(host), timeline, true);
  const home = useHome();
  if (home.host === null) return <UnknownHost host={host} />;
  const chart = home.charts.cpu;
  const show = (event: ContainerEvent) => {
    setTab("overview");
    timeline.pinned.set(event.time);
  };
  return (
    <div className="board">
      <div className="board-head">
        <Head />
        <HostTabs host={host} tab={tab} onTab={setTab} />
      </div>
      {tab === "overview" && (
        <>
          <HostTiles host={host} />
          <div className="board-grid">
            <div className="board-main">
              <EventStrip state={events} span={chart.status === "ready" ? chart.span : undefined} isNamed />
              <div className="board-charts">
                <Charts ids={["cpu", "memory", "disk", "network"]} />
              </div>
            </div>
            <LogColumn subject={host} base={hostLines(host)} />
          </div>
        </>
      )}
      {tab === "containers" && <ContainersCard host={host} />}
      {tab === "disks" && <DisksTab />}
      {tab === "logs" && (
        <div className="board-logs">
          <LogColumn subject={host} base={hostLines(host)} />
        </div>
      )}
      {tab === "events" && <EventList host={host} state={events} onShow={show} />}
    </div>
  );
}

/** What the file systems hold, and what moves on the disks. */
function DisksTab() {
  return (
    <>
      <Disks />
      <div className="board-charts wide">
        <Charts ids={["disk"]} />
      </div>
    </>
  );
}

function HostTabs({ host, tab, onTab }: { host: string; tab: HostTab; onTab: (tab: HostTab) => void }) {
  const { tabs } = useMessages();
  const locale = useLocale();
  const known = useContainers();
  useRefreshOnChange(known.report);
  const count = known.report?.host === host && known.rows !== undefined ? formatNumber(known.rows.length, 0, locale) : undefined;
  const all = (["overview", "containers", "disks", "logs", "events"] as const).map((id) => ({
    id,
    label: tabs[id],
    ...(id === "containers" && count !== undefined ? { count } : {}),
  }));
  return <Tabs label={tabs.label} tabs={all} current={tab} onChange={onTab} />;
}

function UnknownHost({ host }: { host: string }) {
  const { hostPage } = useMessages();
  return (
    <Card title={host} className="unknown">
      <Notice
        icon={IconServerOff}
        tone="t3"
        title={hostPage.unknown(host)}
        detail={hostPage.unknownDetail}
        action={
          <a className="btn small" href="./">
            {hostPage.home}
          </a>
        }
      />
    </Card>
  );
}
