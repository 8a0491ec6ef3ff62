import { type ReactNode, type Ref, useId } from "react";
import type { ChartState } from "../core/home/state";
import { ChartCanvas } from "./ChartCanvas";
import type { ChartDescription } from "./chartView";
import { Legend } from "./Legend";
import { ChartSkeleton, ErrorState } from "./States";

interface ChartPanelProps {
  readonly id: string;
  readonly state: ChartState;
  readonly description: ChartDescription;
  readonly hidden: ReadonlySet<string>;
  readonly onHide: (hidden: ReadonlySet<string>) => void;
  /** Stands over the chart where what it shows is old. */
  readonly staleBadge?: ReactNode;
  /** Whether data may still come, so that nothing is said to be missing. */
  readonly isWaiting: boolean;
  /** What stands where there is nothing to draw. */
  readonly empty: ReactNode;
  readonly ref?: Ref<HTMLElement>;
}

/** One chart with its heading and legend, or why it is not there. */
export function ChartPanel(props: ChartPanelProps) {
  const { description, state } = props;
  const heading = useId();
  const isStale = props.staleBadge !== undefined;
  return (
    <section ref={props.ref} className={isStale ? "panel stale" : "panel"} aria-labelledby={heading} data-testid={`chart-${props.id}`}>
      <header>
        <h2 id={heading}>{description.title}</h2>
        <span className="t3 cut">{description.unit}</span>
      </header>
      <div className="panel-body">
        {description.view !== undefined && props.staleBadge}
        {state.status === "failed" ? (
          <ErrorState error={state.error} />
        ) : description.view === undefined ? (
          state.status === "loading" || props.isWaiting ? <ChartSkeleton /> : props.empty
        ) : (
          <>
            <ChartCanvas view={description.view} label={description.summary} />
            <Legend entries={description.legend} hidden={props.hidden} onChange={props.onHide} />
          </>
        )}
      </div>
    </section>
  );
}
