/** The bands of the page: what has its own colour, three letters and total. Loudest first. */
export const BANDS = ["error", "warn", "info", "debug", "unknown"] as const;

export type Band = (typeof BANDS)[number];

/** What the server's `detected_level` may be, and the band and letters of each. */
const LEVELS: Readonly<Record<string, { readonly band: Band; readonly letters: string }>> = {
  fatal: { band: "error", letters: "FTL" },
  critical: { band: "error", letters: "CRT" },
  error: { band: "error", letters: "ERR" },
  warn: { band: "warn", letters: "WRN" },
  info: { band: "info", letters: "INF" },
  debug: { band: "debug", letters: "DBG" },
  trace: { band: "debug", letters: "TRC" },
};

/** Where there is no level. */
const NO_LETTERS = "–";

/** The structured metadata field that carries the level. */
export const LEVEL_FIELD = "detected_level";

export function bandOf(level: string): Band {
  return levelOf(level)?.band ?? "unknown";
}

/** Three letters for the gutter of a line. */
export function lettersOf(level: string): string {
  return levelOf(level)?.letters ?? NO_LETTERS;
}

/** Every level of a band as an alternation for a label filter: `error|critical|fatal`. */
export function levelsOf(band: Band): string {
  const names = Object.keys(LEVELS).filter((name) => LEVELS[name]?.band === band);
  return names.length === 0 ? "unknown" : names.join("|");
}

function levelOf(level: string): (typeof LEVELS)[string] | undefined {
  const name = level.toLowerCase();
  return Object.hasOwn(LEVELS, name) ? LEVELS[name] : undefined;
}
