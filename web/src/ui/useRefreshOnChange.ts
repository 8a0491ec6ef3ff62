import { useEffect, useRef } from "react";
import type { Container, ContainersReport } from "../core/containers/report";
import { useApp } from "./context";

/** What has just happened is in the store this much later, in milliseconds. */
const SETTLING_MS = 700;

/** Refreshes the page when a container has changed its state, so that events and numbers do not wait for the next turn. */
export function useRefreshOnChange(report: ContainersReport | undefined, isWatched: (container: Container) => boolean = everyOne): void {
  const { refresher } = useApp();
  const states = report?.containers.filter(isWatched).map(stateOf).join() ?? undefined;
  const before = useRef(states);
  useEffect(() => {
    const isFirst = before.current === undefined;
    const isSame = before.current === states;
    before.current = states;
    // Where refreshing is switched off, nothing moves by itself.
    if (isFirst || isSame || refresher.interval.get() === 0) return undefined;
    const timer = setTimeout(() => refresher.refreshNow(), SETTLING_MS);
    return () => clearTimeout(timer);
  }, [states, refresher]);
}

const everyOne = (): boolean => true;

function stateOf({ id, name, state, health, restarts, starts, startedMs }: Container): string {
  return [id, name, state, health, restarts, starts, startedMs].join("/");
}
