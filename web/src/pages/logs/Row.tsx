import { memo, type ReactNode, useLayoutEffect, useRef } from "react";
import { calendarDay } from "../../core/format/time";
import { lettersOf } from "../../core/logs/levels";
import type { LogLine } from "../../core/logs/line";
import { hits } from "../../core/logs/marks";
import { fullMoment, lineClock, secondsOfNs } from "../../core/logs/ns";
import { withoutEscapes } from "../../core/logs/text";
import { useLocale } from "../../ui/context";
import { Opened } from "./Opened";

/** Characters drawn of a line that is not opened, and of one that is: more would only slow the page down. */
const CLOSED_CHARACTERS = 3000;
const OPENED_CHARACTERS = 100_000;

interface RowProps {
  readonly line: LogLine;
  /** What is marked in the message. */
  readonly patterns: readonly RegExp[];
  readonly isOpened: boolean;
  readonly isCurrent: boolean;
  /** Whether the day stands before the time. */
  readonly isDated: boolean;
  /** Whether its height is not that of a plain row. */
  readonly isMeasured: boolean;
  readonly onToggle: (id: number) => void;
  readonly onHeight: (id: number, height: number) => void;
}

/** One line, and its fields where it is opened. */
export const Row = memo(function Row(props: RowProps) {
  const { line, isOpened, isCurrent, isMeasured, onHeight, patterns } = props;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const row = element.current;
    if (!isMeasured || row === null) return undefined;
    const measure = () => onHeight(line.id, row.getBoundingClientRect().height);
    measure();
    const resizes = new ResizeObserver(measure);
    resizes.observe(row);
    return () => resizes.disconnect();
  }, [line.id, isMeasured, isOpened, onHeight]);
  const onClick = () => {
    // Selecting text with the mouse ends in a click too.
    if (getSelection()?.type !== "Range") props.onToggle(line.id);
  };
  return (
    <div ref={element} role="listitem" className={isOpened ? "row-opened" : undefined} aria-current={isCurrent || undefined} data-line={line.id}>
      <LineText line={line} patterns={patterns} isWhole={isOpened} isDated={props.isDated} onClick={onClick} />
      {isOpened && <Opened line={line} patterns={patterns} onClose={() => props.onToggle(line.id)} />}
    </div>
  );
});

/** Level, time, service and message in one row. */
export function LineText(props: { line: LogLine; patterns: readonly RegExp[]; isWhole?: boolean; isDated?: boolean; onClick?: () => void }) {
  const { line, isWhole = false } = props;
  const locale = useLocale();
  const { clock, fraction } = lineClock(line.ts, locale);
  const text = withoutEscapes(line.text.slice(0, isWhole ? OPENED_CHARACTERS : CLOSED_CHARACTERS));
  return (
    <div className={`line ${line.band}${isWhole ? " whole" : ""}`} onClick={props.onClick}>
      <i className="line-bar" />
      <time title={fullMoment(line.ts, locale)}>
        {props.isDated === true && `${calendarDay(secondsOfNs(line.ts), locale)} `}
        {clock}
        <span className="no-phone">{fraction}</span>
      </time>
      <span className="line-level" title={line.level}>
        {lettersOf(line.level)}
      </span>
      <span className="line-message">
        {line.service !== "" && <span className="line-service">{line.service} </span>}
        <Marked text={text} patterns={props.patterns} />
      </span>
    </div>
  );
}

/** A text with what was looked for marked in it. */
export function Marked({ text, patterns }: { text: string; patterns: readonly RegExp[] }): ReactNode {
  if (patterns.length === 0) return text;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [start, end] of hits(text, patterns)) {
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  return [...parts, text.slice(at)];
}
