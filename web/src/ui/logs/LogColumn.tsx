import IconLink from "@tabler/icons-react/icons/IconLink";
import IconPin from "@tabler/icons-react/icons/IconPin";
import IconPlayerPause from "@tabler/icons-react/icons/IconPlayerPause";
import IconPlayerPlay from "@tabler/icons-react/icons/IconPlayerPlay";
import IconTextWrap from "@tabler/icons-react/icons/IconTextWrap";
import { type ReactNode, useEffect, useId, useMemo, useState } from "react";
import { clockTime } from "../../core/format/time";
import { logsHref } from "../../core/logs/address";
import { columnQuery, type LevelChoice } from "../../core/logs/column";
import { LogsTask } from "../../core/logs/task";
import { rangeSeconds } from "../../core/time/range";
import { useApp, useLocale, useMessages } from "../context";
import { Icon } from "../Icon";
import { IconButton } from "../IconButton";
import { useTimeline } from "../timeline";
import { useCell } from "../useCell";
import { ColumnLines } from "./ColumnLines";
import { ColumnTools } from "./ColumnTools";
import { ColumnVolume } from "./ColumnVolume";
import { useMoment, useMomentLines } from "./useMoment";
import { useSlowly } from "./useSlowly";

interface LogColumnProps {
  /** Whose lines they are, in words. */
  readonly subject: string;
  /** The query of all of them. */
  readonly base: string;
  /** Whether the two output streams are told apart, instead of services. */
  readonly tellsStreams?: boolean;
  /** Stands in place of the lines where there can be none. */
  readonly notice?: ReactNode;
}

/** So long after the last letter, in milliseconds, a text is looked for. */
const FIND_AFTER_MS = 350;

/** Lines beside charts: they stand where the cursor of the charts is, and follow what comes where there is none. */
export function LogColumn({ subject, base, tellsStreams = false, notice }: LogColumnProps) {
  const {
    column,
    logs: { wrap },
  } = useMessages();
  const { logs, range } = useApp();
  const heading = useId();
  const timeline = useTimeline();
  const task = useColumnTask(base);
  const state = useCell(task.state);
  const [level, setLevel] = useState<LevelChoice>("all");
  const [text, setText] = useState("");
  const [isWrapped, setWrapped] = useState(false);
  const [isRead, setRead] = useState(false);
  const wanted = useSlowly(text, FIND_AFTER_MS);
  const query = columnQuery(base, level, wanted);
  useEffect(() => {
    if (task.state.get().query !== query) task.run(query);
  }, [task, query]);
  const moment = useMoment(timeline, isRead);
  const around = useMomentLines(logs, query, moment, state.answer);
  const totals = state.volume.status === "ready" ? state.volume.volume.totals : undefined;
  const shownRange = useCell(range);
  // What was read while there could be lines is still shown.
  const isSilent = notice !== undefined && (state.answer.status !== "lines" || state.answer.lines.length === 0);
  return (
    <section
      className="card column"
      aria-labelledby={heading}
      data-testid="log-column"
      onMouseEnter={() => setRead(true)}
      onMouseLeave={() => setRead(false)}
    >
      <header className="column-head">
        <h2 id={heading}>{column.title}</h2>
        {isSilent ? <span className="t3 cut grow">{subject}</span> : <ColumnPlace subject={subject} moment={moment} isLive={state.live.status !== "off" && !state.live.isPaused} />}
        {!isSilent && (
          <>
            <IconButton icon={IconTextWrap} label={wrap} className="quiet small" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)} />
            <LiveButton task={task} moment={moment} />
          </>
        )}
      </header>
      {isSilent ? (
        notice
      ) : (
        <>
          <ColumnTools level={level} onLevel={setLevel} text={text} onText={setText} totals={totals} />
          <ColumnVolume state={state.volume} />
          <ColumnLines task={task} moment={moment} around={around} isWrapped={isWrapped} tellsStreams={tellsStreams} />
        </>
      )}
      <footer className="column-foot">
        <Held />
        <a className="column-open medium" href={logsHref(query, shownRange)}>
          {column.open}
        </a>
      </footer>
    </section>
  );
}

function useColumnTask(base: string): LogsTask {
  const { logs, timers, openSocket, range, refresher } = useApp();
  const task = useMemo(
    () => new LogsTask({ client: logs, timers, openSocket, range: range.get, requestRefresh: () => refresher.refreshNow(), query: base, counted: base }),
    [logs, timers, openSocket, range, refresher, base],
  );
  useEffect(() => {
    const remove = refresher.add(task);
    return () => {
      remove();
      task.close();
    };
  }, [refresher, task]);
  return task;
}

function ColumnPlace({ subject, moment, isLive }: { subject: string; moment: number | undefined; isLive: boolean }) {
  const { column } = useMessages();
  const locale = useLocale();
  const words = moment !== undefined ? column.around(subject, clockTime(moment, locale, true)) : isLive ? column.live(subject) : column.newest(subject);
  return (
    <span className="t3 cut grow num" role="status" title={words} data-testid="column-place">
      {words}
    </span>
  );
}

/** Follows what comes, from wherever one is; or stands still. */
function LiveButton({ task, moment }: { task: LogsTask; moment: number | undefined }) {
  const { column, logs } = useMessages();
  const { range } = useApp();
  const timeline = useTimeline();
  const { live } = useCell(task.state);
  const isFollowing = moment === undefined && live.status !== "off" && !live.isPaused;
  const goLive = () => {
    timeline.release();
    const shown = range.get();
    if (shown.kind === "fixed") range.set({ kind: "live", seconds: Math.round(rangeSeconds(shown)) });
    if (task.state.get().live.isPaused) task.resume();
  };
  return (
    <button type="button" className="btn small" data-testid="go-live" onClick={isFollowing ? () => task.pause() : goLive}>
      <Icon of={isFollowing ? IconPlayerPause : IconPlayerPlay} size={12} />
      {isFollowing ? logs.pause : column.goLive}
    </button>
  );
}

function Held() {
  const { column } = useMessages();
  const timeline = useTimeline();
  const pinned = useCell(timeline.pinned);
  return (
    <span className="row t3 grow cut">
      <Icon of={pinned === undefined ? IconLink : IconPin} size={12} />
      <span className="cut">{pinned === undefined ? column.follows : column.held}</span>
      {pinned !== undefined && (
        <button type="button" className="link medium" onClick={timeline.release}>
          {column.letGo}
        </button>
      )}
    </span>
  );
}
