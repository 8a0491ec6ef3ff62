import IconBellOff from "@tabler/icons-react/icons/IconBellOff";
import { useState } from "react";
import { nameOf } from "../../core/alerts/alert";
import type { Entry, Section } from "../../core/alerts/board";
import type { CoursesTask } from "../../core/alerts/courses";
import { tellingLabels } from "../../core/alerts/subject";
import { signOf } from "../../ui/alerts/signs";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { entrySummary, subjectWords, valueAgainstLimit } from "../../ui/alerts/words";
import { Badge } from "../../ui/Badge";
import { Icon } from "../../ui/Icon";
import { Course } from "./Course";
import { Facts } from "./Facts";
import { SilenceForm } from "./SilenceForm";
import { Why } from "./Why";

/** One alert: what is wrong, the course behind it, why it was sent, and beside it what can be done. */
export function Detail({ entry, section, courses }: { entry: Entry; section: Section; courses: CoursesTask }) {
  const [isSilencing, setSilencing] = useState(false);
  const words = useAlertWords();
  const { messages } = words;
  const { alert, origin } = entry;
  const name = nameOf(alert.labels);
  return (
    <section className="card alert-detail" aria-label={name} data-testid="alert-detail">
      <Head entry={entry} isSilencing={isSilencing} onSilence={() => setSilencing(true)} />
      <Course entry={entry} courses={courses} />
      <div className="alert-evidence">
        <Why entry={entry} section={section} />
        {isSilencing ? (
          <SilenceForm
            subject={subjectWords(alert.labels, messages) || name}
            matchers={tellingLabels(alert.labels, origin?.rule.labels ?? {}).map(([label, value]) => ({ name: label, op: "=", value }))}
            onClose={() => setSilencing(false)}
          />
        ) : (
          <Facts entry={entry} />
        )}
      </div>
    </section>
  );
}

function Head({ entry, isSilencing, onSilence }: { entry: Entry; isSilencing: boolean; onSilence: () => void }) {
  const words = useAlertWords();
  const { groups } = useAlerts();
  const { alerts } = words.messages;
  const { alert, origin, state } = entry;
  const sign = signOf(entry, words.messages);
  const summary = entrySummary(entry, words);
  const description = alert.annotations["description"] ?? alert.annotations["message"] ?? "";
  const value = valueAgainstLimit(entry, words);
  const subject = subjectWords(alert.labels, words.messages);
  // What only a rule knows of cannot be silenced yet: there is nobody to keep quiet.
  const canSilence = groups !== undefined && state !== "silenced";
  return (
    <header className="alert-head">
      <div className="alert-title">
        <Badge tone={sign.badge} icon={sign.icon}>
          {sign.word}
        </Badge>
        <h2 className="cut" title={nameOf(alert.labels)}>
          {nameOf(alert.labels)}
        </h2>
        {canSilence && (
          <button type="button" className="btn small primary" aria-expanded={isSilencing} onClick={onSilence}>
            <Icon of={IconBellOff} size={14} />
            {alerts.silence}
          </button>
        )}
      </div>
      <p className="alert-words t2">
        {/* What already names its subject does not need it said again. */}
        {subject !== "" && !summary.includes(subject.split(" ")[0] ?? subject) && <span className="alert-subject">{subject}: </span>}
        <span className="alert-subject">{summary === "" || /[.!?…]$/.test(summary) ? summary : `${summary}.`}</span>
        {description !== "" && description !== summary && <> {description}</>}
        {value !== undefined && value !== summary && <span className="t3 num"> {value}.</span>}
        {origin?.rule.lastError !== undefined && origin.rule.lastError !== "" && <span className="text-crit"> {origin.rule.lastError}</span>}
      </p>
    </header>
  );
}
