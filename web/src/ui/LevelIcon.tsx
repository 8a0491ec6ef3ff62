import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import type { Level } from "../core/thresholds";
import { useMessages } from "./context";
import { Icon } from "./Icon";

const GLYPHS = { ok: IconCircleCheck, warn: IconAlertTriangleFilled, crit: IconAlertOctagonFilled };

/** The sign of a level: trouble is filled, peace is outlined. Its word goes to screen readers and the title. */
export function LevelIcon({ level, size = 14 }: { level: Level; size?: 12 | 14 | 16 | 20 | 24 }) {
  const word = useMessages().level[level];
  return (
    <span title={word} className={`graphic-${level}`}>
      <Icon of={GLYPHS[level]} size={size} />
      <span className="visually-hidden">{word}</span>
    </span>
  );
}
