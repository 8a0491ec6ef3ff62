import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconDatabaseOff from "@tabler/icons-react/icons/IconDatabaseOff";
import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ApiError } from "../core/api/types";
import { useApp, useMessages } from "./context";
import { Icon } from "./Icon";

const SKELETON_HEIGHTS = [38, 52, 44, 66, 58, 71, 49, 62];
const SKELETON_WIDTHS = [62, 48, 71, 55, 40, 66, 52, 74, 45, 58];

/** The place of a chart before its first data. */
export function ChartSkeleton() {
  const { state } = useMessages();
  return (
    <div className="skeleton-chart after-150ms" role="status" aria-label={state.loading}>
      {SKELETON_HEIGHTS.map((height, i) => (
        <i key={i} style={{ height: `${height}%` }} />
      ))}
    </div>
  );
}

/** The place of log lines before the first ones. */
export function LinesSkeleton() {
  const { state } = useMessages();
  return (
    <div className="lines-skeleton after-150ms" role="status" aria-label={state.loading}>
      {SKELETON_WIDTHS.map((width) => (
        <i key={width} className="skeleton" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

/** What is missing or went wrong, what to do about it, and one action. */
export function Notice(props: { icon: TablerIcon; tone: string; title: string; detail?: string; action?: ReactNode }) {
  return (
    <div className="notice">
      <span className={props.tone}>
        <Icon of={props.icon} size={20} />
      </span>
      <p className="medium">{props.title}</p>
      {props.detail !== undefined && <p>{props.detail}</p>}
      {props.action}
    </div>
  );
}

export function EmptyState(props: { title: string; detail?: string; action?: ReactNode }) {
  return <Notice icon={IconDatabaseOff} tone="t3" {...props} />;
}

/** A failed query in its own place; the rest of the page goes on. */
export function ErrorState({ error }: { error: ApiError }) {
  const { state } = useMessages();
  const { refresher } = useApp();
  const isQuery = error.kind === "query";
  return (
    <Notice
      icon={IconAlertOctagonFilled}
      tone="graphic-crit"
      title={isQuery ? state.queryFailed : state.answerUnreadable}
      detail={isQuery ? error.message : state.answerUnreadableRemedy}
      action={
        <button type="button" className="btn small" onClick={() => refresher.refreshNow()}>
          {state.tryAgain}
        </button>
      }
    />
  );
}
