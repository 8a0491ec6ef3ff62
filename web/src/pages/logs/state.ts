import { createContext, type RefObject, use } from "react";
import type { LogsState } from "../../core/logs/state";
import type { LogsTask } from "../../core/logs/task";
import { useCell } from "../../ui/useCell";

/** What the parts of the page Logs share. */
export interface LogsPage {
  readonly task: LogsTask;
  /** The element that scrolls the lines. */
  readonly list: RefObject<HTMLDivElement | null>;
  /** Names of the fields whose values are listed. */
  readonly openFields: ReadonlySet<string>;
  /** Runs a query and writes it into the address. */
  ask(query: string): void;
  toggleField(name: string): void;
  /** Lists the values of a field and brings it into view. */
  showField(name: string): void;
}

const LogsContext = createContext<LogsPage | null>(null);

export const LogsProvider = LogsContext.Provider;

export function useLogsPage(): LogsPage {
  const page = use(LogsContext);
  if (page === null) throw new Error("a part of Logs stands outside of it");
  return page;
}

export function useLogs(): LogsState {
  return useCell(useLogsPage().task.state);
}
