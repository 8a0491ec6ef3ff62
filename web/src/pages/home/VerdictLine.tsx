import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconHelpCircle from "@tabler/icons-react/icons/IconHelpCircle";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import type { TablerIcon } from "@tabler/icons-react";
import type { Section } from "../../core/alerts/board";
import type { ContainerRow } from "../../core/containers/rows";
import { Icon } from "../../ui/Icon";
import { Freshness } from "../../ui/host/Freshness";
import { useDataAge, useHome, useIsCollecting } from "../../ui/host/state";
import { useVerdictWords, type VerdictTone } from "./verdictWords";

const GLYPHS: Record<VerdictTone, TablerIcon> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangleFilled,
  crit: IconAlertOctagonFilled,
  mute: IconHelpCircle,
  pending: IconHourglass,
};

/** The page's first sentence: is all well, and how fresh is what we say. */
export function VerdictLine({ containers, board }: { containers: readonly ContainerRow[] | undefined; board: readonly Section[] }) {
  const words = useVerdictWords(useHome(), useDataAge(), useIsCollecting(), containers, board);
  return (
    <section className="verdict" data-testid="verdict">
      <span className={`verdict-sign ${words.tone}`}>
        <Icon of={GLYPHS[words.tone]} size={24} />
      </span>
      <div className="grow">
        <p className="verdict-head">{words.head}</p>
        <p className="verdict-detail t2">{words.detail}</p>
      </div>
      <Freshness />
    </section>
  );
}
