import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconSend from "@tabler/icons-react/icons/IconSend";
import type { TablerIcon } from "@tabler/icons-react";
import { useId } from "react";
import { nameOf } from "../../core/alerts/alert";
import { countEntries, type Entry, type Kind, KINDS, type Section } from "../../core/alerts/board";
import type { CoursesTask } from "../../core/alerts/courses";
import { type BoardFilter, receiversOf } from "../../core/alerts/filter";
import { alertsOf } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { AlertSpark } from "../../ui/alerts/AlertSpark";
import { signOf } from "../../ui/alerts/signs";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { ageWords, entryPlace, entrySummary, fateWords, sectionTitle } from "../../ui/alerts/words";
import { useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { RadioMenu } from "../../ui/RadioMenu";
import { FilterField } from "./FilterField";

interface ToolsProps {
  readonly board: readonly Section[];
  readonly filter: BoardFilter;
  readonly onFilter: (filter: BoardFilter) => void;
}

/** Narrows the list to a kind, to conditions or a text, and to what goes to one receiver. */
export function ListTools({ board, filter, onFilter }: ToolsProps) {
  const { alerts } = useMessages();
  const counts = countEntries(board);
  const { kind } = filter;
  return (
    <div className="alerts-tools">
      <span className="segment" role="group" aria-label={alerts.kinds.label}>
        <button type="button" aria-pressed={kind === undefined} onClick={() => onFilter({ ...filter, kind: undefined })}>
          {alerts.kinds.all}
        </button>
        {KINDS.filter((one) => counts[one] > 0 || one === kind).map((one) => (
          <KindButton key={one} kind={one} count={counts[one]} isOn={one === kind} onClick={() => onFilter({ ...filter, kind: one === kind ? undefined : one })} />
        ))}
      </span>
      <FilterField value={filter.text} label={alerts.filterHint} hint={alerts.filterExample} onChange={(text) => onFilter({ ...filter, text })} />
      <ReceiverMenu board={board} chosen={filter.receiver} onChoose={(receiver) => onFilter({ ...filter, receiver })} />
    </div>
  );
}

/** Which receiver is told; not shown while there is but one. */
function ReceiverMenu({ board, chosen, onChoose }: { board: readonly Section[]; chosen: string; onChoose: (receiver: string) => void }) {
  const { alerts } = useMessages();
  const known = receiversOf(board);
  if (known.length < 2 && chosen === "") return null;
  const names = chosen === "" || known.includes(chosen) ? known : [...known, chosen];
  const options = [{ value: "", label: alerts.anyReceiver }, ...names.map((name) => ({ value: name, label: name }))];
  const name = chosen === "" ? alerts.anyReceiver : chosen;
  return (
    <RadioMenu
      sections={[{ title: alerts.receiver, value: chosen, options, choose: onChoose }]}
      target={
        <button type="button" className={chosen === "" ? "btn small icon-only" : "btn small receiver-chosen"} aria-label={`${alerts.receiver}: ${name}`} title={`${alerts.receiver}: ${name}`}>
          <Icon of={IconSend} size={14} />
          {chosen !== "" && <span className="cut">{chosen}</span>}
        </button>
      }
    />
  );
}

function KindButton({ kind, count, isOn, onClick }: { kind: Kind; count: number; isOn: boolean; onClick: () => void }) {
  const messages = useMessages();
  const locale = useLocale();
  const n = formatNumber(count, 0, locale);
  const name = messages.alerts.kinds[kind](n);
  // What is not firing shows its icon only: its word is long.
  const isNamed = kind === "crit" || kind === "warn";
  const { icon, tone } = glyphOf(kind, messages);
  return (
    <button type="button" aria-pressed={isOn} aria-label={name} title={name} onClick={onClick}>
      <span className={tone}>
        <Icon of={icon} size={12} />
      </span>
      <span className={isNamed ? "only-phone" : ""}>{n}</span>
      {isNamed && <span className="no-phone">{name}</span>}
    </button>
  );
}

function glyphOf(kind: Kind, messages: Parameters<typeof signOf>[1]): { icon: TablerIcon; tone: string } {
  if (kind === "pending") return { icon: IconHourglass, tone: "t2" };
  if (kind === "quiet") return { icon: IconBellOff, tone: "t2" };
  return signOf({ state: "firing", severity: kind }, messages);
}

interface ListProps {
  readonly sections: readonly Section[];
  readonly courses: CoursesTask;
  readonly chosen: string | undefined;
  readonly onChoose: (alert: string) => void;
}

/** Alerts as they are told together. */
export function AlertList(props: ListProps) {
  return (
    <div className="alert-sections">
      {props.sections.map((section) => (
        <AlertSection key={`${JSON.stringify(section.labels)} ${section.entries[0]?.alert.id ?? ""}`} {...props} section={section} />
      ))}
    </div>
  );
}

function AlertSection({ section, courses, chosen, onChoose }: ListProps & { section: Section }) {
  const heading = useId();
  const { groups, silences } = useAlerts();
  const words = useAlertWords();
  const sign = signOf(section, words.messages);
  const title = sectionTitle(section, words.messages);
  const fate = fateWords(section, silences, alertsOf(groups), words);
  return (
    <article className="card alert-section" aria-labelledby={heading} data-state={section.state} data-severity={section.severity}>
      <header>
        <span className={sign.tone} title={sign.word}>
          <Icon of={sign.icon} />
        </span>
        <h2 id={heading} className="cut" title={title}>
          {title}
        </h2>
        <span className="alert-fate t3" title={fate}>
          {section.state === "firing" && section.receivers.length > 0 && <Icon of={IconSend} size={14} className="no-phone" />}
          <span className="cut">{fate}</span>
        </span>
      </header>
      {section.entries.map((entry) => (
        <AlertRow key={entry.alert.id} entry={entry} title={title} section={section} courses={courses} isChosen={entry.alert.id === chosen} onChoose={onChoose} />
      ))}
    </article>
  );
}

interface RowProps {
  readonly entry: Entry;
  readonly title: string;
  readonly section: Section;
  readonly courses: CoursesTask;
  readonly isChosen: boolean;
  readonly onChoose: (alert: string) => void;
}

function AlertRow({ entry, title, section, courses, isChosen, onChoose }: RowProps) {
  const words = useAlertWords();
  const { labels } = entry.alert;
  const place = entryPlace(entry, title, words.messages);
  const summary = entrySummary(entry, words);
  const sign = signOf(entry, words.messages);
  const isOdd = entry.state !== section.state || entry.severity !== section.severity;
  return (
    <button type="button" className="alert-row" aria-current={isChosen ? "true" : undefined} data-alert={nameOf(labels)} data-state={entry.state} onClick={() => onChoose(entry.alert.id)}>
      <span className="grow">
        <span className="alert-name cut">
          {isOdd ? (
            <span className={`alert-sign ${sign.tone}`} title={sign.word}>
              <Icon of={sign.icon} size={12} />
            </span>
          ) : (
            <span className="visually-hidden">{sign.word} </span>
          )}
          <span className="medium">{nameOf(labels)}</span>
          {place !== "" && <span className="t3"> {place}</span>}
        </span>
        <span className="alert-summary t2 cut" title={summary}>
          {summary}
        </span>
      </span>
      <AlertSpark task={courses} entry={entry} />
      <span className="alert-age num t3">{ageWords(entry, words)}</span>
    </button>
  );
}
