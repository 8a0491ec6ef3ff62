import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconBellX from "@tabler/icons-react/icons/IconBellX";
import IconChevronLeft from "@tabler/icons-react/icons/IconChevronLeft";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconFilterOff from "@tabler/icons-react/icons/IconFilterOff";
import IconHistory from "@tabler/icons-react/icons/IconHistory";
import { entriesOf, type Section } from "../../core/alerts/board";
import { type BoardFilter, chooseEntries, EVERYTHING } from "../../core/alerts/filter";
import type { Place } from "../../core/alerts/place";
import { tellsNobody } from "../../core/alerts/routing";
import { countRules } from "../../core/alerts/rule";
import { isAbsent } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { useAlerts, useAlertWords, useCourses } from "../../ui/alerts/useAlerts";
import { useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/States";
import type { Go } from "./address";
import { Detail } from "./Detail";
import { Failed } from "./Failed";
import { AlertList, ListTools } from "./List";
import { useReceivers } from "./useReceivers";

interface PartProps {
  readonly place: Place;
  readonly go: Go;
}

/** What fires, worst first, and beside it why. */
export function Active(props: PartProps) {
  const { board, groups, groupsError, rulesError } = useAlerts();
  // Nothing found by the rules is no good news while the alert manager does not tell what others have told it.
  const failed = groups === undefined && groupsError !== undefined && !isAbsent(groupsError) ? groupsError : undefined;
  const error = failed ?? (board === undefined ? (groupsError ?? rulesError) : undefined);
  if ((board === undefined || board.length === 0) && error !== undefined && !isAbsent(error)) return <Failed error={error} />;
  if (board === undefined && error === undefined) return <Skeleton />;
  if (board === undefined || board.length === 0) return <Quiet />;
  return <Board board={board} {...props} />;
}

function Board({ board, place, go }: PartProps & { board: readonly Section[] }) {
  const { alerts } = useMessages();
  const filter: BoardFilter = { kind: place.kind, text: place.filter, receiver: place.receiver };
  const sections = chooseEntries(board, filter);
  const entries = entriesOf(board);
  const courses = useCourses(entries);
  const chosen = place.alert;
  const shown = chosen === undefined ? entriesOf(sections)[0] : entries.find(({ alert }) => alert.id === chosen);
  const section = board.find((one) => shown !== undefined && one.entries.some(({ alert }) => alert.id === shown.alert.id));
  const narrow = ({ kind, text, receiver }: BoardFilter) => go({ kind, filter: text, receiver }, "replace");
  return (
    <div className="alerts-grid">
      <section className="alerts-list" aria-label={alerts.list}>
        <ListTools board={board} filter={filter} onFilter={narrow} />
        <Untold />
        {sections.length === 0 ? (
          <Notice
            icon={IconFilterOff}
            tone="t3"
            title={alerts.noMatch}
            action={
              <button type="button" className="btn small" onClick={() => narrow(EVERYTHING)}>
                {alerts.showAll}
              </button>
            }
          />
        ) : (
          <AlertList sections={sections} courses={courses} chosen={shown?.alert.id} onChoose={(alert) => go({ alert })} />
        )}
      </section>
      <div className="alerts-side">
        <button type="button" className="btn quiet only-phone alerts-back" onClick={() => go({ alert: undefined })}>
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

/** Why nobody is told of what stands below; nothing where somebody is. */
function Untold() {
  const { alerts } = useMessages();
  const { groups, groupsError } = useAlerts();
  const { receivers } = useReceivers();
  const isFailed = groups === undefined && groupsError !== undefined && !isAbsent(groupsError);
  const text = isAbsent(groupsError) ? alerts.absentLine : isFailed ? alerts.failedLine(groupsError.message) : tellsNobody(receivers) ? alerts.silentLine : undefined;
  return (
    text !== undefined && (
      <p className="alerts-line t2">
        <span className="graphic-warn">
          <Icon of={IconBellX} size={14} />
        </span>
        <span>{text}</span>
      </p>
    )
  );
}

/** Good news, with what stands behind it; or why nobody would be told. */
function Quiet() {
  const { groupsError, rules } = useAlerts();
  const { receivers } = useReceivers();
  const { messages, locale, now } = useAlertWords();
  const { alerts } = messages;
  const { count, lastRun } = countRules(rules ?? []);
  const n = formatNumber(count, 0, locale);
  const told = rules === undefined ? alerts.noRulesApi : count === 0 ? alerts.quietNoRules : lastRun === undefined ? alerts.quietNotRun(n) : alerts.quietDetail(n, duration(now - lastRun, locale));
  return (
    <section className="card alerts-quiet" data-testid="alerts-quiet">
      {isAbsent(groupsError) ? (
        <Notice icon={IconBellX} tone="graphic-warn" title={alerts.absent} detail={`${alerts.absentDetail} ${told}`} action={<Example />} />
      ) : tellsNobody(receivers) ? (
        <Notice icon={IconBellX} tone="graphic-warn" title={alerts.quietUntold} detail={`${alerts.silentLine} ${told}`} action={<Example />} />
      ) : (
        <Notice icon={IconCircleCheck} tone="graphic-ok" title={alerts.quiet} detail={told} />
      )}
    </section>
  );
}

/** The shortest file that tells somebody. */
const EXAMPLE = `route:
  receiver: phone
receivers:
  - name: phone
    telegram_configs:
      - bot_token_file: telegram.token
        chat_id: 123456789`;

function Example() {
  return (
    <pre className="alerts-example mono" tabIndex={0} aria-label="alertmanager.yml">
      {EXAMPLE}
    </pre>
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
