import type { Span } from "../time/range";
import type { MarkTone } from "../timeline";
import type { ContainerEvent } from "./event";

/** Events so near to each other on the strip that they share one sign. */
export interface EventGroup {
  /** In order of time. */
  readonly events: readonly [ContainerEvent, ...ContainerEvent[]];
  /** The gravest, of those the newest: it gives sign and words. */
  readonly worst: ContainerEvent;
  /** Place on the strip, 0 to 1: that of the gravest. */
  readonly at: number;
}

const GRAVITY: Record<MarkTone, number> = { crit: 3, warn: 2, info: 1, mute: 0 };

/** Groups events (in any order) of a span on a strip `width` pixels wide, signs at least `apart` pixels from each other. */
export function groupEvents(events: readonly ContainerEvent[], span: Span, width: number, apart: number): readonly EventGroup[] {
  const length = span.to - span.from;
  if (!(length > 0) || !(width > 0)) return [];
  const inSpan = events.filter(({ time }) => time >= span.from && time <= span.to).sort((a, b) => a.time - b.time || a.id - b.id);
  const places = inSpan.map((event) => ({ event, x: ((event.time - span.from) / length) * width }));
  const groups: { x: number; events: ContainerEvent[] }[] = [];
  for (const { event, x } of places) {
    const last = groups.at(-1);
    if (last !== undefined && x - last.x < apart) last.events.push(event);
    else groups.push({ x, events: [event] });
  }
  return groups.map(({ x, events: members }) => {
    const worst = worstOf(members);
    return { events: members as [ContainerEvent, ...ContainerEvent[]], worst, at: x / width };
  });
}

/** The gravest of some events, of those the newest. */
export function worstOf(events: readonly ContainerEvent[]): ContainerEvent {
  return events.reduce((found, event) => (GRAVITY[event.tone] >= GRAVITY[found.tone] ? event : found));
}

/** How many of a group are of the same kind and tone as the one that gives it its words. */
export function sameAsWorst(group: EventGroup): number {
  return group.events.filter(({ kind, tone }) => kind === group.worst.kind && tone === group.worst.tone).length;
}

/** Which signs have room for words beside them: `widthOf` says how wide the words are, `sign` how wide a sign is, in pixels. */
export function labelled(groups: readonly EventGroup[], width: number, sign: number, widthOf: (group: EventGroup) => number): ReadonlySet<EventGroup> {
  const roomy = groups.filter((group, i) => {
    const next = groups[i + 1];
    const end = next === undefined ? width : next.at * width - sign / 2;
    return group.at * width + sign / 2 + widthOf(group) <= end;
  });
  return new Set(roomy);
}
