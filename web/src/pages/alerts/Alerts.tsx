import IconPlugX from "@tabler/icons-react/icons/IconPlugX";
import { useEffect } from "react";
import { countEntries } from "../../core/alerts/board";
import { type AlertsTab, START } from "../../core/alerts/place";
import { countRules } from "../../core/alerts/rule";
import { isAbsent } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { useAlerts } from "../../ui/alerts/useAlerts";
import { Badge } from "../../ui/Badge";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { Tabs } from "../../ui/Tabs";
import { Active } from "./Active";
import { usePlace } from "./address";
import { Receivers } from "./Receivers";
import { Rules } from "./Rules";
import { Silences } from "./Silences";
import { ReceiversProvider, useReceiversTask } from "./useReceivers";

/** What fires and why, the rules behind it, what is kept quiet, and who is told. */
export function Alerts() {
  const { alerts: task, timers } = useApp();
  const messages = useMessages();
  const locale = useLocale();
  const state = useAlerts();
  const [place, go] = usePlace();
  const receivers = useReceiversTask();
  useEffect(() => task.watchSilences(), [task]);
  const { tabs, old } = messages.alerts;
  const count = (n: number | undefined) => (n === undefined ? {} : { count: formatNumber(n, 0, locale) });
  const error = [state.groupsError, state.rulesError].find((one) => one !== undefined && !isAbsent(one));
  // What the rules find is not all there may be.
  const isUnknown = state.groups === undefined && state.groupsError !== undefined && !isAbsent(state.groupsError);
  return (
    <ReceiversProvider value={receivers}>
      <div className={place.alert === undefined ? "alerts" : "alerts chosen"}>
        <div className="alerts-head">
          <Tabs<AlertsTab>
            label={tabs.label}
            current={place.tab}
            onChange={(tab) => go({ ...START, tab })}
            tabs={[
              { id: "active", label: tabs.active, ...count(state.board === undefined || isUnknown ? undefined : countEntries(state.board).all) },
              { id: "rules", label: tabs.rules, ...count(state.rules === undefined ? undefined : countRules(state.rules).count) },
              { id: "silences", label: tabs.silences, ...count(state.silences?.filter(({ state: one }) => one === "active").length) },
              { id: "receivers", label: tabs.receivers, ...count(receivers.receivers?.length) },
            ]}
          />
          {error !== undefined && state.answeredAt !== undefined && (
            <span className="end" title={error.message}>
              <Badge tone="warn" icon={IconPlugX}>
                {old(duration(timers.now() - state.answeredAt, locale))}
              </Badge>
            </span>
          )}
        </div>
        {place.tab === "active" && <Active place={place} go={go} />}
        {place.tab === "rules" && <Rules place={place} go={go} />}
        {place.tab === "silences" && <Silences place={place} go={go} />}
        {place.tab === "receivers" && <Receivers />}
      </div>
    </ReceiversProvider>
  );
}
