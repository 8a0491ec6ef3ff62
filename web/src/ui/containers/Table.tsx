import { type MouseEvent, useCallback, useRef } from "react";
import type { ContainerRow } from "../../core/containers/rows";
import { containerHref } from "../../core/route";
import type { Scale } from "../../core/format/quantity";
import { useApp, useLocale, useMessages } from "../context";
import { useCell } from "../useCell";
import { useNow } from "../useNow";
import { AgeCell, CpuCell, LineCell, MemoryCell, Restarts, StateCell } from "./cells";
import { hasNumbers, isNamedSilence, memoryColumn, type Speech } from "./words";

/** Containers as rows, on a phone as cards. `host` is the name that their pages stand under. */
export function ContainersTable({ rows, all, host }: { rows: readonly ContainerRow[]; all: readonly ContainerRow[]; host: string }) {
  const messages = useMessages();
  const locale = useLocale();
  const { clock } = useApp();
  const now = useNow(useCallback(() => clock.now(), [clock]));
  // Of all of them, so that the unit stays while some are filtered out.
  const scale = memoryColumn(all);
  return (
    <table className="table containers-table">
      <TableHead scale={scale} />
      <tbody>
        {rows.map((row) => (
          <Row key={row.container.id} row={row} host={host} scale={scale} speech={{ messages, locale, now }} />
        ))}
      </tbody>
    </table>
  );
}

function TableHead({ scale }: { scale: Scale }) {
  const { columns } = useMessages().containers;
  return (
    <thead>
      <tr>
        <th className="cc-name">{columns.name}</th>
        <th className="cc-state">{columns.state}</th>
        <th className="cc-restarts num">{columns.restarts}</th>
        <th className="cc-cpu">{columns.cpu}</th>
        <th className="cc-memory">{columns.memory(scale.unit)}</th>
        <th className="cc-line">{columns.line}</th>
        <th className="cc-age num">{columns.age}</th>
      </tr>
    </thead>
  );
}

function Row({ row, host, scale, speech }: { row: ContainerRow; host: string; scale: Scale; speech: Speech }) {
  const { container, label, trouble } = row;
  const { short } = speech.messages.containers;
  const range = useCell(useApp().range);
  const link = useRef<HTMLAnchorElement>(null);
  const place = container.project || container.pod;
  return (
    <tr
      onClick={(event) => followRow(event, link.current)}
      data-container={label}
      data-state={container.state}
      data-trouble={trouble?.kind ?? ""}
      data-restarts={container.restarts ?? ""}
      data-live={hasNumbers(row)}
      data-lines={container.lastLine !== undefined || isNamedSilence(container) ? "yes" : "no"}
    >
      <td className="cc-name" title={[label, place, container.image, container.runtime === "unknown" ? "" : container.runtime].filter((part) => part !== "").join(" · ")}>
        <a ref={link} className={container.name === "" ? "mono medium" : "medium"} href={containerHref(host, label, range)}>
          {label}
        </a>
        {place !== "" && <span className="t3"> {place}</span>}
      </td>
      <td className="cc-state">
        <StateCell row={row} speech={speech} />
      </td>
      <td className={container.restarts === undefined || container.restarts === 0 ? "cc-restarts num no-phone" : "cc-restarts num"}>
        <Restarts row={row} speech={speech} />
      </td>
      <td className="cc-cpu" data-label={short.cpu}>
        <CpuCell row={row} speech={speech} />
      </td>
      <td className="cc-memory" data-label={short.memory}>
        <MemoryCell row={row} speech={speech} scale={scale} />
      </td>
      <td className="cc-line">
        <LineCell row={row} speech={speech} />
      </td>
      <td className="cc-age num t3">
        <AgeCell row={row} speech={speech} />
      </td>
    </tr>
  );
}

/** A click anywhere in the row is one on its link, with the same keys held; marking text is none. */
function followRow(event: MouseEvent, link: HTMLAnchorElement | null): void {
  const isOwn = event.target instanceof Element && event.target.closest("a") !== null;
  if (link === null || isOwn || getSelection()?.isCollapsed === false) return;
  const { ctrlKey, metaKey, shiftKey } = event;
  link.dispatchEvent(new window.MouseEvent("click", { bubbles: true, cancelable: true, view: window, ctrlKey, metaKey, shiftKey }));
}

const SKELETON_ROWS = 8;

/** The table's place before the first answer. */
export function TableSkeleton() {
  return (
    <ul className="containers-skeleton after-150ms" aria-hidden>
      {Array.from({ length: SKELETON_ROWS }, (_, i) => (
        <li key={i}>
          <span className="skeleton" />
        </li>
      ))}
    </ul>
  );
}
