import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { LogLine } from "../../core/logs/line";

/** A line that is neither opened nor wrapped, in pixels. */
export const ROW_PX = 20;

/** Width of a character of the lines' type and of what stands before the message, in pixels: for guesses only. */
const CHARACTER_PX = 7.2;
const GUTTER_PX = 150;

/** An opened line before it was measured. */
const OPENED_PX = 180;

/** Heights of rows: known where a row was drawn, guessed elsewhere. `version` changes with them. */
export function useHeights(list: RefObject<HTMLDivElement | null>, isWrapped: boolean, opened: number | undefined) {
  const known = useRef(new Map<number, number>());
  const [version, setVersion] = useState(0);
  const [columns, setColumns] = useState(120);
  const openedBefore = useRef(opened);
  if (openedBefore.current !== opened) {
    if (openedBefore.current !== undefined) known.current.delete(openedBefore.current);
    openedBefore.current = opened;
  }

  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const resizes = new ResizeObserver(() => setColumns(Math.max(20, Math.floor((element.clientWidth - GUTTER_PX) / CHARACTER_PX))));
    resizes.observe(element);
    return () => resizes.disconnect();
  }, [list]);

  useEffect(() => {
    known.current.clear();
    setVersion((before) => before + 1);
  }, [isWrapped, columns]);

  const heightOf = useCallback(
    (line: LogLine | undefined) => {
      if (line === undefined) return ROW_PX;
      if (line.id === opened) return known.current.get(line.id) ?? OPENED_PX;
      if (!isWrapped) return ROW_PX;
      return known.current.get(line.id) ?? ROW_PX * Math.max(1, Math.ceil((line.service.length + 1 + line.text.length) / columns));
    },
    [isWrapped, opened, columns],
  );
  const report = useCallback((id: number, height: number) => {
    if (height === 0 || known.current.get(id) === height) return;
    known.current.set(id, height);
    setVersion((before) => before + 1);
  }, []);
  return { heightOf, report, version };
}
