import { useCallback, useMemo, useState } from "react";
import type { LogLine } from "../../core/logs/line";
import { literal } from "../../core/logs/marks";
import { useSlowly } from "./useSlowly";

/** Looking for a text in the loaded lines. */
export interface Find {
  readonly text: string;
  /** Undefined while there is nothing to look for. */
  readonly pattern: RegExp | undefined;
  /** Ids of the lines with the text, newest first. */
  readonly found: readonly number[];
  /** Place in `found` of the line gone to; -1 before the first. */
  readonly at: number;
  /** The line gone to. */
  readonly target: number | undefined;
  write(text: string): void;
  /** Goes to the next older (1) or newer (-1) line with the text. */
  go(step: 1 | -1): void;
}

const SEARCH_EVERY_MS = 250;

export function useFind(lines: readonly LogLine[]): Find {
  const [text, setText] = useState("");
  const [target, setTarget] = useState<number | undefined>(undefined);
  const searched = useSlowly(lines, SEARCH_EVERY_MS);
  const pattern = useMemo(() => literal(text, true), [text]);
  const found = useMemo(() => {
    if (pattern === undefined) return [];
    // Without the flag `g` a pattern remembers no place.
    const once = new RegExp(pattern.source, "iu");
    return searched.filter((line) => once.test(line.text) || once.test(line.service)).map((line) => line.id);
  }, [searched, pattern]);
  const at = target === undefined ? -1 : found.indexOf(target);
  const write = useCallback((next: string) => {
    setText(next);
    setTarget(undefined);
  }, []);
  const go = useCallback(
    (step: 1 | -1) => {
      if (found.length === 0) return;
      const next = at === -1 ? (step === 1 ? 0 : found.length - 1) : (at + step + found.length) % found.length;
      setTarget(found[next]);
    },
    [found, at],
  );
  return useMemo(() => ({ text, pattern, found, at, target, write, go }), [text, pattern, found, at, target, write, go]);
}
