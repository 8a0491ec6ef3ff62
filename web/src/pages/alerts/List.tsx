import IconFilter from "@tabler/icons-react/icons/IconFilter";
import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconSend from "@tabler/icons-react/icons/IconSend";
import type { TablerIcon } from "@tabler/icons-react";
import { useId } from "react";
import { nameOf } from "../../core/alerts/alert";
import { countEntries, type Entry, type Kind, KINDS, type Section } from "../../core/alerts/board";
import type { CoursesTask } from "../../core/alerts/courses";
import { alertsOf } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { AlertSpark } from "../../ui/alerts/AlertSpark";
import { signOf } from "../../ui/alerts/signs";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { ageWords, entryPlace, entrySummary, fateWords, sectionTitle } from "../../ui/alerts/words";
import { useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";

interface ToolsProps {
  readonly board: readonly Section[];
  readonly kind: Kind | undefined;
  readonly onKind: (kind: Kind | undefined) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** Narrows the list to a kind or a text. */
export function ListTools({ board, kind, onKind, text, onText }: ToolsProps) {
  const { alerts } = useMessages();
  const counts = countEntries(board);
  return (
    <div className="alerts-tools">
      <span className="segment" role="group" aria-label={alerts.kinds.label}>
        <button type="button" aria-pressed={kind === undefined} onClick={() => onKind(undefined)}>
          {alerts.kinds.all}
        </button>
        {KINDS.filter((one) => counts[one] > 0 || one === kind).map((one) => (
          <KindButton key={one} kind={one} count={counts[one]} isOn={one === kind} onClick={() => onKind(one === kind ? undefined : one)} />
        ))}
      </span>
      <span className="filter no-phone">
        <Icon of={IconFilter} size={14} />
        <input
          type="text"
          value={text}
          placeholder={alerts.filter}
          aria-label={alerts.filterHint}
          title={alerts.filterHint}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && onText("")}
        />
      </span>
    </div>
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
