import type { TablerIcon } from "@tabler/icons-react";
import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconCircleDashed from "@tabler/icons-react/icons/IconCircleDashed";
import IconCircleX from "@tabler/icons-react/icons/IconCircleX";
import IconHelpCircle from "@tabler/icons-react/icons/IconHelpCircle";
import IconPlayerPause from "@tabler/icons-react/icons/IconPlayerPause";
import IconPlayerPlay from "@tabler/icons-react/icons/IconPlayerPlay";
import IconRefreshAlert from "@tabler/icons-react/icons/IconRefreshAlert";
import IconTrash from "@tabler/icons-react/icons/IconTrash";
import { memo } from "react";
import type { ContainerRow } from "../../core/containers/rows";
import { endedBadly } from "../../core/containers/trouble";
import { formatNumber, MISSING } from "../../core/format/number";
import type { Scale } from "../../core/format/quantity";
import { moment, roughDuration } from "../../core/format/time";
import { bandOf, lettersOf } from "../../core/logs/levels";
import { fullMoment, secondsOfNs } from "../../core/logs/ns";
import { Bar } from "../Bar";
import { Icon } from "../Icon";
import { Sparkline } from "../Sparkline";
import { besideState, hasNumbers, isNamedSilence, memoryWords, messageOf, sinceWords, type Speech, stateWord } from "./words";

interface CellProps {
  readonly row: ContainerRow;
  readonly speech: Speech;
}

function glyphOf({ container, trouble }: ContainerRow): TablerIcon {
  switch (container.state) {
    case "running":
      return IconPlayerPlay;
    case "restarting":
      return IconRefreshAlert;
    case "paused":
      return IconPlayerPause;
    case "created":
      return IconCircleDashed;
    case "removing":
      return IconTrash;
    case "dead":
      return IconAlertOctagonFilled;
    case "exited":
      if (trouble !== undefined) return trouble.level === "crit" ? IconAlertOctagonFilled : IconAlertTriangleFilled;
      return endedBadly(container) ? IconCircleX : IconCircleCheck;
    case "unknown":
      return IconHelpCircle;
  }
}

/** Icon and word of the state, with the health beside. Only what is in trouble has a colour. */
export function StateCell({ row, speech }: CellProps) {
  const { container, trouble } = row;
  const { state } = container;
  const isWrong = state !== "running" && trouble !== undefined;
  const tone = isWrong ? `text-${trouble.level}` : state === "running" ? "t2" : "t3";
  const beside = besideState(row, speech.messages);
  const word = stateWord(container, speech.messages);
  const since = sinceWords(container, speech);
  return (
    <span className={`state ${tone}`} title={[beside === undefined ? word : `${word}, ${beside.word}`, since].filter((part) => part !== "").join(". ")}>
      <Icon of={glyphOf(row)} size={14} />
      <span>{word}</span>
      {beside !== undefined && <span className={beside.level === "ok" ? "t3 cut" : `text-${beside.level} cut`}>{beside.word}</span>}
    </span>
  );
}

/** So many restarts within an hour are no accident any more. */
const MANY_RESTARTS = 3;

export function Restarts({ row, speech }: CellProps) {
  const { messages, locale } = speech;
  const { restarts } = row.container;
  if (restarts === undefined) return <span className="t3">{MISSING}</span>;
  const lately = row.numbers?.restarts ?? 0;
  const isLoop = row.trouble?.kind === "restarting" || row.container.state === "restarting" || lately >= MANY_RESTARTS;
  const tone = restarts === 0 ? "t3" : isLoop ? "text-crit medium" : lately > 0 ? "text-warn medium" : "t2";
  const count = formatNumber(restarts, 0, locale);
  return (
    <span className={tone} {...(lately > 0 ? { title: messages.containers.lately(formatNumber(lately, 0, locale)) } : {})}>
      {count}
      <span className="only-phone"> {messages.containers.restarts(count)}</span>
    </span>
  );
}

/** Cores in use in per cent of one, and their course. What has ended says when instead. */
export function CpuCell({ row, speech }: CellProps) {
  const { locale, messages, now } = speech;
  const { container, numbers } = row;
  if (!hasNumbers(row)) {
    if (container.finishedMs === undefined) return <span className="t3">{MISSING}</span>;
    return (
      <span className="t3 cut num" title={`${sinceWords(container, speech)}, ${moment(container.finishedMs / 1000, now, locale)}`}>
        {messages.containers.ago(roughDuration(now - container.finishedMs / 1000, locale))}
      </span>
    );
  }
  const cores = numbers?.cpuCores;
  const isZero = cores !== undefined && cores * 100 < 0.5;
  return (
    <span className="use" {...(cores === undefined ? {} : { title: messages.containers.cores(formatNumber(cores, 3, locale)) })}>
      <span className={cores === undefined || isZero ? "cpu num t3" : "cpu num"}>{cores === undefined ? MISSING : `${formatNumber(cores * 100, 0, locale)} %`}</span>
      {numbers !== undefined && numbers.spark.length > 1 && <Course values={numbers.spark} />}
    </span>
  );
}

/** The least that fills the height of a sparkline, in cores: what idles stays flat. */
const LEAST_CORES = 0.02;

const Course = memo(({ values }: { values: readonly (number | null)[] }) => <Sparkline values={values} level="ok" floor={0} ceiling={LEAST_CORES} />);

export function MemoryCell({ row, speech, scale }: CellProps & { readonly scale: Scale }) {
  const words = memoryWords(row, scale, speech);
  if (words === undefined) return <span className="t3">{MISSING}</span>;
  const tone = words.level === "ok" ? "" : ` text-${words.level}`;
  return (
    <span className="use" title={words.title}>
      {words.percent === undefined ? <span className="bar-gap" /> : <Bar percent={words.percent} level={words.level} />}
      <span className={`num${tone}`}>
        {words.used}
        {words.limit !== undefined && <span className="t3"> / {words.limit}</span>}
        <span className="only-phone t3"> {scale.unit}</span>
      </span>
    </span>
  );
}

/** The newest line as level and text, or why there is none. */
export function LineCell({ row, speech }: CellProps) {
  const { lastLine, logs } = row.container;
  const { noLines } = speech.messages.containers;
  if (lastLine === undefined) {
    const why = !isNamedSilence(row.container) ? MISSING : logs.state === "unsupported" ? noLines.unsupported(logs.driver) : noLines.unreadable;
    return (
      <span className="t3 cut" {...(logs.message === "" ? {} : { title: logs.message })}>
        {why}
      </span>
    );
  }
  const band = bandOf(lastLine.level);
  const isLoud = band === "error" || band === "warn";
  return (
    <span className="last-line mono" title={lastLine.text.slice(0, 1000)}>
      <span className={`letters ${band}`}>{lettersOf(lastLine.level)}</span>
      <span className={isLoud ? "cut" : "cut t2"}>{messageOf(lastLine.text)}</span>
    </span>
  );
}

/** How old the newest line is. */
export function AgeCell({ row, speech }: CellProps) {
  const { lastLine } = row.container;
  if (lastLine === undefined) return MISSING;
  return <span title={fullMoment(lastLine.ts, speech.locale)}>{roughDuration(speech.now - secondsOfNs(lastLine.ts), speech.locale)}</span>;
}
