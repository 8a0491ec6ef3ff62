import IconFileOff from "@tabler/icons-react/icons/IconFileOff";
import { useState } from "react";
import { duration, moment } from "../../core/format/time";
import { EVERYTHING } from "../../core/logs/address";
import type { LogLine } from "../../core/logs/line";
import { secondsOfNs } from "../../core/logs/ns";
import type { Emptiness } from "../../core/logs/state";
import { linesPart } from "../../core/logs/structure";
import { readSetting, writeSetting } from "../../shell/settings";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { EmptyState, ErrorState, LinesSkeleton, Notice } from "../../ui/States";
import { Fields } from "./Fields";
import { Lines } from "./Lines";
import { useLogs, useLogsPage } from "./state";
import { Tools } from "./Tools";
import { useFind } from "../../ui/logs/useFind";

const NO_LINES: readonly LogLine[] = [];

/** The lines with their fields and tools, or why there are none. */
export function Body() {
  const { answer } = useLogs();
  if (answer.status === "failed") return answer.error.kind === "query" ? <Refused /> : <ErrorState error={answer.error} />;
  if (answer.status === "numbers") return <Numbers />;
  if (answer.status === "lines" && answer.lines.length === 0) return <Nothing emptiness={answer.emptiness} />;
  return <Found lines={answer.status === "lines" ? answer.lines : undefined} />;
}

function Found({ lines }: { lines: readonly LogLine[] | undefined }) {
  const [isWrapped, setWrapped] = useState(() => readSetting("wrap") === "on");
  const find = useFind(lines ?? NO_LINES);
  const wrap = (next: boolean) => {
    setWrapped(next);
    writeSetting("wrap", next ? "on" : "off");
  };
  return (
    <div className="logs-body">
      <Fields lines={lines ?? NO_LINES} />
      <div className="logs-main">
        <Tools lines={lines ?? NO_LINES} isWrapped={isWrapped} onWrap={wrap} find={find} />
        {lines === undefined ? <LinesSkeleton /> : <Lines lines={lines} isWrapped={isWrapped} find={find} />}
      </div>
    </div>
  );
}

function Refused() {
  const { state, logs } = useMessages();
  const { ask } = useLogsPage();
  return (
    <div className="logs-notice">
      <EmptyState title={state.queryFailed} action={<Ask label={logs.everything} onClick={() => ask(EVERYTHING)} />} />
    </div>
  );
}

function Numbers() {
  const { logs } = useMessages();
  const { ask } = useLogsPage();
  const { query } = useLogs();
  const part = linesPart(query) ?? EVERYTHING;
  return (
    <div className="logs-notice">
      <EmptyState title={logs.numbers} detail={logs.numbersDetail} action={<Ask label={logs.showLines} onClick={() => ask(part)} />} />
    </div>
  );
}

/** How much of the time before its newest line a quiet range is moved to show, in seconds. */
const SHOW_BEFORE_SECONDS = 1800;

function Nothing({ emptiness }: { emptiness: Emptiness | undefined }) {
  const messages = useMessages();
  const locale = useLocale();
  const { range, clock } = useApp();
  const { ask } = useLogsPage();
  const { query } = useLogs();
  const { logs, state } = messages;
  if (emptiness === undefined) return <div className="logs-notice" role="status" aria-label={state.loading} />;
  if (emptiness.kind === "store") {
    return (
      <div className="logs-notice">
        <Notice icon={IconFileOff} tone="t3" title={logs.store} detail={logs.storeDetail} />
      </div>
    );
  }
  if (emptiness.kind === "query") {
    const action = query === EVERYTHING ? {} : { action: <Ask label={logs.everything} onClick={() => ask(EVERYTHING)} /> };
    return (
      <div className="logs-notice">
        <EmptyState title={logs.notMatched} detail={logs.notMatchedDetail} {...action} />
      </div>
    );
  }
  const newest = secondsOfNs(emptiness.newest);
  const at = moment(newest, clock.now(), locale);
  const show = () => range.set({ kind: "fixed", from: newest - SHOW_BEFORE_SECONDS, to: newest + 60 });
  return (
    <div className="logs-notice">
      <EmptyState title={logs.quietRange} detail={logs.newestLine(duration(clock.now() - newest, locale), at)} action={<Ask label={state.show(at)} onClick={show} />} />
    </div>
  );
}

function Ask({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="btn small" onClick={onClick}>
      {label}
    </button>
  );
}
