import { createContext, use, useCallback } from "react";
import type { HomeState } from "../../core/home/state";
import type { HomeTask } from "../../core/home/task";
import { STALE_SECONDS } from "../../core/verdict";
import { useApp } from "../context";
import { useCell } from "../useCell";
import { useNow } from "../useNow";

const HomeContext = createContext<HomeTask | null>(null);

export const HomeProvider = HomeContext.Provider;

export function useHomeTask(): HomeTask {
  const task = use(HomeContext);
  if (task === null) throw new Error("a part of Home stands outside of it");
  return task;
}

export function useHome(): HomeState {
  return useCell(useHomeTask().state);
}

/** Age of the host's newest reading in seconds, taken anew every second; undefined when looking at the past. */
export function useDataAge(): number | undefined {
  const { readings } = useHome();
  const { clock } = useApp();
  const newest = useNewestReading();
  const now = useNow(useCallback(() => clock.now(), [clock]));
  return newest === undefined || readings?.isLive === false ? undefined : Math.max(0, now - newest);
}

/** Whether the host is so new that numbers are still missing for that reason alone. */
export function useIsCollecting(): boolean {
  const task = useHomeTask();
  const { host } = useHome();
  return host !== null && task.isInHurry();
}

/** Unix seconds of the host's newest reading. */
export function useNewestReading(): number | undefined {
  const { host, readings } = useHome();
  return readings?.snapshot.value("node_time_seconds") ?? host?.newestReading;
}

/** Whether the host has fallen silent, so that what is shown is its last state. */
export function useIsStale(): boolean {
  return (useDataAge() ?? 0) > STALE_SECONDS;
}
