import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconBellX from "@tabler/icons-react/icons/IconBellX";
import IconBell from "@tabler/icons-react/icons/IconBell";
import IconFilterOff from "@tabler/icons-react/icons/IconFilterOff";
import IconHistory from "@tabler/icons-react/icons/IconHistory";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconPlus from "@tabler/icons-react/icons/IconPlus";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { parseMatchers } from "../../core/alerts/matcher";
import type { Place } from "../../core/alerts/place";
import { chooseSilences, type Silence, SILENCE_STATES, type SilenceState } from "../../core/alerts/silence";
import { alertsOf, isAbsent } from "../../core/alerts/task";
import { toApiError } from "../../core/api/types";
import { formatNumber } from "../../core/format/number";
import { duration, moment } from "../../core/format/time";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { useApp } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/States";
import type { Go } from "./address";
import { Failed } from "./Failed";
import { FilterField } from "./FilterField";
import { MatcherChips } from "./MatcherChips";
import { SilenceForm } from "./SilenceForm";

/** So many of those that are over are shown at once. */
const SHOWN_EXPIRED = 5;

interface PartProps {
  readonly place: Place;
  readonly go: Go;
}

/** What is kept quiet now, later and was before. */
export function Silences({ place, go }: PartProps) {
  const { messages } = useAlertWords();
  const { silences, silencesError } = useAlerts();
  const { silence, alerts, state } = messages;
  if (isAbsent(silencesError)) {
    return (
      <section className="card alerts-quiet">
        <Notice icon={IconBellX} tone="graphic-warn" title={alerts.absent} detail={alerts.absentDetail} />
      </section>
    );
  }
  if (silences === undefined) return silencesError === undefined ? <div className="card alerts-skeleton after-150ms" role="status" aria-label={state.loading} /> : <Failed error={silencesError} />;
  const isWriting = place.form === "new" || (place.form === "edit" && silences.some(({ id }) => id === place.silence));
  const create = (
    <button type="button" className="btn small" onClick={() => go({ form: "new", silence: undefined, filter: "" })}>
      <Icon of={IconPlus} size={14} />
      {silence.newOne}
    </button>
  );
  return (
    <div className={isWriting ? "silences writing" : "silences"}>
      <div className="silences-list">
        {silences.length === 0 ? (
          <section className="card alerts-quiet">
            <Notice icon={IconBell} tone="graphic-ok" title={silence.none} detail={silence.noneDetail} action={isWriting ? undefined : create} />
          </section>
        ) : (
          <List silences={silences} isWriting={isWriting} create={create} place={place} go={go} />
        )}
      </div>
      {isWriting && (
        <div className="card silences-form">
          <Form key={place.silence ?? ""} given={silences.find(({ id }) => place.form === "edit" && id === place.silence)} conditions={place.form === "new" ? place.filter : ""} onClose={() => go({ form: undefined, filter: "" })} />
        </div>
      )}
    </div>
  );
}

/** A new silence, with the conditions of the address; or one of those at hand, changed or begun again. */
function Form({ given, conditions, onClose }: { given: Silence | undefined; conditions: string; onClose: () => void }) {
  const [matchers] = useState(() => given?.matchers ?? parseMatchers(conditions) ?? []);
  return <SilenceForm subject="" matchers={matchers} silence={given} onClose={onClose} />;
}

function List({ silences, isWriting, create, place, go }: PartProps & { silences: readonly Silence[]; isWriting: boolean; create: ReactNode }) {
  const { silence } = useAlertWords().messages;
  const filter = isWriting ? "" : place.filter;
  const shown = chooseSilences(silences, filter);
  return (
    <>
      {!isWriting && (
        <div className="alerts-tools narrow">
          {create}
          <FilterField value={filter} label={silence.filterHint} onChange={(text) => go({ filter: text }, "replace")} />
        </div>
      )}
      {place.silence !== undefined && !silences.some(({ id }) => id === place.silence) && (
        <section className="card alerts-quiet">
          <Notice icon={IconHistory} tone="t3" title={silence.gone} detail={silence.goneDetail} />
        </section>
      )}
      {shown.length === 0 && (
        <Notice
          icon={IconFilterOff}
          tone="t3"
          title={silence.noMatch}
          action={
            <button type="button" className="btn small" onClick={() => go({ filter: "" }, "replace")}>
              {silence.showAll}
            </button>
          }
        />
      )}
      {SILENCE_STATES.map((one) => (
        <Group key={one} state={one} silences={shown.filter((item) => item.state === one)} isFiltered={filter !== ""} chosen={place.silence} go={go} />
      ))}
    </>
  );
}

interface GroupProps {
  readonly state: SilenceState;
  readonly silences: readonly Silence[];
  readonly isFiltered: boolean;
  readonly chosen: string | undefined;
  readonly go: Go;
}

function Group({ state, silences, isFiltered, chosen, go }: GroupProps) {
  const heading = useId();
  const { messages, locale } = useAlertWords();
  const [isOpen, setOpen] = useState(false);
  if (silences.length === 0) return null;
  const isFolded = state === "expired" && !isOpen && !isFiltered && !silences.slice(SHOWN_EXPIRED).some(({ id }) => id === chosen);
  const shown = isFolded ? silences.slice(0, SHOWN_EXPIRED) : silences;
  const folded = silences.length - shown.length;
  return (
    <section className="card" aria-labelledby={heading} data-testid={`silences-${state}`}>
      <div className="card-head">
        <h2 id={heading}>{messages.silence.state[state]}</h2>
        <span className="t3 num">{formatNumber(silences.length, 0, locale)}</span>
      </div>
      <ul>
        {shown.map((silence) => (
          <Row key={silence.id} silence={silence} isChosen={silence.id === chosen} onEdit={() => go({ form: "edit", silence: silence.id, filter: "" })} />
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

function Row({ silence, isChosen, onEdit }: { silence: Silence; isChosen: boolean; onEdit: () => void }) {
  const { messages, locale } = useAlertWords();
  const { groups } = useAlerts();
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const hidden = alertsOf(groups).filter(({ silencedBy }) => silencedBy.includes(silence.id));
  const isOver = silence.state === "expired";
  return (
    <li ref={row} className="silence-row" data-silence={silence.id} aria-current={isChosen ? "true" : undefined}>
      <span className={isOver ? "t3" : "t2"} title={messages.silence.state[silence.state]}>
        <Icon of={silence.state === "active" ? IconBellOff : silence.state === "pending" ? IconHourglass : IconBell} />
      </span>
      <div className="grow">
        <MatcherChips matchers={silence.matchers} />
        <p className="silence-why">
          {silence.comment} <span className="t3">{messages.silence.by(silence.createdBy)}</span>
          {silence.state === "active" && <span className="t3"> · {messages.silence.hidesNow(formatNumber(hidden.length, 0, locale))}</span>}
        </p>
      </div>
      <When silence={silence} />
      {isOver ? (
        <span className="silence-expire">
          <button type="button" className="btn small" onClick={onEdit}>
            {messages.silence.recreate}
          </button>
        </span>
      ) : (
        <Expire silence={silence} hidden={hidden.length} onEdit={onEdit} />
      )}
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
function Expire({ silence, hidden, onEdit }: { silence: Silence; hidden: number; onEdit: () => void }) {
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
        <button type="button" className="btn small quiet" onClick={onEdit}>
          {words.change}
        </button>
        <button type="button" className="btn small" onClick={() => setStep("asking")}>
          {words.expire}
        </button>
      </span>
    );
  }
  return (
    <span className="silence-expire asking">
      <span className="t2 grow">{words.expireLoud(formatNumber(hidden, 0, locale))}</span>
      <button type="button" className="btn small quiet" onClick={() => setStep("idle")}>
        {words.keep}
      </button>
      <button type="button" className="btn small danger" disabled={step === "sending"} autoFocus onClick={() => void expire()}>
        {words.expireNow}
      </button>
    </span>
  );
}
