import IconBoxOff from "@tabler/icons-react/icons/IconBoxOff";
import IconChevronDown from "@tabler/icons-react/icons/IconChevronDown";
import IconChevronUp from "@tabler/icons-react/icons/IconChevronUp";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconFilter from "@tabler/icons-react/icons/IconFilter";
import IconFilterOff from "@tabler/icons-react/icons/IconFilterOff";
import IconPlugX from "@tabler/icons-react/icons/IconPlugX";
import { useId, useState } from "react";
import type { ContainersReport } from "../../core/containers/report";
import { type Choice, chooseRows, type ContainerRow, countRows, EVERY_ROW, foldRows } from "../../core/containers/rows";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { Badge } from "../Badge";
import { useApp, useLocale, useMessages } from "../context";
import { Icon } from "../Icon";
import { ErrorState, Notice } from "../States";
import { useCell } from "../useCell";
import { NoContainers, SightLine } from "./Sights";
import { ContainersTable, TableSkeleton } from "./Table";
import { isOld, type KnownContainers, useContainers } from "./useContainers";
import { countWords } from "./words";

/**
 * The containers of a host: what they do, what they cost, what they said last. It asks for them by itself, together
 * with every other component that shows containers.
 *
 * `host` is the `instance` label of the host that is looked at; where this Menara's own containers are those of another
 * one, it says so. Left out, it shows what there is. `most` rows stand there at once, the healthy ones beyond are folded
 * away; left out, all are shown: Home folds, the tab Containers of a host's page does not.
 */
export function ContainersCard({ host, most }: { host?: string | undefined; most?: number }) {
  const heading = useId();
  const { containers } = useMessages();
  const known = useContainers();
  const [choice, setChoice] = useState(EVERY_ROW);
  const { rows } = known;
  const isMine = host === undefined || known.report === undefined || known.report.host === host;
  return (
    <section className={isOld(known) ? "card containers stale" : "card containers"} aria-labelledby={heading} data-testid="containers">
      <div className="card-head">
        <h2 id={heading}>{containers.title}</h2>
        <Detail known={known} isMine={isMine} />
        {isMine && rows !== undefined && rows.length > 0 && <Controls rows={rows} choice={choice} onChoose={setChoice} />}
      </div>
      <div className="containers-body">
        {isMine ? <Body known={known} choice={choice} onChoose={setChoice} most={most} /> : <OtherHost report={known.report} />}
      </div>
    </section>
  );
}

/** How many there are, and whether that is old news. */
function Detail({ known, isMine }: { known: KnownContainers; isMine: boolean }) {
  const messages = useMessages();
  const locale = useLocale();
  const isLive = useCell(useApp().range).kind === "live";
  const { rows, age } = known;
  if (!isMine || rows === undefined || rows.length === 0) return <span className="grow" />;
  const counts = countWords(countRows(rows), messages, locale);
  return (
    <>
      <span className="t3 cut num" title={counts} data-testid="containers-counts">
        {isLive ? counts : messages.containers.now(counts)}
      </span>
      <span className="grow">
        {isOld(known) && age !== undefined && (
          <Badge tone="warn" icon={IconPlugX}>
            {messages.containers.old(duration(age, locale))}
          </Badge>
        )}
      </span>
    </>
  );
}

function Controls({ rows, choice, onChoose }: { rows: readonly ContainerRow[]; choice: Choice; onChoose: (choice: Choice) => void }) {
  const { containers } = useMessages();
  const locale = useLocale();
  const { attention } = countRows(rows);
  const set = (onlyAttention: boolean) => onChoose({ ...choice, onlyAttention });
  return (
    <span className="containers-controls">
      <span className="segment" role="group" aria-label={containers.show}>
        <button type="button" aria-pressed={!choice.onlyAttention} onClick={() => set(false)}>
          {containers.all}
        </button>
        <button type="button" aria-pressed={choice.onlyAttention} onClick={() => set(true)}>
          {containers.attention}
          {attention > 0 && <span className="segment-count num">{formatNumber(attention, 0, locale)}</span>}
        </button>
      </span>
      <span className="filter">
        <Icon of={IconFilter} size={14} />
        <input
          type="text"
          value={choice.text}
          placeholder={containers.filter}
          aria-label={containers.filterHint}
          title={containers.filterHint}
          onChange={(event) => onChoose({ ...choice, text: event.target.value })}
          onKeyDown={(event) => event.key === "Escape" && onChoose({ ...choice, text: "" })}
        />
      </span>
    </span>
  );
}

interface BodyProps {
  readonly known: KnownContainers;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
  readonly most: number | undefined;
}

function Body({ known, choice, onChoose, most }: BodyProps) {
  const { report, rows, error } = known;
  if (report === undefined || rows === undefined) {
    // Of a server that is gone the strip at the bottom tells.
    return error === undefined || error.kind === "unreachable" || error.kind === "aborted" ? <TableSkeleton /> : <ErrorState error={error} />;
  }
  if (rows.length === 0) return <NoContainers report={report} />;
  const chosen = chooseRows(rows, choice);
  return (
    <>
      <SightLine report={report} />
      {chosen.length === 0 ? <NothingChosen all={rows} choice={choice} onChoose={onChoose} /> : <Rows rows={chosen} all={rows} host={report.host} most={choice.text === "" ? most : undefined} />}
    </>
  );
}

function Rows({ rows, all, host, most }: { rows: readonly ContainerRow[]; all: readonly ContainerRow[]; host: string; most: number | undefined }) {
  const { containers } = useMessages();
  const locale = useLocale();
  const [isOpen, setOpen] = useState(false);
  const { shown, folded, isAllHealthy } = foldRows(rows, most ?? Number.POSITIVE_INFINITY);
  const count = formatNumber(folded.length, 0, locale);
  const words = isOpen ? containers.fewer : isAllHealthy ? containers.moreHealthy(count) : containers.more(count);
  return (
    <>
      <ContainersTable rows={isOpen ? rows : shown} all={all} host={host} />
      {folded.length > 0 && (
        <button type="button" className="containers-more t2" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {words}
          <Icon of={isOpen ? IconChevronUp : IconChevronDown} size={12} />
        </button>
      )}
    </>
  );
}

function NothingChosen({ all, choice, onChoose }: { all: readonly ContainerRow[]; choice: Choice; onChoose: (choice: Choice) => void }) {
  const { containers } = useMessages();
  const locale = useLocale();
  if (choice.text.trim() === "") {
    return <Notice icon={IconCircleCheck} tone="graphic-ok" title={containers.calm} detail={containers.calmDetail(formatNumber(all.length, 0, locale))} />;
  }
  const action = (
    <button type="button" className="btn small" onClick={() => onChoose(EVERY_ROW)}>
      {containers.showAll}
    </button>
  );
  return <Notice icon={IconFilterOff} tone="t3" title={containers.noMatch} detail={containers.noMatchDetail(choice.text.trim())} action={action} />;
}

function OtherHost({ report }: { report: ContainersReport | undefined }) {
  const { containers } = useMessages();
  return <Notice icon={IconBoxOff} tone="t3" title={containers.otherHost} detail={containers.otherHostDetail(report?.host ?? "–")} />;
}
