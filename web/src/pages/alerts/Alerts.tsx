import IconPlugX from "@tabler/icons-react/icons/IconPlugX";
import { useEffect } from "react";
import { countEntries } from "../../core/alerts/board";
import { countRules } from "../../core/alerts/rule";
import { isAbsent } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { useAlerts } from "../../ui/alerts/useAlerts";
import { Badge } from "../../ui/Badge";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { Tabs } from "../../ui/Tabs";
import { Active } from "./Active";
import { type AlertsTab, usePlace } from "./address";
import { Rules } from "./Rules";
import { Silences } from "./Silences";

/** What fires and why, the rules behind it, and what is kept quiet. */
export function Alerts() {
  const { alerts: task, timers } = useApp();
  const messages = useMessages();
  const locale = useLocale();
  const state = useAlerts();
  const [place, go] = usePlace();
  useEffect(() => task.watchSilences(), [task]);
  const { tabs, old } = messages.alerts;
  const count = (n: number | undefined) => (n === undefined ? {} : { count: formatNumber(n, 0, locale) });
  const error = [state.groupsError, state.rulesError].find((one) => one !== undefined && !isAbsent(one));
  return (
    <div className={place.alert === undefined ? "alerts" : "alerts chosen"}>
      <div className="alerts-head">
        <Tabs<AlertsTab>
          label={tabs.label}
          current={place.tab}
          onChange={(tab) => go({ tab, alert: undefined })}
          tabs={[
            { id: "active", label: tabs.active, ...count(state.board === undefined ? undefined : countEntries(state.board).all) },
            { id: "rules", label: tabs.rules, ...count(state.rules === undefined ? undefined : countRules(state.rules).count) },
            { id: "silences", label: tabs.silences, ...count(state.silences?.filter(({ state: one }) => one === "active").length) },
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
      {place.tab === "active" && <Active chosen={place.alert} onChoose={(alert) => go({ tab: "active", alert })} />}
      {place.tab === "rules" && <Rules />}
      {place.tab === "silences" && <Silences />}
    </div>
  );
}
