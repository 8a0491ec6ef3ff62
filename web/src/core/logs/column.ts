import { withFilter } from "./edit";
import { type Band, LEVEL_FIELD, levelsOf } from "./levels";
import { readStructure } from "./structure";
import { quote } from "./text";

/** Which lines a column of logs keeps. */
export type LevelChoice = "all" | Extract<Band, "error" | "warn">;

/** The query of a column: what it is about, cut down to a level and to lines with a text. */
export function columnQuery(base: string, level: LevelChoice, text: string): string {
  const found = text.trim() === "" ? base : withLineFilter(base, text.trim());
  if (level === "all") return found;
  const levels = levelsOf(level);
  return withFilter(found, LEVEL_FIELD, levels.includes("|") ? "=~" : "=", levels);
}

/** Upper and lower case count as the same. */
function withLineFilter(query: string, text: string): string {
  const { end } = readStructure(query);
  const pattern = `(?i)${text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`;
  return `${query.slice(0, end)} |~ ${quote(pattern)}${query.slice(end)}`;
}

/** All lines of a host. */
export function hostLines(host: string): string {
  return `{host=${quote(host)}}`;
}

/** All lines of a container. */
export function containerLines(host: string, container: string): string {
  return `{job="containers", host=${quote(host)}, container=${quote(container)}}`;
}
