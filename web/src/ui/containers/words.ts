import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { bytes, joinQuantity, memoryScale, percent, type Scale } from "../../core/format/quantity";
import { duration } from "../../core/format/time";
import { type ContainerRow, type Counts } from "../../core/containers/rows";
import type { Container } from "../../core/containers/report";
import { parseFields } from "../../core/logs/parse";
import { withoutEscapes } from "../../core/logs/text";
import type { Messages } from "../../core/messages";
import { type Level, levelOf, MEMORY_THRESHOLDS } from "../../core/thresholds";

/** Puts containers into words. */
export interface Speech {
  readonly messages: Messages;
  readonly locale: Locale;
  /** Unix seconds on the server's clock. */
  readonly now: number;
}

/** `43 · 41 running · 1 restarting · 1 exited` */
export function countWords(counts: Counts, { containers }: Messages, locale: Locale): string {
  return [formatNumber(counts.total, 0, locale), ...counts.states.map(({ state, count }) => containers.count[state](formatNumber(count, 0, locale)))].join(" · ");
}

/** What it is doing: `Running`, `Exited 137`. */
export function stateWord(container: Container, { containers }: Messages): string {
  const { state, exitCode } = container;
  return state === "exited" && exitCode !== undefined ? containers.exited(String(exitCode)) : containers.state[state];
}

/** What is to be said beside it: its health while it runs, or that memory was short. */
export function besideState({ container, trouble }: ContainerRow, { containers }: Messages): { readonly word: string; readonly level: Level } | undefined {
  const { state, health, oomKilled } = container;
  const isUp = state === "running" || state === "restarting";
  if (isUp && health === "unhealthy") return { word: containers.health.unhealthy, level: "crit" };
  if (oomKilled && state !== "running") return { word: containers.outOfMemory, level: trouble?.level ?? "ok" };
  if (trouble?.kind === "oom") return { word: containers.outOfMemory, level: "crit" };
  return state === "running" ? { word: containers.health[health], level: "ok" } : undefined;
}

/** Since when: `Running for 3 d 2 h`, `Ended 40 min ago`; empty where that is not known. */
export function sinceWords(container: Container, { messages, locale, now }: Speech): string {
  const { state, startedMs, finishedMs } = container;
  const ago = (ms: number) => duration(now - ms / 1000, locale);
  if (state === "running" || state === "paused") return startedMs === undefined ? "" : messages.containers.since(messages.containers.state.running, ago(startedMs));
  return finishedMs === undefined ? "" : messages.containers.ended(ago(finishedMs));
}

/** Whether its lines are not read and we say why. */
export function isNamedSilence({ logs }: Container): boolean {
  return logs.state === "unsupported" || logs.state === "unreadable";
}

/** Whether it has a cgroup now and then, so that its numbers say something of now. */
export function hasNumbers({ container }: ContainerRow): boolean {
  return container.state === "running" || container.state === "restarting" || container.state === "paused";
}

/** One unit for the whole column: GiB, or a smaller one where nothing comes near a whole. */
export function memoryColumn(rows: readonly ContainerRow[]): Scale {
  const most = Math.max(0, ...rows.filter(hasNumbers).map(({ numbers }) => Math.max(numbers?.memoryBytes ?? 0, numbers?.limitBytes ?? 0)));
  return memoryScale(Math.max(1024 ** 2, Math.min(most, 1024 ** 3)));
}

/** A container's memory in words. */
export interface MemoryWords {
  readonly used: string;
  readonly limit: string | undefined;
  readonly percent: number | undefined;
  readonly level: Level;
  readonly title: string;
}

/** Undefined where there is no number. */
export function memoryWords(row: ContainerRow, scale: Scale, { messages, locale }: Speech): MemoryWords | undefined {
  const used = row.numbers?.memoryBytes;
  const limit = row.numbers?.limitBytes;
  if (used === undefined || !hasNumbers(row)) return undefined;
  const decimals = scale.unit === "GiB" ? 2 : 1;
  const write = (value: number) => formatNumber(value / scale.size, decimals, locale);
  const exact = (value: number) => joinQuantity(bytes(value, locale));
  if (limit === undefined) return { used: write(used), limit: undefined, percent: undefined, level: "ok", title: messages.containers.used(exact(used)) };
  const share = (100 * used) / limit;
  const title = messages.containers.usedOf(exact(used), exact(limit), joinQuantity(percent(share, locale)));
  return { used: write(used), limit: write(limit), percent: share, level: levelOf(share, MEMORY_THRESHOLDS), title };
}

/** Longer lines are cut by the row anyway. */
const SHOWN_CHARACTERS = 400;
const MESSAGE_FIELDS = ["msg", "message", "MESSAGE", "log"] as const;

/** The words of a line: of one that is JSON or logfmt, its message. */
export function messageOf(text: string): string {
  const fields = text.length > 4000 ? undefined : parseFields(text);
  const message = MESSAGE_FIELDS.map((name) => fields?.fields.find(([key]) => key === name)?.[1]).find((found) => found !== undefined && found !== "");
  return withoutEscapes((message ?? text).slice(0, SHOWN_CHARACTERS)).trim();
}
