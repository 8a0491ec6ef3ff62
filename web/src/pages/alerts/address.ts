import { useCallback, useEffect, useState } from "react";
import { withParam } from "../../core/route";

const TABS = ["active", "rules", "silences"] as const;

/** The parts of the page. */
export type AlertsTab = (typeof TABS)[number];

/** What of the page is shown; it stands in the address, and each choice is a step to go back to. */
export interface Place {
  readonly tab: AlertsTab;
  /** The alert that was chosen. */
  readonly alert: string | undefined;
}

export function usePlace(): [Place, (place: Place) => void] {
  const [place, setPlace] = useState(() => placeFromSearch(location.search));
  useEffect(() => {
    const onBack = () => setPlace(placeFromSearch(location.search));
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, []);
  const go = useCallback((next: Place) => {
    const withTab = withParam(location.search, "tab", next.tab === "active" ? undefined : next.tab);
    const search = withParam(withTab, "alert", next.alert);
    if (search !== location.search) history.pushState(null, "", `${location.pathname}${search}`);
    setPlace(next);
  }, []);
  return [place, go];
}

function placeFromSearch(search: string): Place {
  const params = new URLSearchParams(search);
  return { tab: TABS.find((tab) => tab === params.get("tab")) ?? "active", alert: params.get("alert") ?? undefined };
}
