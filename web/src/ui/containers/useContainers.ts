import { useCallback, useEffect, useMemo } from "react";
import { containerRows, type ContainerRow } from "../../core/containers/rows";
import type { ContainersState } from "../../core/containers/task";
import { useApp } from "../context";
import { useCell } from "../useCell";
import { useNow } from "../useNow";

/** What the page knows of containers, kept up to date while the component stands. */
export interface KnownContainers extends ContainersState {
  /** All of them in the order of the table; undefined until the first answer. */
  readonly rows: readonly ContainerRow[] | undefined;
  /** Seconds since the last answer; undefined until there is one. */
  readonly age: number | undefined;
}

/** What is wrong with a container changes with time, but not every second. */
const JUDGED_EVERY_SECONDS = 5;

/** An answer older than this, in seconds, is no news of now. */
const OLD_SECONDS = 10;

/** For every page that shows containers; several may ask at once. */
export function useContainers(): KnownContainers {
  const { containers, clock, timers } = useApp();
  useEffect(() => containers.start(), [containers]);
  const state = useCell(containers.state);
  const now = useNow(useCallback(() => timers.now(), [timers]));
  const judgedAt = Math.floor(clock.now() / JUDGED_EVERY_SECONDS) * JUDGED_EVERY_SECONDS;
  const { report, numbers, answeredAt } = state;
  const rows = useMemo(() => (report === undefined ? undefined : containerRows(report, numbers, judgedAt)), [report, numbers, judgedAt]);
  return { ...state, rows, age: answeredAt === undefined ? undefined : Math.max(0, now - answeredAt) };
}

/** Whether what is shown may have changed since: the last questions were not answered. */
export function isOld({ age, error }: KnownContainers): boolean {
  return error !== undefined && age !== undefined && age > OLD_SECONDS;
}
