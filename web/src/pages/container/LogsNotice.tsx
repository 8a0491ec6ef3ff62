import IconFileOff from "@tabler/icons-react/icons/IconFileOff";
import type { ReactNode } from "react";
import type { Container } from "../../core/containers/report";
import type { Messages } from "../../core/messages";
import { Notice } from "../../ui/States";

/** Why a container has no lines here, and what can be done; undefined where its lines are read. */
export function logsNotice(container: Container | null | undefined, { column }: Messages): ReactNode {
  if (container === null || container === undefined || container.logs.state === "followed") return undefined;
  const { state, driver, message } = container.logs;
  const [title, detail] =
    state === "unreadable"
      ? [column.unreadable, column.unreadableDetail(message === "" ? driver : message)]
      : driver === "none"
        ? [column.discarded, `${column.discardedDetail} ${column.unsupportedDetail}`]
        : state === "none" || driver === ""
          ? [column.none, column.noneDetail]
          : [column.unsupported(driver), column.unsupportedDetail];
  return (
    <div className="column-notice" data-testid="logs-notice">
      <Notice icon={IconFileOff} tone={state === "none" ? "t3" : "graphic-warn"} title={title} detail={detail} />
    </div>
  );
}
