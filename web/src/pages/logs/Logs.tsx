import { useEffect, useMemo, useRef, useState } from "react";
import { logsSearch, queryFromSearch } from "../../core/logs/address";
import { LogsTask } from "../../core/logs/task";
import { rangeFromSearch } from "../../core/time/range";
import { routeOfUrl } from "../../shell/router";
import { useApp } from "../../ui/context";
import { Body } from "./Body";
import { Head } from "./Head";
import { QueryBox } from "./QueryBox";
import { type LogsPage, LogsProvider } from "./state";
import { Volume } from "./Volume";

/** Logs: which lines are there, how many of which level, and what comes in now. */
export function Logs() {
  const page = useLogsPageState();
  return (
    <LogsProvider value={page}>
      <section className="card logs-page">
        <Head />
        <QueryBox />
        <Volume />
        <Body />
      </section>
    </LogsProvider>
  );
}

const OPEN_AT_FIRST: ReadonlySet<string> = new Set(["service_name"]);

function useLogsPageState(): LogsPage {
  const task = useTask();
  const { range } = useApp();
  const list = useRef<HTMLDivElement>(null);
  const [openFields, setOpenFields] = useState(OPEN_AT_FIRST);
  return useMemo(
    () => ({
      task,
      list,
      openFields,
      ask: (query) => {
        const before = location.search;
        const after = logsSearch(query, range.get());
        // Asking the same again is no step to go back to.
        if (after !== before) history.pushState(null, "", `${location.pathname}${after}`);
        task.run(query);
      },
      toggleField: (name) => setOpenFields((open) => (open.has(name) ? new Set([...open].filter((other) => other !== name)) : new Set([...open, name]))),
      showField: (name) => {
        setOpenFields((open) => new Set([...open, name]));
        requestAnimationFrame(() => document.getElementById(`field-${name}`)?.scrollIntoView({ block: "nearest" }));
      },
    }),
    [task, range, openFields],
  );
}

function useTask(): LogsTask {
  const { logs, timers, openSocket, range, refresher } = useApp();
  const task = useMemo(
    () =>
      new LogsTask({
        client: logs,
        timers,
        openSocket,
        range: range.get,
        requestRefresh: () => refresher.refreshNow(),
        query: queryFromSearch(location.search),
      }),
    [logs, timers, openSocket, range, refresher],
  );
  useEffect(() => {
    const remove = refresher.add(task);
    const onBack = () => {
      // Going back may also leave this page.
      if (routeOfUrl(new URL(location.href))?.page !== "logs") return;
      const next = queryFromSearch(location.search);
      range.set(rangeFromSearch(location.search));
      if (next !== task.state.get().query) task.run(next);
    };
    addEventListener("popstate", onBack);
    return () => {
      removeEventListener("popstate", onBack);
      remove();
      task.close();
    };
  }, [refresher, task, range]);
  return task;
}
