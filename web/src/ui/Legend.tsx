import type { MouseEvent } from "react";
import type { SeriesColour } from "../core/series/frame";
import { useMessages } from "./context";

/** One entry of a legend. A device with two directions is one entry. */
export interface LegendEntry {
  readonly key: string;
  readonly name: string;
  readonly colour: SeriesColour;
  /** The newest value in words. */
  readonly value: string;
}

/** One line of names and newest values. Click shows only this one, Ctrl and click switches it on or off. */
export function Legend(props: {
  entries: readonly LegendEntry[];
  hidden: ReadonlySet<string>;
  onChange: (hidden: ReadonlySet<string>) => void;
}) {
  const { chart } = useMessages();
  const keys = props.entries.map((entry) => entry.key);
  return (
    <div className="legend">
      {props.entries.map((entry) => (
        <button
          key={entry.key}
          type="button"
          aria-pressed={!props.hidden.has(entry.key)}
          title={chart.legendHint}
          onClick={(event) => props.onChange(nextHidden(keys, props.hidden, entry.key, isToggle(event)))}
        >
          <i className="swatch" style={{ ["--k" as string]: `var(--${entry.colour})` }} />
          {entry.name} <b>{entry.value}</b>
        </button>
      ))}
    </div>
  );
}

function isToggle(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.shiftKey;
}

/** Which series are hidden after a click; showing only the one already alone brings all back. */
function nextHidden(keys: readonly string[], hidden: ReadonlySet<string>, key: string, toggle: boolean): ReadonlySet<string> {
  if (toggle) {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    return next.size === keys.length ? new Set() : next;
  }
  const others = keys.filter((other) => other !== key);
  const isAlone = !hidden.has(key) && others.every((other) => hidden.has(other));
  return new Set(isAlone ? [] : others);
}
