import IconBell from "@tabler/icons-react/icons/IconBell";
import { nameOf, severityOf } from "../../core/alerts/alert";
import { type Matcher, matcherText } from "../../core/alerts/matcher";
import type { Preview } from "../../core/alerts/preview";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { signOf } from "../../ui/alerts/signs";
import { useAlertWords } from "../../ui/alerts/useAlerts";
import { subjectWords } from "../../ui/alerts/words";
import { Icon } from "../../ui/Icon";

/** So many alerts are named. */
const NAMED = 5;

/** What a silence hides now, and what of the same host or container stays loud. */
export function PreviewBox({ preview, unknown }: { preview: Preview; unknown: Matcher | undefined }) {
  const { messages, locale, now } = useAlertWords();
  const { silence } = messages;
  const n = (count: number) => formatNumber(count, 0, locale);
  const { hides, hiddenAlready, staysLoud } = preview;
  const first = staysLoud[0];
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
        <span className="medium">{silence.hides(n(hides.length))}</span>
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
                {nameOf(alert.labels)} <span className="t3">{subject}</span>
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
            {first.alert.labels[first.matcher.name] === undefined ? silence.loudWithout(nameOf(first.alert.labels), first.matcher.name) : silence.loud(nameOf(first.alert.labels), first.matcher.name, first.alert.labels[first.matcher.name] ?? "")}
            {staysLoud.length > 1 && ` ${silence.loudMore(n(staysLoud.length - 1))}`}
          </span>
        </p>
      )}
    </div>
  );
}
