import type { LogLine } from "./line";

/** The page holds at most so many lines and so many characters of them. */
const MOST_LINES = 20_000;
const MOST_CHARACTERS = 24_000_000;

/** How many of the lines, from the first on, fit the bounds. At least one always does. */
export function fitting(lines: readonly LogLine[], mostLines = MOST_LINES, mostCharacters = MOST_CHARACTERS): number {
  let characters = 0;
  const limit = Math.min(lines.length, mostLines);
  for (let i = 0; i < limit; i += 1) {
    characters += lines[i]?.text.length ?? 0;
    if (characters > mostCharacters) return Math.max(1, i);
  }
  return limit;
}
