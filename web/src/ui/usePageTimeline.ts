import { useEffect, useState } from "react";
import { withParam } from "../core/route";
import { resolveRange } from "../core/time/range";
import { pinFromSearch, pinText, Timeline } from "../core/timeline";
import { useApp } from "./context";

/** The time axis of a page. What is held stands in the address, and is let go of when it falls out of the range. */
export function usePageTimeline(): Timeline {
  const { range, clock } = useApp();
  const [timeline] = useState(() => new Timeline(pinFromSearch(location.search)));
  useEffect(() => {
    const write = () => {
      const search = withParam(location.search, "at", pinText(timeline.pinned.get()));
      if (search !== location.search) history.replaceState(null, "", `${location.pathname}${search}`);
    };
    const dropOutside = () => {
      const at = timeline.pinned.get();
      const { from, to } = resolveRange(range.get(), clock.now());
      if (at !== undefined && (at < from || at > to)) timeline.pinned.set(undefined);
    };
    const onBack = () => timeline.pinned.set(pinFromSearch(location.search));
    const stops = [timeline.pinned.subscribe(write), range.subscribe(dropOutside)];
    addEventListener("popstate", onBack);
    return () => {
      removeEventListener("popstate", onBack);
      for (const stop of stops) stop();
    };
  }, [timeline, range, clock]);
  return timeline;
}
