import { type ReactNode, type Ref } from "react";
import { MISSING } from "../core/format/number";
import type { Quantity } from "../core/format/quantity";
import type { Level } from "../core/thresholds";
import { LevelIcon } from "./LevelIcon";

export interface StatProps {
  readonly id: string;
  readonly label: string;
  /** Undefined where there is no number. */
  readonly value: Quantity | undefined;
  readonly level: Level;
  /** One line: of what, until when. */
  readonly context: string;
  /** The exact query and instant behind the number, for whoever wants to check it. */
  readonly query: string;
  readonly time: number;
  readonly raw: string;
  readonly isStale: boolean;
  readonly spark: ReactNode;
  readonly ref?: Ref<HTMLDivElement>;
}

/** One number of the page, with what it is of and how it went. */
export function Stat(props: StatProps) {
  const tone = props.level === "ok" ? "" : ` text-${props.level}`;
  return (
    <div
      ref={props.ref}
      className={props.isStale ? "stat stale" : "stat"}
      role="group"
      aria-label={props.label}
      data-testid={`tile-${props.id}`}
      data-query={props.query}
      data-time={props.time}
    >
      <div className="stat-label">
        <span className="cut">{props.label}</span>
        {props.level !== "ok" && <LevelIcon level={props.level} />}
      </div>
      <div
        className={props.value === undefined ? "stat-value missing" : `stat-value${tone}`}
        data-testid={`tile-${props.id}-value`}
        data-value={props.raw}
      >
        {props.value === undefined ? MISSING : props.value.text}
        {props.value !== undefined && props.value.unit !== "" && <small> {props.value.unit}</small>}
      </div>
      <div className="stat-context cut">{props.context}</div>
      {props.spark}
    </div>
  );
}

/** The place of a tile before the first numbers, in its final size. */
export function StatSkeleton() {
  return (
    <div className="stat" aria-hidden>
      <div className="after-150ms">
        <div className="skeleton" style={{ width: "38%", height: 10, marginTop: 4 }} />
        <div className="skeleton" style={{ width: "26%", height: 20, marginTop: 9 }} />
        <div className="skeleton" style={{ width: "46%", height: 8, marginTop: 9 }} />
      </div>
    </div>
  );
}

/** A tile while there is nothing it could be about. */
export function StatWithoutHost({ label }: { label: string }) {
  return (
    <div className="stat">
      <div className="stat-label">
        <span className="cut">{label}</span>
      </div>
      <div className="stat-value missing">{MISSING}</div>
    </div>
  );
}
