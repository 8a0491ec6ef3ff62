import IconChevronDown from "@tabler/icons-react/icons/IconChevronDown";
import IconChevronRight from "@tabler/icons-react/icons/IconChevronRight";
import { useMemo } from "react";
import { formatNumber } from "../../core/format/number";
import { withField } from "../../core/logs/edit";
import type { LogLine } from "../../core/logs/line";
import { type FieldStats, fieldStats } from "../../core/logs/stats";
import { Bar } from "../../ui/Bar";
import { useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { useLogs, useLogsPage } from "./state";
import { useSlowly } from "../../ui/logs/useSlowly";

/** Counting again more often than this, in milliseconds, could not be read anyway. */
const COUNT_EVERY_MS = 300;

/** What fields the loaded lines have, and how often each value occurs. */
export function Fields({ lines }: { lines: readonly LogLine[] }) {
  const { logs } = useMessages();
  const { streamLabels } = useLogs();
  const counted = useSlowly(lines, COUNT_EVERY_MS);
  const fields = useMemo(() => fieldStats(counted, streamLabels), [counted, streamLabels]);
  return (
    <aside className="fields" aria-label={logs.fields} data-testid="fields">
      <p className="fields-title t3">{logs.fields}</p>
      {fields.length === 0 && <p className="t3">{logs.noFields}</p>}
      {fields.map((field) => (
        <FieldEntry key={field.name} field={field} />
      ))}
    </aside>
  );
}

function FieldEntry({ field }: { field: FieldStats }) {
  const { logs } = useMessages();
  const locale = useLocale();
  const { openFields, toggleField } = useLogsPage();
  const isOpen = openFields.has(field.name);
  return (
    <div className="field" id={`field-${field.name}`}>
      <button type="button" className="field-name" aria-expanded={isOpen} title={field.name} onClick={() => toggleField(field.name)}>
        <Icon of={isOpen ? IconChevronDown : IconChevronRight} size={12} />
        <span className="cut">{field.name}</span>
        <span className="end t3 num">{field.isMeasure ? logs.measure : formatNumber(field.distinct, 0, locale)}</span>
      </button>
      {isOpen && <Values field={field} />}
    </div>
  );
}

function Values({ field }: { field: FieldStats }) {
  const { logs } = useMessages();
  const locale = useLocale();
  const { ask } = useLogsPage();
  const { query } = useLogs();
  const most = field.top[0]?.lines ?? 1;
  return field.top.map(({ value, lines }) => (
    <button
      key={value}
      type="button"
      className="field-value"
      title={logs.keepValue(field.name, value.slice(0, 200))}
      onClick={() => ask(withField(query, { name: field.name, value, origin: field.origin }, "keep"))}
    >
      <span className="cut grow">{value.slice(0, 200)}</span>
      <Bar percent={(100 * lines) / most} level="ok" />
      <span className="field-count num">{formatNumber(lines, 0, locale)}</span>
    </button>
  ));
}
