import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconBellX from "@tabler/icons-react/icons/IconBellX";
import IconBell from "@tabler/icons-react/icons/IconBell";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconPlus from "@tabler/icons-react/icons/IconPlus";
import { useId, useState } from "react";
import { matcherText } from "../../core/alerts/matcher";
import { type Silence, SILENCE_STATES, type SilenceState } from "../../core/alerts/silence";
import { alertsOf, isAbsent } from "../../core/alerts/task";
import { toApiError } from "../../core/api/types";
import { formatNumber } from "../../core/format/number";
import { duration, moment } from "../../core/format/time";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { useApp } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { ErrorState, Notice } from "../../ui/States";
import { SilenceForm } from "./SilenceForm";

/** So many of those that are over are shown at once. */
const SHOWN_EXPIRED = 5;

/** What is kept quiet now, later and was before. */
export function Silences() {
  const { messages } = useAlertWords();
  const { silences, silencesError } = useAlerts();
  const [isNew, setNew] = useState(false);
  const { silence, alerts, state } = messages;
  if (isAbsent(silencesError)) {
    return (
      <section className="card alerts-quiet">
        <Notice icon={IconBellX} tone="graphic-warn" title={alerts.absent} detail={alerts.absentDetail} />
      </section>
    );
  }
  if (silences === undefined) return silencesError === undefined ? <div className="card alerts-skeleton after-150ms" role="status" aria-label={state.loading} /> : <ErrorState error={silencesError} />;
  const create = (
    <button type="button" className="btn small" onClick={() => setNew(true)}>
      <Icon of={IconPlus} size={14} />
      {silence.newOne}
    </button>
  );
  return (
    <div className={isNew ? "silences writing" : "silences"}>
      <div className="silences-list">
        {silences.length === 0 ? (
          <section className="card alerts-quiet">
            <Notice icon={IconBell} tone="graphic-ok" title={silence.none} detail={silence.noneDetail} action={isNew ? undefined : create} />
          </section>
        ) : (
          <>
            {!isNew && <div className="alerts-tools">{create}</div>}
            {SILENCE_STATES.map((one) => (
              <Group key={one} state={one} silences={silences.filter((item) => item.state === one)} />
            ))}
          </>
        )}
      </div>
      {isNew && (
        <div className="card silences-form">
          <SilenceForm subject="" matchers={[]} onClose={() => setNew(false)} />
        </div>
      )}
    </div>
  );
}

function Group({ state, silences }: { state: SilenceState; silences: readonly Silence[] }) {
  const heading = useId();
  const { messages, locale } = useAlertWords();
  const [isOpen, setOpen] = useState(false);
  if (silences.length === 0) return null;
  const shown = state === "expired" && !isOpen ? silences.slice(0, SHOWN_EXPIRED) : silences;
  const folded = silences.length - shown.length;
  return (
    <section className="card" aria-labelledby={heading} data-testid={`silences-${state}`}>
      <div className="card-head">
        <h2 id={heading}>{messages.silence.state[state]}</h2>
        <span className="t3 num">{formatNumber(silences.length, 0, locale)}</span>
      </div>
      <ul>
        {shown.map((silence) => (
          <Row key={silence.id} silence={silence} />
        ))}
      </ul>
      {folded > 0 && (
        <button type="button" className="containers-more t2" onClick={() => setOpen(true)}>
          {messages.silence.moreExpired(formatNumber(folded, 0, locale))}
        </button>
      )}
    </section>
  );
}

function Row({ silence }: { silence: Silence }) {
  const { messages, locale } = useAlertWords();
  const { groups } = useAlerts();
  const hidden = alertsOf(groups).filter(({ silencedBy }) => silencedBy.includes(silence.id));
  const isOver = silence.state === "expired";
  return (
    <li className="silence-row" data-silence={silence.id}>
      <span className={isOver ? "t3" : "t2"} title={messages.silence.state[silence.state]}>
        <Icon of={silence.state === "active" ? IconBellOff : silence.state === "pending" ? IconHourglass : IconBell} />
      </span>
      <div className="grow">
        <ul className="chips">
          {silence.matchers.map((matcher) => (
            <li key={matcherText(matcher)} className="chip mono" title={matcherText(matcher)}>
              <span className="t2">
                {matcher.name}
                {matcher.op}
              </span>
              <span className="cut">{matcher.value === "" ? '""' : matcher.value}</span>
            </li>
          ))}
        </ul>
        <p className="silence-why">
          {silence.comment} <span className="t3">{messages.silence.by(silence.createdBy)}</span>
          {silence.state === "active" && <span className="t3"> · {messages.silence.hidesNow(formatNumber(hidden.length, 0, locale))}</span>}
        </p>
      </div>
      <When silence={silence} />
      {!isOver && <Expire silence={silence} hidden={hidden.length} />}
    </li>
  );
}

function When({ silence }: { silence: Silence }) {
  const { messages, locale, now } = useAlertWords();
  const words = messages.silence;
  const end = moment(silence.endsAt, now, locale);
  const [first, second] =
    silence.state === "active"
      ? [words.until(end), words.left(duration(silence.endsAt - now, locale))]
      : silence.state === "pending"
        ? [words.from(moment(silence.startsAt, now, locale)), words.until(end)]
        : [words.endedAt(end), ""];
  return (
    <span className="silence-when num">
      {first}
      <span className="t3">{second}</span>
    </span>
  );
}

/** Asks once more, with what it means, before a silence ends. */
function Expire({ silence, hidden }: { silence: Silence; hidden: number }) {
  const { alerts } = useApp();
  const { messages, locale } = useAlertWords();
  const words = messages.silence;
  const [step, setStep] = useState<"idle" | "asking" | "sending">("idle");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const expire = async () => {
    setStep("sending");
    try {
      await alerts.expire(silence.id);
    } catch (thrown) {
      setProblem(toApiError(thrown).message);
      setStep("idle");
    }
  };
  if (step === "idle") {
    return (
      <span className="silence-expire">
        {problem !== undefined && (
          <span className="text-crit" role="alert">
            {words.expireFailed}: {problem}
          </span>
        )}
        <button type="button" className="btn small" onClick={() => setStep("asking")}>
          {words.expire}
        </button>
      </span>
    );
  }
  return (
    <span className="silence-expire">
      <span className="t2">{words.expireLoud(formatNumber(hidden, 0, locale))}</span>
      <button type="button" className="btn small quiet" onClick={() => setStep("idle")}>
        {words.keep}
      </button>
      <button type="button" className="btn small danger" disabled={step === "sending"} autoFocus onClick={() => void expire()}>
        {words.expireNow}
      </button>
    </span>
  );
}
