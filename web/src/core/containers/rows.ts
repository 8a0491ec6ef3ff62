import type { ContainerNumbers, NumbersById } from "./numbers";
import { type Container, CONTAINER_STATES, type ContainersReport, type ContainerState, labelOf } from "./report";
import { type Trouble, troubleOf, TROUBLES } from "./trouble";

/** One container as a row of the table. */
export interface ContainerRow {
  readonly container: Container;
  /** Its name or the first digits of its id. */
  readonly label: string;
  readonly trouble: Trouble | undefined;
  readonly numbers: ContainerNumbers | undefined;
}

/** All containers: trouble first, then what runs, then what stands still; each by name, the nameless last. */
export function containerRows(report: ContainersReport, numbers: NumbersById, now: number): readonly ContainerRow[] {
  return report.containers
    .map((container) => {
      const known = numbers.get(container.id);
      return { container, label: labelOf(container), trouble: troubleOf(container, known, now), numbers: known };
    })
    .sort(byTroubleThenName);
}

function byTroubleThenName(a: ContainerRow, b: ContainerRow): number {
  return rankOf(a) - rankOf(b) || Number(a.container.name === "") - Number(b.container.name === "") || compareText(a.label, b.label) || compareText(a.container.id, b.container.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf({ trouble, container }: ContainerRow): number {
  if (trouble !== undefined) return TROUBLES.indexOf(trouble.kind);
  return TROUBLES.length + (container.state === "running" ? 0 : 1);
}

/** How many there are, and how many in each state that occurs. */
export interface Counts {
  readonly total: number;
  readonly running: number;
  readonly attention: number;
  /** In a fixed order, running first. */
  readonly states: readonly { readonly state: ContainerState; readonly count: number }[];
}

export function countRows(rows: readonly ContainerRow[]): Counts {
  const count = (state: ContainerState) => rows.filter((row) => row.container.state === state).length;
  const states = [...CONTAINER_STATES, "unknown" as const].map((state) => ({ state, count: count(state) })).filter((entry) => entry.count > 0);
  return { total: rows.length, running: count("running"), attention: rows.filter((row) => row.trouble !== undefined).length, states };
}

/** Which rows someone wants to see. */
export interface Choice {
  readonly onlyAttention: boolean;
  /** Words that all must occur in what is written of a container, in any case. */
  readonly text: string;
}

export const EVERY_ROW: Choice = { onlyAttention: false, text: "" };

export function chooseRows(rows: readonly ContainerRow[], choice: Choice): readonly ContainerRow[] {
  const words = choice.text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return rows.filter((row) => (!choice.onlyAttention || row.trouble !== undefined) && words.every((word) => wordsOf(row.container).includes(word)));
}

function wordsOf({ name, id, image, project, service, pod, state, health, runtime }: Container): string {
  return [name, id, image, project, service, pod, state, health === "none" ? "" : health, runtime].join(" ").toLowerCase();
}

/** What is shown at once, and what is folded away behind it. */
export interface Folded {
  readonly shown: readonly ContainerRow[];
  readonly folded: readonly ContainerRow[];
  /** Whether all that is folded runs and has nothing to complain about. */
  readonly isAllHealthy: boolean;
}

/** One row is not worth a fold: it would take the place of the row. */
const LEAST_FOLDED = 2;
/** Standing still, so many of the calm ones stay in view, and more where there is room. */
const SHOWN_STILL = 3;

/** Keeps about `most` rows: everything in trouble, then what runs and what stands still. Order is kept. */
export function foldRows(rows: readonly ContainerRow[], most: number): Folded {
  if (rows.length < most + LEAST_FOLDED) return { shown: rows, folded: [], isAllHealthy: true };
  const trouble = rows.filter((row) => row.trouble !== undefined);
  const running = rows.filter((row) => row.trouble === undefined && row.container.state === "running");
  const still = rows.filter((row) => row.trouble === undefined && row.container.state !== "running");
  const room = Math.max(0, most - trouble.length);
  const shownStill = Math.min(still.length, Math.max(room - running.length, Math.min(room, SHOWN_STILL)));
  const shownRunning = room - shownStill;
  const folded = [...running.slice(shownRunning), ...still.slice(shownStill)];
  if (folded.length < LEAST_FOLDED) return { shown: rows, folded: [], isAllHealthy: true };
  const isAllHealthy = folded.every(({ container }) => container.state === "running" && container.health !== "starting");
  return { shown: [...trouble, ...running.slice(0, shownRunning), ...still.slice(0, shownStill)], folded, isAllHealthy };
}
