import { Cell } from "./cell";

/** How grave a mark on the time axis is. */
export type MarkTone = "crit" | "warn" | "info" | "mute";

/** Something that happened, as a line through every chart of the page. */
export interface Mark {
  /** Unix seconds. */
  readonly time: number;
  readonly tone: MarkTone;
  /** What happened, in few words. */
  readonly label: string;
}

/** What all parts of a page with one time axis share. Times are unix seconds. */
export class Timeline {
  /** Under the pointer or the keyboard's cursor, in any chart. */
  readonly cursor = new Cell<number | undefined>(undefined);
  /** Held by a click; in the address. */
  readonly pinned: Cell<number | undefined>;
  readonly marks = new Cell<readonly Mark[]>([]);
  /** Goes up each time someone asks for now, wherever the cursor is. */
  readonly releases = new Cell(0);

  constructor(pinned?: number) {
    this.pinned = new Cell(pinned);
  }

  /** Lets go of every moment. */
  readonly release = (): void => {
    this.cursor.set(undefined);
    this.pinned.set(undefined);
    this.releases.update((count) => count + 1);
  };
}

/** The instant of an address `?at=…`, in unix seconds. */
export function pinFromSearch(search: string): number | undefined {
  const at = Number(new URLSearchParams(search).get("at") ?? Number.NaN);
  return at > 0 && Number.isFinite(at) ? at : undefined;
}

/** The address form of a held instant: whole milliseconds. */
export function pinText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : String(Math.round(at * 1000) / 1000);
}
