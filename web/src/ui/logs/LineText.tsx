import type { ReactNode } from "react";
import { calendarDay } from "../../core/format/time";
import { lettersOf } from "../../core/logs/levels";
import type { LogLine } from "../../core/logs/line";
import { hits } from "../../core/logs/marks";
import { fullMoment, lineClock, secondsOfNs } from "../../core/logs/ns";
import { withoutEscapes } from "../../core/logs/text";
import { useLocale } from "../context";

/** Characters drawn of a line that is not opened, and of one that is: more would only slow the page down. */
const CLOSED_CHARACTERS = 3000;
const OPENED_CHARACTERS = 100_000;

interface LineTextProps {
  readonly line: LogLine;
  readonly patterns: readonly RegExp[];
  readonly isWhole?: boolean;
  readonly isDated?: boolean;
  readonly onClick?: () => void;
  /** What stands before the message instead of the service. */
  readonly prefix?: ReactNode;
}

/** Level, time, service and message in one row. */
export function LineText(props: LineTextProps) {
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
        {props.prefix ?? (line.service !== "" && <span className="line-service">{line.service} </span>)}
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
