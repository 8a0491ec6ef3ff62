import { memo, useLayoutEffect, useRef } from "react";
import type { LogLine } from "../../core/logs/line";
import { LineText } from "../../ui/logs/LineText";
import { Opened } from "./Opened";

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
