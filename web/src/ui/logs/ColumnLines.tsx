import IconFileOff from "@tabler/icons-react/icons/IconFileOff";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { formatNumber } from "../../core/format/number";
import { clockTime, duration, moment as momentWords } from "../../core/format/time";
import type { LogLine } from "../../core/logs/line";
import { patternsOf } from "../../core/logs/marks";
import { lineAt } from "../../core/logs/moment";
import { secondsOfNs } from "../../core/logs/ns";
import type { Emptiness } from "../../core/logs/state";
import type { LogsTask } from "../../core/logs/task";
import { useApp, useLocale, useMessages } from "../context";
import { ErrorState, LinesSkeleton, Notice } from "../States";
import { useTimeline } from "../timeline";
import { useCell } from "../useCell";
import { LineText } from "./LineText";
import type { MomentLines } from "./useMoment";

/** So many of the newest lines are drawn while following. */
const MOST_FOLLOWED = 250;

/** Where in the view the line of a moment stands, as a share of its height. */
const MOMENT_AT = 0.35;

/** Height of a line that is not wrapped, and what stands above the first, in pixels. */
const ROW_PX = 20;
const PADDING_PX = 3;

/** Up to this many pixels from the newest line one still follows. */
const AT_THE_END_PX = 8;

interface ColumnLinesProps {
  readonly task: LogsTask;
  /** Unix seconds of the moment looked at; undefined where the newest lines are. */
  readonly moment: number | undefined;
  readonly around: MomentLines | undefined;
  readonly isWrapped: boolean;
  readonly tellsStreams: boolean;
}

/** The lines of a column, oldest first: those around a moment, or the newest. */
export function ColumnLines(props: ColumnLinesProps) {
  const { task, moment, around } = props;
  const { answer } = useCell(task.state);
  const followed = useMemo(() => (answer.status === "lines" ? answer.lines.slice(0, MOST_FOLLOWED).reverse() : []), [answer]);
  if (answer.status === "failed") return <Framed><ErrorState error={answer.error} /></Framed>;
  if (moment !== undefined && around !== undefined) {
    if (around.error !== undefined) return <Failed message={around.error.message} />;
    return around.lines.length === 0 ? <NothingAround moment={moment} /> : <List {...props} lines={around.lines} current={lineAt(around.lines, around.at)?.id} />;
  }
  if (answer.status !== "lines") return <LinesSkeleton />;
  if (answer.lines.length === 0) return <Nothing emptiness={answer.emptiness} />;
  return <List {...props} lines={followed} current={undefined} />;
}

function List(props: ColumnLinesProps & { lines: readonly LogLine[]; current: number | undefined }) {
  const { task, lines, current, isWrapped, tellsStreams } = props;
  const { logs } = useMessages();
  const { query, live } = useCell(task.state);
  const timeline = useTimeline();
  const list = useRef<HTMLDivElement>(null);
  const patterns = useMemo(() => patternsOf(query), [query]);
  const place = usePlace(list, lines, current);
  const isMoment = current !== undefined;
  const first = lines[0];
  const last = lines.at(-1);
  const isDated = first !== undefined && last !== undefined && secondsOfNs(last.ts) - secondsOfNs(first.ts) > 86400;
  const onScroll = () => {
    const element = list.current;
    if (element === null || isMoment || live.status === "off") return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= AT_THE_END_PX;
    if (!isAtEnd && !live.isPaused && !place.isMoving()) task.pause();
    if (isAtEnd && live.isPaused && live.waiting > 0) task.resume();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") timeline.release();
    if (step === 0) return;
    event.preventDefault();
    const time = neighbour(lines, current, step);
    if (time !== undefined) timeline.pinned.set(time);
  };
  return (
    <div className="lines-frame">
      {!isMoment && live.isPaused && live.waiting > 0 && <Waiting task={task} count={live.waiting} />}
      <div ref={list} className={`lines column-lines${isWrapped ? " wrapped" : ""}${isDated ? " dated" : ""}`} role="list" aria-label={logs.list} tabIndex={0} onScroll={onScroll} onKeyDown={onKey} data-testid="column-lines">
        {lines.map((line) => (
          <div key={line.id} role="listitem" aria-current={line.id === current || undefined} data-line={line.id}>
            <LineText
              line={line}
              patterns={patterns}
              isWhole={line.id === current}
              isDated={isDated}
              {...(tellsStreams ? { prefix: <Stream name={line.labels["stream"]} /> } : {})}
              onClick={() => {
                // Selecting text with the mouse ends in a click too.
                if (getSelection()?.type === "Range") return;
                place.keep(line.id);
                timeline.pinned.set(secondsOfNs(line.ts));
              }}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

/** The instant of the next line in a direction that has another one. */
function neighbour(lines: readonly LogLine[], current: number | undefined, step: 1 | -1): number | undefined {
  const from = current === undefined ? lines.length : lines.findIndex((line) => line.id === current);
  const here = lines[from];
  for (let row = from + step; row >= 0 && row < lines.length; row += step) {
    const line = lines[row];
    if (line !== undefined && (here === undefined || secondsOfNs(line.ts) !== secondsOfNs(here.ts))) return secondsOfNs(line.ts);
  }
  return undefined;
}

/** Brings the line of the moment into view, where it was clicked; without one, the newest line. */
function usePlace(list: RefObject<HTMLDivElement | null>, lines: readonly LogLine[], current: number | undefined) {
  const kept = useRef<number | undefined>(undefined);
  const movedAt = useRef(0);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const remember = () => (isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight <= AT_THE_END_PX);
    element.addEventListener("scroll", remember);
    return () => element.removeEventListener("scroll", remember);
  }, [list]);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    movedAt.current = performance.now();
    if (current === undefined) {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
      return;
    }
    const row = element.querySelector(`[data-line="${current}"]`);
    if (row === null) return;
    const wanted = kept.current ?? element.clientHeight * MOMENT_AT;
    kept.current = undefined;
    const top = element.scrollTop + row.getBoundingClientRect().top - element.getBoundingClientRect().top - wanted;
    // Begins with a whole line, where lines have one height.
    element.scrollTop = Math.round((top - PADDING_PX) / ROW_PX) * ROW_PX + PADDING_PX;
    // Letting go of the moment leads back to the newest line.
    isAtEnd.current = true;
  }, [list, lines, current]);
  return {
    isMoving: () => performance.now() - movedAt.current < 100,
    keep: (id: number) => {
      const element = list.current;
      const row = element?.querySelector(`[data-line="${id}"]`);
      if (element !== null && row !== null && row !== undefined) kept.current = row.getBoundingClientRect().top - element.getBoundingClientRect().top;
    },
  };
}

/** Which of the two output streams a line came from. */
function Stream({ name }: { name: string | undefined }): ReactNode {
  const { containerPage } = useMessages();
  if (name !== "stdout" && name !== "stderr") return false;
  const isError = name === "stderr";
  return (
    <span className={`line-stream ${name}`} title={isError ? containerPage.errHint : containerPage.outHint}>
      {isError ? containerPage.err : containerPage.out}{" "}
    </span>
  );
}

function Waiting({ task, count }: { task: LogsTask; count: number }) {
  const { logs } = useMessages();
  const locale = useLocale();
  return (
    <button type="button" className="waiting at-end" onClick={() => task.resume()}>
      <span className="num">{logs.waiting(formatNumber(count, 0, locale))}</span>
      <b className="medium">{logs.resume}</b>
    </button>
  );
}

function Framed({ children }: { children: ReactNode }) {
  return <div className="column-notice">{children}</div>;
}

function Failed({ message }: { message: string }) {
  const { column } = useMessages();
  return (
    <Framed>
      <Notice icon={IconFileOff} tone="graphic-crit" title={column.failed} detail={message} />
    </Framed>
  );
}

function NothingAround({ moment }: { moment: number }) {
  const { column } = useMessages();
  const locale = useLocale();
  return (
    <Framed>
      <Notice icon={IconFileOff} tone="t3" title={column.nothingAround(clockTime(moment, locale, true))} detail={column.nothingAroundDetail} />
    </Framed>
  );
}

/** How much of the time before its newest line a quiet range is moved to show, in seconds. */
const SHOW_BEFORE_SECONDS = 1800;

function Nothing({ emptiness }: { emptiness: Emptiness | undefined }) {
  const { logs, state } = useMessages();
  const locale = useLocale();
  const { range, clock } = useApp();
  if (emptiness === undefined) return <div className="column-notice" role="status" aria-label={state.loading} />;
  if (emptiness.kind !== "range") {
    const [title, detail] = emptiness.kind === "store" ? [logs.store, logs.storeDetail] : [logs.notMatched, logs.notMatchedDetail];
    return (
      <Framed>
        <Notice icon={IconFileOff} tone="t3" title={title} detail={detail} />
      </Framed>
    );
  }
  const newest = secondsOfNs(emptiness.newest);
  const at = momentWords(newest, clock.now(), locale);
  const show = () => range.set({ kind: "fixed", from: newest - SHOW_BEFORE_SECONDS, to: newest + 60 });
  return (
    <Framed>
      <Notice
        icon={IconFileOff}
        tone="t3"
        title={logs.quietRange}
        detail={logs.newestLine(duration(clock.now() - newest, locale), at)}
        action={
          <button type="button" className="btn small" onClick={show}>
            {state.show(at)}
          </button>
        }
      />
    </Framed>
  );
}
