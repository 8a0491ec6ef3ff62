import { nameOf } from "../../core/alerts/alert";
import type { Entry } from "../../core/alerts/board";
import type { CoursesTask } from "../../core/alerts/courses";
import { type Thing, thingsOf } from "../../core/alerts/things";
import { formatNumber } from "../../core/format/number";
import { alertHref } from "../../core/route";
import { rangeToSearch } from "../../core/time/range";
import { AlertSpark } from "../../ui/alerts/AlertSpark";
import { signOf } from "../../ui/alerts/signs";
import { useAlerts, useAlertWords, useCourses } from "../../ui/alerts/useAlerts";
import { ageWords, entrySummary, subjectWords, valueAgainstLimit } from "../../ui/alerts/words";
import { useApp } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { useCell } from "../../ui/useCell";

/** So many fit beside the verdict. */
const SHOWN = 3;

/** What fires, worst first: a card each, and each a way to its alert. Nothing while nothing fires. */
export function AlertStrip() {
  const { board } = useAlerts();
  const things = thingsOf(board ?? []);
  return things.length === 0 ? null : <Cards things={things} />;
}

function Cards({ things }: { things: readonly Thing[] }) {
  const { messages, locale } = useAlertWords();
  const range = useCell(useApp().range);
  const shown = things.slice(0, SHOWN).map(({ first }) => first);
  const courses = useCourses(shown);
  const more = things.length - shown.length;
  return (
    <nav className="alert-strip" aria-label={messages.alertStrip.label} data-testid="alert-strip">
      {shown.map((entry) => (
        <Card key={entry.alert.id} entry={entry} courses={courses} />
      ))}
      {more > 0 && (
        <a className="alert-more" href={`alerts${rangeToSearch(range)}`}>
          {messages.alertStrip.more(formatNumber(more, 0, locale))}
        </a>
      )}
    </nav>
  );
}

function Card({ entry, courses }: { entry: Entry; courses: CoursesTask }) {
  const words = useAlertWords();
  const range = useCell(useApp().range);
  const { alert } = entry;
  const sign = signOf(entry, words.messages);
  const summary = entrySummary(entry, words) || nameOf(alert.labels);
  const detail = [subjectWords(alert.labels, words.messages), valueAgainstLimit(entry, words) ?? ""].filter((part) => part !== "").join(" · ");
  return (
    <a className="alert-card" href={alertHref(alert.id, range)} data-alert={nameOf(alert.labels)}>
      <span className="alert-card-name">
        <span className={sign.tone} title={sign.word}>
          <Icon of={sign.icon} />
        </span>
        <span className="medium cut" title={summary}>
          {summary}
        </span>
      </span>
      <span className="alert-age num t3">{ageWords(entry, words)}</span>
      <span className="alert-card-text t2 cut" title={detail}>
        {detail}
      </span>
      <AlertSpark task={courses} entry={entry} />
    </a>
  );
}
