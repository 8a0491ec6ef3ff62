import { useId } from "react";
import { fieldTime, HOUR_SECONDS, type Length, nextMorning, SHORT_LENGTHS } from "../../core/alerts/lengths";
import { formatNumber } from "../../core/format/number";
import { clockTime, moment } from "../../core/format/time";
import { useAlertWords } from "../../ui/alerts/useAlerts";

interface HowLongProps {
  readonly length: Length;
  readonly setLength: (length: Length) => void;
  /** When it begins, as the field writes it; empty for now. */
  readonly start: string;
  readonly setStart: (start: string) => void;
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  /** The end of the silence that is changed. */
  readonly kept: number | undefined;
  readonly canStartLater: boolean;
  readonly hidesCritical: boolean;
}

/** How long a silence lasts: one click, or written out and with a start of its own. */
export function HowLong(props: HowLongProps) {
  const { length, setLength, start, startsAt, endsAt, kept, hidesCritical } = props;
  const { messages, locale, now } = useAlertWords();
  const { silence } = messages;
  const label = useId();
  const lengths: readonly Length[] = [
    ...(kept === undefined ? [] : [{ kind: "until", at: kept } as const]),
    ...SHORT_LENGTHS.slice(0, 2).map((seconds) => ({ kind: "for", seconds }) as const),
    { kind: "morning" },
    ...SHORT_LENGTHS.slice(kept === undefined ? 2 : 3).map((seconds) => ({ kind: "for", seconds }) as const),
    { kind: "other", text: "" },
  ];
  const nameOf = (one: Length) => {
    switch (one.kind) {
      case "morning":
        return silence.untilMorning(clockTime(nextMorning(startsAt), locale));
      case "until":
        return silence.untilMorning(moment(one.at, now, locale));
      case "other":
        return silence.other;
      case "for":
        return one.seconds === 24 * HOUR_SECONDS ? silence.day : silence.hours(formatNumber(one.seconds / HOUR_SECONDS, 0, locale));
    }
  };
  const isOn = (one: Length) => one.kind === length.kind && (one.kind !== "for" || length.kind !== "for" || one.seconds === length.seconds);
  return (
    <div className="field">
      <p className="field-head">
        <span id={label} className="field-label">
          {silence.howLong}
        </span>
        <span className="t3 num">{endsAt === undefined ? "" : silence.ends(moment(endsAt, now, locale))}</span>
      </p>
      <span className="segment wide" role="group" aria-labelledby={label}>
        {lengths.map((one) => (
          <button key={one.kind === "for" ? one.seconds : one.kind} type="button" aria-pressed={isOn(one)} onClick={() => setLength(one)}>
            {nameOf(one)}
          </button>
        ))}
      </span>
      {(length.kind === "other" || start !== "") && <Exactly {...props} />}
      {hidesCritical && <p className="t3">{silence.critToo}</p>}
    </div>
  );
}

/** A length written out, and when it begins. */
function Exactly({ length, setLength, start, setStart, canStartLater }: HowLongProps) {
  const { messages, now } = useAlertWords();
  const { silence } = messages;
  const [lastsId, startsId] = [useId(), useId()];
  return (
    <div className="field-pair exactly">
      {canStartLater && (
        <div className="field">
          <label className="field-label" htmlFor={startsId}>
            {silence.starts}
          </label>
          <input id={startsId} className="text-input" type="datetime-local" value={start} min={fieldTime(now)} title={silence.startsHint} onChange={(event) => setStart(event.target.value)} />
        </div>
      )}
      {length.kind === "other" && (
        <div className="field">
          <label className="field-label" htmlFor={lastsId}>
            {silence.lasts}
          </label>
          <input id={lastsId} className="text-input" type="text" value={length.text} autoFocus placeholder="12h" title={silence.otherHint} onChange={(event) => setLength({ kind: "other", text: event.target.value })} />
        </div>
      )}
    </div>
  );
}
