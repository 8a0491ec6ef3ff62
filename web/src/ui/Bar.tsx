import type { Level } from "../core/thresholds";

/** A share of a whole, 0 to 100. Decorative: the number stands beside it. */
export function Bar({ percent, level }: { percent: number; level: Level }) {
  const width = Math.max(0, Math.min(100, percent));
  return (
    <span className={`bar ${level}`} aria-hidden>
      <i style={{ width: `${width}%` }} />
    </span>
  );
}
