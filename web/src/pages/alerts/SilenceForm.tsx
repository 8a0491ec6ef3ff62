import IconX from "@tabler/icons-react/icons/IconX";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { severityOf } from "../../core/alerts/alert";
import { endOf, HOUR_SECONDS, type Length, nextMorning } from "../../core/alerts/lengths";
import { faultOf, type Matcher, unknownIn } from "../../core/alerts/matcher";
import { previewOf } from "../../core/alerts/preview";
import { alertsOf } from "../../core/alerts/task";
import { toApiError } from "../../core/api/types";
import { formatNumber } from "../../core/format/number";
import { clockTime, moment } from "../../core/format/time";
import { readSetting, writeSetting } from "../../shell/settings";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { useApp } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { Matchers } from "./Matchers";
import { PreviewBox } from "./PreviewBox";

interface FormProps {
  /** What it is about; empty for a silence of anything. */
  readonly subject: string;
  readonly matchers: readonly Matcher[];
  readonly onClose: () => void;
}

/** How long, what and why, then what it hides now. It stands beside the evidence; on a phone it comes from below. */
export function SilenceForm({ subject, matchers: given, onClose }: FormProps) {
  const { alerts: task, clock } = useApp();
  const words = useAlertWords();
  const { silence } = words.messages;
  const { groups } = useAlerts();
  const [length, setLength] = useState<Length>({ kind: "for", seconds: HOUR_SECONDS });
  const [matchers, setMatchers] = useState(given);
  const [why, setWhy] = useState("");
  const [who, setWho] = useState(() => readSetting("author") ?? "");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [isSending, setSending] = useState(false);
  const heading = useId();
  const endsAt = endOf(length, words.now);
  const fault = faultOf(matchers);
  const preview = previewOf(matchers, alertsOf(groups));
  const hidden = formatNumber(preview.hides.length, 0, words.locale);
  const missing = endsAt === undefined ? silence.notATime : fault !== undefined ? silence.fault[fault] : why.trim() === "" ? silence.needsWhy : who.trim() === "" ? silence.needsWho : undefined;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const startsAt = clock.now();
    const end = endOf(length, startsAt);
    if (missing !== undefined || end === undefined || isSending) return;
    setSending(true);
    setProblem(undefined);
    writeSetting("author", who.trim());
    try {
      await task.silence({ matchers, startsAt, endsAt: end, createdBy: who.trim(), comment: why.trim() });
      onClose();
    } catch (thrown) {
      const error = toApiError(thrown);
      setProblem(error.kind === "unreachable" ? silence.unreachable : error.message);
      setSending(false);
    }
  };
  return (
    <>
      <div className="sheet-scrim only-phone" onClick={onClose} />
      <form className="silence" role="dialog" aria-labelledby={heading} data-testid="silence-form" onSubmit={(event) => void send(event)} onKeyDown={(event) => event.key === "Escape" && onClose()}>
        <div className="silence-head">
          <h3 id={heading} className="cut">
            {subject === "" ? silence.titleNew : silence.title(subject)}
          </h3>
          <button type="button" className="btn icon-only quiet small" aria-label={silence.close} onClick={onClose}>
            <Icon of={IconX} />
          </button>
        </div>
        <div className="silence-body">
          <HowLong length={length} onChange={setLength} endsAt={endsAt} hidesCritical={preview.hides.some(({ labels }) => severityOf(labels) === "crit")} />
          <Matchers matchers={matchers} onChange={setMatchers} />
          <Texts why={why} onWhy={setWhy} who={who} onWho={setWho} />
          <PreviewBox preview={preview} unknown={unknownIn(matchers)} />
        </div>
        {problem !== undefined && (
          <p className="silence-problem text-crit" role="alert">
            {silence.failed}: {problem}
          </p>
        )}
        <div className="silence-foot">
          <span className="t3 grow">{missing}</span>
          <button type="button" className="btn quiet" onClick={onClose}>
            {silence.cancel}
          </button>
          <button type="submit" className="btn primary" disabled={missing !== undefined || isSending}>
            {silence.create(hidden)}
          </button>
        </div>
      </form>
    </>
  );
}

const LENGTHS: readonly Length[] = [{ kind: "for", seconds: HOUR_SECONDS }, { kind: "for", seconds: 4 * HOUR_SECONDS }, { kind: "morning" }, { kind: "for", seconds: 24 * HOUR_SECONDS }, { kind: "other", text: "" }];

function HowLong({ length, onChange, endsAt, hidesCritical }: { length: Length; onChange: (length: Length) => void; endsAt: number | undefined; hidesCritical: boolean }) {
  const { messages, locale, now } = useAlertWords();
  const { silence } = messages;
  const label = useId();
  const nameOf = (one: Length) => {
    if (one.kind === "morning") return silence.untilMorning(clockTime(nextMorning(now), locale));
    if (one.kind === "other") return silence.other;
    return one.seconds === 24 * HOUR_SECONDS ? silence.day : silence.hours(formatNumber(one.seconds / HOUR_SECONDS, 0, locale));
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
        {LENGTHS.map((one) => (
          <button key={nameOf(one)} type="button" aria-pressed={isOn(one)} onClick={() => onChange(one)}>
            {nameOf(one)}
          </button>
        ))}
      </span>
      {length.kind === "other" && (
        <input className="text-input" type="text" value={length.text} autoFocus placeholder="12h" aria-label={silence.otherHint} onChange={(event) => onChange({ kind: "other", text: event.target.value })} />
      )}
      {hidesCritical && <p className="t3">{silence.critToo}</p>}
    </div>
  );
}

function Texts({ why, onWhy, who, onWho }: { why: string; onWhy: (text: string) => void; who: string; onWho: (text: string) => void }) {
  const { silence } = useAlertWords().messages;
  const [whyId, whoId] = [useId(), useId()];
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);
  return (
    <div className="field-pair">
      <div className="field">
        <label className="field-label" htmlFor={whyId}>
          {silence.why}
        </label>
        <input ref={first} id={whyId} className="text-input" type="text" value={why} maxLength={500} placeholder={silence.whyHint} onChange={(event) => onWhy(event.target.value)} />
      </div>
      <div className="field">
        <label className="field-label" htmlFor={whoId}>
          {silence.who}
        </label>
        <input id={whoId} className="text-input" type="text" value={who} maxLength={80} placeholder={silence.whoHint} onChange={(event) => onWho(event.target.value)} />
      </div>
    </div>
  );
}
