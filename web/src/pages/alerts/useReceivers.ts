import { createContext, useContext, useEffect, useMemo } from "react";
import { type ReceiversState, ReceiversTask } from "../../core/alerts/receiversTask";
import { isAbsent } from "../../core/alerts/task";
import { useAlerts } from "../../ui/alerts/useAlerts";
import { useApp } from "../../ui/context";
import { useCell } from "../../ui/useCell";

const UNKNOWN: ReceiversState = { receivers: undefined, sent: undefined, error: undefined, isAnswered: false };

const Receivers = createContext<ReceiversState>(UNKNOWN);

export const ReceiversProvider = Receivers.Provider;

/** Who is told, as the page has asked. */
export function useReceivers(): ReceiversState {
  return useContext(Receivers);
}

/** Asks who is told for as long as the page is shown; not where there is nobody to ask. */
export function useReceiversTask(): ReceiversState {
  const { alerts, client, refresher } = useApp();
  const { groups, groupsError } = useAlerts();
  const isThere = groups !== undefined && !isAbsent(groupsError);
  const task = useMemo(() => new ReceiversTask({ alerts: alerts.client, metrics: client }), [alerts, client]);
  useEffect(() => (isThere ? refresher.add(task) : undefined), [isThere, refresher, task]);
  const state = useCell(task.state);
  return isThere ? state : UNKNOWN;
}
