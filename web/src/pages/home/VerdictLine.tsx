import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconHelpCircle from "@tabler/icons-react/icons/IconHelpCircle";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import type { TablerIcon } from "@tabler/icons-react";
import { duration, moment } from "../../core/format/time";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { useDataAge, useHome, useIsCollecting, useIsStale } from "./state";
import { useVerdictWords, type VerdictTone } from "./verdictWords";

const GLYPHS: Record<VerdictTone, TablerIcon> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangleFilled,
  crit: IconAlertOctagonFilled,
  mute: IconHelpCircle,
  pending: IconHourglass,
};

/** The page's first sentence: is all well, and how fresh is what we say. */
export function VerdictLine() {
  const words = useVerdictWords(useHome(), useDataAge(), useIsCollecting());
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

function Freshness() {
  const { freshness } = useMessages();
  const locale = useLocale();
  const { clock } = useApp();
  const { host, readings, dataSince } = useHome();
  const age = useDataAge();
  const isStale = useIsStale();
  if (host === null || host === undefined) return null;
  const since = dataSince === undefined ? "" : freshness.since(moment(dataSince, clock.now(), locale));
  return (
    <div className="freshness">
      <span className="freshness-line">
        {age !== undefined && <span className={isStale ? "dot stale" : "dot"} />}
        {age !== undefined && freshness.dataAge(duration(age, locale))}
        {age === undefined && readings !== undefined && freshness.at(moment(readings.at, clock.now(), locale))}
      </span>
      {since !== "" && <span className="t3 no-phone">{since}</span>}
    </div>
  );
}
