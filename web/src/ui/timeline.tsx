import { createContext, use } from "react";
import type { Timeline } from "../core/timeline";

const TimelineContext = createContext<Timeline | null>(null);

export const TimelineProvider = TimelineContext.Provider;

/** The time axis shared by the parts of a page; null where a page has none. */
export function useTimelineOrNone(): Timeline | null {
  return use(TimelineContext);
}

export function useTimeline(): Timeline {
  const timeline = use(TimelineContext);
  if (timeline === null) throw new Error("a part of a page stands outside of its time axis");
  return timeline;
}
