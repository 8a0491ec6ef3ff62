import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { formatNumber } from "../../core/format/number";
import type { LogLine } from "../../core/logs/line";
import { patternsOf } from "../../core/logs/marks";
import { RowPlaces } from "../../core/logs/rows";
import { useLocale, useMessages } from "../../ui/context";
import { Older } from "./Older";
import { Row } from "./Row";
import { useLogs, useLogsPage } from "./state";
import type { Find } from "../../ui/logs/useFind";
import { useFollowing } from "./useFollowing";
import { useHeights } from "./useHeights";

/** Older lines are asked for when the end is this near, in pixels. */
const LOAD_AHEAD_PX = 800;

/** The lines, newest first. Only those in view are drawn. */
export function Lines({ lines, isWrapped, find }: { lines: readonly LogLine[]; isWrapped: boolean; find: Find }) {
  const { logs } = useMessages();
  const { task, list } = useLogsPage();
  const { query, span, answer } = useLogs();
  const [opened, setOpened] = useState<number | undefined>(undefined);
  const [current, setCurrent] = useState<number | undefined>(undefined);
  const [view, setView] = useState({ top: 0, height: 0 });
  const { heightOf, report, version } = useHeights(list, isWrapped, opened);
  // A new version means other heights.
  const places = useMemo(() => new RowPlaces(lines.length, (row) => heightOf(lines[row])), [lines, heightOf, version]);
  const follow = useFollowing();
  const anchor = useAnchor(places, lines);
  const patterns = useMemo(() => [...patternsOf(query), ...(find.pattern === undefined ? [] : [find.pattern])], [query, find.pattern]);

  const look = useCallback(() => {
    const element = list.current;
    if (element === null) return;
    setView({ top: element.scrollTop, height: element.clientHeight });
    anchor.remember(element.scrollTop);
    follow(element.scrollTop);
  }, [list, anchor, follow]);

  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const resizes = new ResizeObserver(() => setView({ top: element.scrollTop, height: element.clientHeight }));
    resizes.observe(element);
    return () => resizes.disconnect();
  }, [list]);

  // Other lines begin at the top, closed.
  useEffect(() => {
    list.current?.scrollTo({ top: 0 });
    setOpened(undefined);
    setCurrent(undefined);
  }, [span, list]);

  const hasOlder = answer.status === "lines" && answer.older === "there";
  const isNearEnd = view.top + view.height > places.total - LOAD_AHEAD_PX;
  useEffect(() => {
    if (hasOlder && isNearEnd && view.height > 0) void task.loadOlder();
  }, [task, hasOlder, isNearEnd, view.height]);

  const goTo = useCallback(
    (id: number | undefined) => {
      const row = id === undefined ? -1 : lines.findIndex((line) => line.id === id);
      const element = list.current;
      if (row === -1 || element === null) return;
      const [top, bottom] = [places.top(row), places.top(row + 1)];
      if (top < element.scrollTop) element.scrollTop = Math.max(0, top - 20);
      else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = Math.min(bottom + 20 - element.clientHeight, top);
      setCurrent(id);
    },
    [lines, places, list],
  );
  const goToLatest = useRef(goTo);
  goToLatest.current = goTo;
  useEffect(() => goToLatest.current(find.target), [find.target]);

  const toggle = useCallback(
    (id: number) => {
      // What is being read stands still.
      task.pause();
      setCurrent(id);
      setOpened((before) => (before === id ? undefined : id));
    },
    [task],
  );

  const onKey = (event: KeyboardEvent) => {
    if (event.target !== list.current) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const at = lines.findIndex((line) => line.id === current);
      goTo(lines[at === -1 ? places.rowAt(view.top) : Math.max(0, Math.min(lines.length - 1, at + step))]?.id);
    }
    if (event.key === "Enter" && current !== undefined) toggle(current);
    if (event.key === "Escape") setOpened(undefined);
  };

  // Beyond a day, a time of day alone does not say when.
  const isDated = span !== undefined && span.to - span.from > 86400;
  const { first, end } = places.window(view.top, view.height);
  return (
    <div className="lines-frame">
      <Waiting />
      <div ref={list} className={`lines${isWrapped ? " wrapped" : ""}${isDated ? " dated" : ""}`} role="list" aria-label={logs.list} tabIndex={0} onScroll={look} onKeyDown={onKey} data-testid="lines">
        <div className="lines-space" style={{ height: places.total }}>
          <div className="lines-drawn" style={{ top: places.top(first) }}>
            {lines.slice(first, end).map((line) => (
              <Row
                key={line.id}
                line={line}
                patterns={patterns}
                isOpened={line.id === opened}
                isCurrent={line.id === current}
                isDated={isDated}
                isMeasured={isWrapped || line.id === opened}
                onToggle={toggle}
                onHeight={report}
              />
            ))}
          </div>
        </div>
        <Older />
      </div>
    </div>
  );
}

/** Says how many lines came while the page stood still, and brings them. */
function Waiting() {
  const { logs } = useMessages();
  const locale = useLocale();
  const { task, list } = useLogsPage();
  const { live } = useLogs();
  if (!live.isPaused || live.waiting === 0) return null;
  const resume = () => {
    list.current?.scrollTo({ top: 0 });
    task.resume();
  };
  return (
    <button type="button" className="waiting" data-testid="waiting" onClick={resume}>
      <span className="num">{logs.waiting(formatNumber(live.waiting, 0, locale))}</span>
      <b className="medium">{logs.resume}</b>
    </button>
  );
}

/** Keeps the first line in view where it is when the height above it changes. */
function useAnchor(places: RowPlaces, lines: readonly LogLine[]) {
  const { list } = useLogsPage();
  const latest = useRef({ places, lines });
  latest.current = { places, lines };
  const held = useRef<{ id: number; offset: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || held.current === undefined) return;
    const { id, offset } = held.current;
    const row = lines.findIndex((line) => line.id === id);
    if (row === -1) return;
    const wanted = places.top(row) + offset;
    if (Math.abs(wanted - element.scrollTop) > 0.5) element.scrollTop = wanted;
  }, [places, lines, list]);
  return useMemo(
    () => ({
      remember: (top: number) => {
        const row = latest.current.places.rowAt(top);
        const id = latest.current.lines[row]?.id;
        // At the top one follows what comes.
        held.current = id === undefined || top <= 1 ? undefined : { id, offset: top - latest.current.places.top(row) };
      },
    }),
    [],
  );
}
