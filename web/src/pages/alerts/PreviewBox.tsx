import IconBell from "@tabler/icons-react/icons/IconBell";
import { nameOf, severityOf } from "../../core/alerts/alert";
import { type Matcher, matcherText } from "../../core/alerts/matcher";
import type { Preview } from "../../core/alerts/preview";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import type { Messages } from "../../core/messages";
import { signOf } from "../../ui/alerts/signs";
import { useAlertWords } from "../../ui/alerts/useAlerts";
import { subjectWords } from "../../ui/alerts/words";
import { Icon } from "../../ui/Icon";

/** So many alerts are named. */
const NAMED = 5;

interface PreviewProps {
  readonly preview: Preview;
  /** A condition that this page does not understand. */
  readonly unknown: Matcher | undefined;
  /** Whether there is no condition yet. */
  readonly isEmpty: boolean;
  /** Whether it begins later. */
  readonly isLater: boolean;
  /** What the form is about, which needs no saying again. */
  readonly subject: string;
}

/** What a silence hides now, and what of the same host or container stays loud. */
export function PreviewBox({ preview, unknown, isEmpty, isLater, subject: known }: PreviewProps) {
  const { messages, locale, now } = useAlertWords();
  const { silence } = messages;
  const n = (count: number) => formatNumber(count, 0, locale);
  const { hides, hiddenAlready, staysLoud } = preview;
  const first = staysLoud[0];
  if (isEmpty) {
    return (
      <div className="preview" aria-live="polite" data-testid="preview">
        <p className="t2">{silence.noConditions}</p>
      </div>
    );
  }
  if (unknown !== undefined) {
    return (
      <div className="preview" aria-live="polite" data-testid="preview">
        <p className="medium">{silence.untold}</p>
        <p className="t2">{silence.pattern(matcherText(unknown))}</p>
      </div>
    );
  }
  return (
    <div className="preview" aria-live="polite" data-testid="preview">
      <p className="preview-head">
        <span className="medium">{(isLater ? silence.wouldHide : silence.hides)(n(hides.length))}</span>
        {hiddenAlready.length > 0 && <span className="t3">{silence.already(n(hiddenAlready.length))}</span>}
      </p>
      {hides.length === 0 && hiddenAlready.length === 0 && <p className="t3">{silence.hidesLater}</p>}
      <ul>
        {hides.slice(0, NAMED).map((alert) => {
          const sign = signOf({ state: "firing", severity: severityOf(alert.labels) }, messages);
          const subject = subjectWords(alert.labels, messages);
          return (
            <li key={alert.id}>
              <span className={sign.tone} title={sign.word}>
                <Icon of={sign.icon} size={12} />
              </span>
              <span className="cut grow">
                {nameOf(alert.labels)} {subject !== known && <span className="t3">{subject}</span>}
              </span>
              <span className="num t3">{duration(now - alert.startsAt, locale)}</span>
            </li>
          );
        })}
      </ul>
      {hides.length > NAMED && <p className="t3">{silence.more(n(hides.length - NAMED))}</p>}
      {first !== undefined && (
        <p className="preview-loud t2">
          <Icon of={IconBell} size={12} />
          <span>
            {loudWords(first, silence)}
            {staysLoud.length > 1 && ` ${silence.loudMore(n(staysLoud.length - 1))}`}
          </span>
        </p>
      )}
    </div>
  );
}

/** Why an alert of the same place stays loud. */
function loudWords({ alert, matcher }: Preview["staysLoud"][number], silence: Messages["silence"]): string {
  const name = nameOf(alert.labels);
  if (matcher.name === "alertname") return silence.loudOther(name);
  const value = alert.labels[matcher.name];
  return value === undefined ? silence.loudWithout(name, matcher.name) : silence.loud(name, matcher.name, value);
}
