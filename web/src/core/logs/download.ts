import type { LogLine } from "./line";
import { msOfNs } from "./ns";

/** Lines (newest first) as a text file: oldest first, each with its full time in UTC and its service. */
export function toText(lines: readonly LogLine[]): string {
  const rows = [...lines].reverse().map((line) => [utc(line), line.service, line.text].filter((part) => part !== "").join(" "));
  return rows.length === 0 ? "" : `${rows.join("\n")}\n`;
}

/** `2026-11-25T07:40:02.118000000Z` */
function utc(line: LogLine): string {
  const digits = line.ts.padStart(10, "0").slice(-9);
  return `${new Date(msOfNs(line.ts)).toISOString().slice(0, 19)}.${digits}Z`;
}

/** A file name that sorts by time: `logs-20261125-074002.txt`, in UTC. */
export function fileName(lines: readonly LogLine[]): string {
  const newest = lines[0];
  const stamp = newest === undefined ? "" : `-${new Date(msOfNs(newest.ts)).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}`;
  return `logs${stamp}.txt`;
}
