import { createContext, use } from "react";
import type { Container } from "../../core/containers/report";
import type { ContainerTask } from "../../core/container/task";
import type { ContainerPageState } from "../../core/container/state";
import { useCell } from "../../ui/useCell";

/** What the parts of a container's page share. */
export interface ContainerPageValue {
  readonly host: string;
  /** Its name or the first digits of its id, as in the address. */
  readonly label: string;
  readonly task: ContainerTask;
  /** What its runtime tells of it; null where no runtime knows it, undefined until they were asked. */
  readonly container: Container | null | undefined;
}

const ContainerContext = createContext<ContainerPageValue | null>(null);

export const ContainerProvider = ContainerContext.Provider;

export function useContainerPage(): ContainerPageValue {
  const page = use(ContainerContext);
  if (page === null) throw new Error("a part of a container's page stands outside of it");
  return page;
}

export function useContainerState(): ContainerPageState {
  return useCell(useContainerPage().task.state);
}
