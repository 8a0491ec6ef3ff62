import { useSyncExternalStore } from "react";
import type { Cell } from "../core/cell";

/** The value of a cell; the component follows its changes. */
export function useCell<T>(cell: Cell<T>): T {
  return useSyncExternalStore(cell.subscribe, cell.get);
}
