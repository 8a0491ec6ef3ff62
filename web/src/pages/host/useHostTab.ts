import { useCallback, useEffect, useState } from "react";
import { withParam } from "../../core/route";

const TABS = ["overview", "containers", "disks", "logs", "events"] as const;

/** The parts of a host's page. */
export type HostTab = (typeof TABS)[number];

/** The part shown, which stands in the address; each choice is a step to go back to. */
export function useHostTab(): [HostTab, (tab: HostTab) => void] {
  const [tab, setTab] = useState(() => tabFromSearch(location.search));
  useEffect(() => {
    const onBack = () => setTab(tabFromSearch(location.search));
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, []);
  const choose = useCallback((next: HostTab) => {
    const search = withParam(location.search, "tab", next === "overview" ? undefined : next);
    if (search !== location.search) history.pushState(null, "", `${location.pathname}${search}`);
    setTab(next);
  }, []);
  return [tab, choose];
}

function tabFromSearch(search: string): HostTab {
  const wanted = new URLSearchParams(search).get("tab");
  return TABS.find((tab) => tab === wanted) ?? "overview";
}
