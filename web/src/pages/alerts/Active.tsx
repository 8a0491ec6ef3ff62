import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconBellX from "@tabler/icons-react/icons/IconBellX";
import IconChevronLeft from "@tabler/icons-react/icons/IconChevronLeft";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconFilterOff from "@tabler/icons-react/icons/IconFilterOff";
import IconHistory from "@tabler/icons-react/icons/IconHistory";
import { useState } from "react";
import { chooseEntries, entriesOf, type Kind, type Section } from "../../core/alerts/board";
import { countRules } from "../../core/alerts/rule";
import { isAbsent } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { useAlerts, useAlertWords, useCourses } from "../../ui/alerts/useAlerts";
import { useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { ErrorState, Notice } from "../../ui/States";
import { Detail } from "./Detail";
import { AlertList, ListTools } from "./List";

interface ActiveProps {
  readonly chosen: string | undefined;
  readonly onChoose: (alert: string | undefined) => void;
}

/** What fires, worst first, and beside it why. */
export function Active({ chosen, onChoose }: ActiveProps) {
  const { board, groupsError, rulesError } = useAlerts();
  const error = groupsError ?? rulesError;
  if (board === undefined && error === undefined) return <Skeleton />;
  if (board === undefined && error !== undefined && !isAbsent(error)) return <ErrorState error={error} />;
  if (board === undefined || board.length === 0) return <Quiet />;
  return <Board board={board} chosen={chosen} onChoose={onChoose} />;
}

function Board({ board, chosen, onChoose }: ActiveProps & { board: readonly Section[] }) {
  const { alerts } = useMessages();
  const { groupsError } = useAlerts();
  const [kind, setKind] = useState<Kind | undefined>(undefined);
  const [text, setText] = useState("");
  const sections = chooseEntries(board, kind, text);
  const entries = entriesOf(board);
  const courses = useCourses(entries);
  const shown = chosen === undefined ? entriesOf(sections)[0] : entries.find(({ alert }) => alert.id === chosen);
  const section = board.find((one) => shown !== undefined && one.entries.some(({ alert }) => alert.id === shown.alert.id));
  const showAll = () => {
    setKind(undefined);
    setText("");
  };
  return (
    <div className="alerts-grid">
      <section className="alerts-list" aria-label={alerts.list}>
        <ListTools board={board} kind={kind} onKind={setKind} text={text} onText={setText} />
        {isAbsent(groupsError) && (
          <p className="alerts-line t2">
            <Icon of={IconBellX} size={14} />
            {alerts.absentLine}
          </p>
        )}
        {sections.length === 0 ? (
          <Notice
            icon={IconFilterOff}
            tone="t3"
            title={alerts.noMatch}
            action={
              <button type="button" className="btn small" onClick={showAll}>
                {alerts.showAll}
              </button>
            }
          />
        ) : (
          <AlertList sections={sections} courses={courses} chosen={shown?.alert.id} onChoose={onChoose} />
        )}
      </section>
      <div className="alerts-side">
        <button type="button" className="btn quiet only-phone alerts-back" onClick={() => onChoose(undefined)}>
          <Icon of={IconChevronLeft} />
          {alerts.back}
        </button>
        {shown === undefined || section === undefined ? (
          <section className="card alert-detail">{chosen === undefined ? <Notice icon={IconBellOff} tone="t3" title={alerts.choose} /> : <Notice icon={IconHistory} tone="t3" title={alerts.over} detail={alerts.overDetail} />}</section>
        ) : (
          <Detail key={shown.alert.id} entry={shown} section={section} courses={courses} />
        )}
      </div>
    </div>
  );
}

/** Good news, with what stands behind it; or why nobody would be told. */
function Quiet() {
  const { groupsError, rules } = useAlerts();
  const { messages, locale, now } = useAlertWords();
  const { alerts } = messages;
  const { count, lastRun } = countRules(rules ?? []);
  const n = formatNumber(count, 0, locale);
  const told = rules === undefined ? alerts.noRulesApi : count === 0 ? alerts.quietNoRules : lastRun === undefined ? alerts.quietNotRun(n) : alerts.quietDetail(n, duration(now - lastRun, locale));
  return (
    <section className="card alerts-quiet" data-testid="alerts-quiet">
      {isAbsent(groupsError) ? (
        <Notice icon={IconBellX} tone="graphic-warn" title={alerts.absent} detail={`${alerts.absentDetail} ${told}`} />
      ) : (
        <Notice icon={IconCircleCheck} tone="graphic-ok" title={alerts.quiet} detail={told} />
      )}
    </section>
  );
}

function Skeleton() {
  const { state } = useMessages();
  return (
    <div className="alerts-grid after-150ms" role="status" aria-label={state.loading}>
      <div className="alerts-list">
        {[0, 1, 2].map((i) => (
          <div key={i} className="card alerts-skeleton">
            <span className="skeleton" />
            <span className="skeleton" />
          </div>
        ))}
      </div>
      <div className="card alert-detail no-phone" />
    </div>
  );
}
