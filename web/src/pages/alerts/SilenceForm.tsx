import { useFocusTrap } from "@mantine/hooks";
import IconX from "@tabler/icons-react/icons/IconX";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { severityOf } from "../../core/alerts/alert";
import { endOf, fieldTime, type Length, lengthOf, startOf } from "../../core/alerts/lengths";
import { faultOf, type Matcher, unknownIn } from "../../core/alerts/matcher";
import { previewOf } from "../../core/alerts/preview";
import type { Silence } from "../../core/alerts/silence";
import { alertsOf } from "../../core/alerts/task";
import { toApiError } from "../../core/api/types";
import { formatNumber } from "../../core/format/number";
import { readSetting, writeSetting } from "../../shell/settings";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { useApp } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { HowLong } from "./HowLong";
import { Matchers } from "./Matchers";
import { PreviewBox } from "./PreviewBox";

interface FormProps {
  /** What it is about; empty for a silence of anything. */
  readonly subject: string;
  readonly matchers: readonly Matcher[];
  /** The silence that is changed; one that is over is begun again. */
  readonly silence?: Silence | undefined;
  readonly onClose: () => void;
}

/** Below this width the form comes from below and covers the page. */
const PHONE = "(max-width: 767px)";

/** A silence that begins later than this many seconds from now hides nothing yet. */
const NOW_SECONDS = 30;

/** How long, what and why, then what it hides now. It stands beside the evidence; on a phone it comes from below. */
export function SilenceForm({ subject, matchers: given, silence: before, onClose }: FormProps) {
  const words = useAlertWords();
  const { silence } = words.messages;
  const { groups } = useAlerts();
  const time = useTime(before, words.now);
  const [matchers, setMatchers] = useState(given);
  const [why, setWhy] = useState(before?.comment ?? "");
  const [who, setWho] = useState(() => readSetting("author") ?? before?.createdBy ?? "");
  const [isSheet] = useState(() => matchMedia(PHONE).matches);
  const heading = useId();
  const isChange = before !== undefined && before.state !== "expired";
  const isLater = time.startsAt > words.now + NOW_SECONDS;
  const fault = faultOf(matchers);
  const preview = previewOf(matchers, alertsOf(groups));
  const hidden = formatNumber(preview.hides.length, 0, words.locale);
  const missing = time.fault ?? (fault !== undefined ? silence.fault[fault] : why.trim() === "" ? silence.needsWhy : who.trim() === "" ? silence.needsWho : undefined);
  const { send, problem, isSending } = useSend({ id: isChange ? before.id : undefined, matchers, createdBy: who.trim(), comment: why.trim() }, missing === undefined ? time : undefined, onClose);
  const trap = useFocusTrap(isSheet);
  useFocusBack();
  const title = isChange ? silence.titleEdit : before !== undefined ? silence.titleAgain : subject === "" ? silence.titleNew : silence.title(subject);
  return (
    <>
      <div className="sheet-scrim only-phone" onClick={onClose} />
      <div ref={trap} className="silence-place" role="dialog" aria-modal={isSheet} aria-labelledby={heading} data-testid="silence-form" onKeyDown={(event) => event.key === "Escape" && onClose()}>
        <form className="silence" onSubmit={send}>
          <div className="silence-head">
            <h3 id={heading} className="cut">
              {title}
            </h3>
            <button type="button" className="btn icon-only quiet small" aria-label={silence.close} onClick={onClose}>
              <Icon of={IconX} />
            </button>
          </div>
          <div className="silence-body">
            <HowLong {...time} kept={isChange ? before.endsAt : undefined} canStartLater={before?.state !== "active"} hidesCritical={preview.hides.some(({ labels }) => severityOf(labels) === "crit")} />
            <Matchers matchers={matchers} onChange={setMatchers} />
            <Texts why={why} onWhy={setWhy} who={who} onWho={setWho} isFirst={given.length > 0} />
            <PreviewBox preview={preview} unknown={unknownIn(matchers)} isEmpty={matchers.length === 0} isLater={isLater} subject={subject} />
          </div>
          {problem !== undefined && (
            <p className="silence-problem text-crit" role="alert">
              {isChange ? silence.notSaved : silence.failed}: {problem}
            </p>
          )}
          <div className="silence-foot">
            <span className="t3 grow">{missing}</span>
            <button type="button" className="btn quiet" onClick={onClose}>
              {silence.cancel}
            </button>
            <button type="submit" className="btn primary" disabled={missing !== undefined || isSending}>
              {isChange ? silence.save : isLater ? silence.schedule : silence.create(hidden)}
            </button>
          </div>
        </form>
      </div>
    </>
  );
}

/** Gives the focus back to what had it, when the form goes. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    [before],
  );
}

interface Time {
  readonly startsAt: number;
  /** Undefined where it cannot be read. */
  readonly endsAt: number | undefined;
}

/** When it begins and ends, as it is being chosen. */
function useTime(before: Silence | undefined, now: number) {
  const { silence } = useAlertWords().messages;
  const isActive = before?.state === "active";
  const [start, setStart] = useState(before?.state === "pending" ? fieldTime(before.startsAt) : "");
  const [length, setLength] = useState<Length>(() =>
    before === undefined ? { kind: "for", seconds: 3600 } : before.state === "expired" ? lengthOf(before.endsAt - before.startsAt) : { kind: "until", at: before.endsAt },
  );
  const startsAt = isActive ? before.startsAt : startOf(start, now);
  // What is in force already lasts from now on.
  const endsAt = endOf(length, isActive ? now : startsAt);
  const fault = endsAt === undefined ? silence.notATime : endsAt <= Math.max(now, startsAt) ? silence.passed : undefined;
  return { start, setStart, length, setLength, startsAt, endsAt, fault };
}

interface Written {
  readonly id: string | undefined;
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
}

/** Hands a silence over; `time` is undefined while something is missing. */
function useSend(written: Written, time: Time | undefined, onDone: () => void) {
  const { alerts: task } = useApp();
  const { silence } = useAlertWords().messages;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [isSending, setSending] = useState(false);
  const submit = async ({ startsAt, endsAt }: Time) => {
    if (endsAt === undefined) return;
    setSending(true);
    setProblem(undefined);
    writeSetting("author", written.createdBy);
    try {
      await task.silence({ ...written, startsAt, endsAt });
      onDone();
    } catch (thrown) {
      const error = toApiError(thrown);
      setProblem(error.kind === "unreachable" ? silence.unreachable : error.message);
      setSending(false);
    }
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (time !== undefined && !isSending) void submit(time);
  };
  return { send, problem, isSending };
}

interface TextsProps {
  readonly why: string;
  readonly onWhy: (text: string) => void;
  readonly who: string;
  readonly onWho: (text: string) => void;
  /** Whether writing begins here: the conditions are there already. */
  readonly isFirst: boolean;
}

function Texts({ why, onWhy, who, onWho, isFirst }: TextsProps) {
  const { silence } = useAlertWords().messages;
  const [whyId, whoId] = [useId(), useId()];
  const first = useRef<HTMLInputElement>(null);
  const [isFocused] = useState(isFirst);
  useEffect(() => {
    if (isFocused) first.current?.focus({ preventScroll: true });
  }, [isFocused]);
  return (
    <div className="field-pair">
      <div className="field">
        <label className="field-label" htmlFor={whyId}>
          {silence.why}
        </label>
        <input ref={first} data-autofocus={isFocused ? true : undefined} id={whyId} className="text-input" type="text" value={why} maxLength={500} placeholder={silence.whyHint} onChange={(event) => onWhy(event.target.value)} />
      </div>
      <div className="field">
        <label className="field-label" htmlFor={whoId}>
          {silence.who}
        </label>
        <input id={whoId} className="text-input" type="text" autoComplete="name" value={who} maxLength={80} placeholder={silence.whoHint} onChange={(event) => onWho(event.target.value)} />
      </div>
    </div>
  );
}
