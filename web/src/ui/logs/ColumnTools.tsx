import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconSearch from "@tabler/icons-react/icons/IconSearch";
import type { ReactNode } from "react";
import { formatNumber } from "../../core/format/number";
import type { LevelChoice } from "../../core/logs/column";
import type { Band } from "../../core/logs/levels";
import { useLocale, useMessages } from "../context";
import { Icon } from "../Icon";

interface ColumnToolsProps {
  readonly level: LevelChoice;
  readonly onLevel: (level: LevelChoice) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Lines per level in the range; undefined while they are counted. */
  readonly totals: Readonly<Record<Band, number>> | undefined;
}

/** Which of the lines are kept: by level, and by a text in them. */
export function ColumnTools(props: ColumnToolsProps) {
  const { column } = useMessages();
  const locale = useLocale();
  const count = (band: "error" | "warn") => (props.totals === undefined ? "" : formatNumber(props.totals[band], 0, locale));
  const choice = (level: LevelChoice, label: string, shown: ReactNode) => (
    <button type="button" aria-pressed={props.level === level} aria-label={label} title={label} onClick={() => props.onLevel(level)}>
      {shown}
    </button>
  );
  return (
    <div className="column-tools">
      <span className="segments" role="group" aria-label={column.level}>
        {choice("all", column.all, column.all)}
        {choice("error", column.errors(count("error")), <Counted icon={<Icon of={IconAlertOctagonFilled} size={12} />} tone="graphic-crit" count={count("error")} />)}
        {choice("warn", column.warnings(count("warn")), <Counted icon={<Icon of={IconAlertTriangleFilled} size={12} />} tone="graphic-warn" count={count("warn")} />)}
      </span>
      <span className="find">
        <Icon of={IconSearch} size={14} />
        <input type="text" value={props.text} placeholder={column.find} aria-label={column.find} onChange={(event) => props.onText(event.target.value)} onKeyDown={(event) => event.key === "Escape" && props.onText("")} />
      </span>
    </div>
  );
}

function Counted({ icon, tone, count }: { icon: ReactNode; tone: string; count: string }) {
  return (
    <>
      <span className={tone}>{icon}</span>
      <span className="num">{count}</span>
    </>
  );
}
