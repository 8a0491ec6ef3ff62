import IconChartBar from "@tabler/icons-react/icons/IconChartBar";
import IconCopy from "@tabler/icons-react/icons/IconCopy";
import IconListSearch from "@tabler/icons-react/icons/IconListSearch";
import IconMinus from "@tabler/icons-react/icons/IconMinus";
import IconPlus from "@tabler/icons-react/icons/IconPlus";
import IconX from "@tabler/icons-react/icons/IconX";
import type { TablerIcon } from "@tabler/icons-react";
import { useState } from "react";
import { type ApiError, toApiError } from "../../core/api/types";
import type { Surrounding } from "../../core/logs/around";
import { type Field, type Wish, withField } from "../../core/logs/edit";
import { fieldsOf, type LogLine } from "../../core/logs/line";
import { useMessages } from "../../ui/context";
import { copyText } from "../../ui/copy";
import { Icon } from "../../ui/Icon";
import { LineText, Marked } from "../../ui/logs/LineText";
import { useLogs, useLogsPage } from "./state";

/** How long "Copied" stands, in milliseconds. */
const COPIED_MS = 1500;

/** The fields of a line with what can be done about each, and what can be done with the line. */
export function Opened({ line, patterns, onClose }: { line: LogLine; patterns: readonly RegExp[]; onClose: () => void }) {
  const { streamLabels } = useLogs();
  const [surrounding, setSurrounding] = useState<Surrounding | ApiError | "loading" | undefined>(undefined);
  const { task } = useLogsPage();
  const showContext = () => {
    setSurrounding("loading");
    task.around(line).then(setSurrounding, (thrown: unknown) => setSurrounding(toApiError(thrown)));
  };
  return (
    <div className="opened" data-testid="opened">
      <div className="opened-fields">
        <dl>
          {fieldsOf(line, streamLabels).map((field) => (
            <FieldRow key={field.name} field={field} patterns={patterns} />
          ))}
        </dl>
        <Actions line={line} onContext={showContext} onClose={onClose} />
      </div>
      {surrounding !== undefined && <Context line={line} surrounding={surrounding} />}
    </div>
  );
}

function FieldRow({ field, patterns }: { field: Field; patterns: readonly RegExp[] }) {
  const { logs } = useMessages();
  const { ask, showField } = useLogsPage();
  const { query } = useLogs();
  const edit = (wish: Wish) => ask(withField(query, field, wish));
  return (
    <div className="opened-field" data-field={field.name}>
      <dt className="cut" title={field.name}>
        {field.name}
      </dt>
      <dd className="cut" title={field.value.slice(0, 2000)}>
        <Marked text={field.value.slice(0, 500)} patterns={patterns} />
      </dd>
      <span className="opened-buttons">
        <SmallButton icon={IconPlus} label={logs.keep(field.name)} onClick={() => edit("keep")} />
        <SmallButton icon={IconMinus} label={logs.leaveOut(field.name)} onClick={() => edit("leave out")} />
        <SmallButton icon={IconChartBar} label={logs.statistics(field.name)} className="no-phone" onClick={() => showField(field.name)} />
      </span>
    </div>
  );
}

function SmallButton({ icon, label, className, onClick }: { icon: TablerIcon; label: string; className?: string; onClick: () => void }) {
  return (
    <button type="button" aria-label={label} title={label} className={className} onClick={onClick}>
      <Icon of={icon} size={12} />
    </button>
  );
}

function Actions({ line, onContext, onClose }: { line: LogLine; onContext: () => void; onClose: () => void }) {
  const { logs } = useMessages();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(line.text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <div className="opened-actions">
      <button type="button" className="btn small" onClick={onContext}>
        <Icon of={IconListSearch} size={14} />
        {logs.context}
      </button>
      <button type="button" className="btn small" onClick={() => void copy()}>
        <Icon of={IconCopy} size={14} />
        {isCopied ? logs.copied : logs.copy}
      </button>
      <button type="button" className="btn small quiet only-phone" aria-label={logs.close} onClick={onClose}>
        <Icon of={IconX} size={14} />
      </button>
    </div>
  );
}

const NO_PATTERNS: readonly RegExp[] = [];

function Context({ line, surrounding }: { line: LogLine; surrounding: Surrounding | ApiError | "loading" }) {
  const { logs, state } = useMessages();
  if (surrounding === "loading") return <p className="context-title t3 after-150ms">{state.loading}</p>;
  if (surrounding instanceof Error) return <p className="context-title text-crit">{surrounding.message}</p>;
  const isAlone = surrounding.newer.length === 0 && surrounding.older.length === 0;
  return (
    <div className="context" data-testid="context">
      <p className="context-title t3">{isAlone ? logs.contextAlone : logs.contextTitle}</p>
      {[...surrounding.newer, line, ...surrounding.older].map((one) => (
        <div key={one.id} className={one === line ? "context-self" : undefined}>
          <LineText line={one} patterns={NO_PATTERNS} />
        </div>
      ))}
    </div>
  );
}
