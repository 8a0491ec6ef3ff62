import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconDatabase from "@tabler/icons-react/icons/IconDatabase";
import IconFilterOff from "@tabler/icons-react/icons/IconFilterOff";
import IconHelpCircle from "@tabler/icons-react/icons/IconHelpCircle";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconListSearch from "@tabler/icons-react/icons/IconListSearch";
import type { TablerIcon } from "@tabler/icons-react";
import { useId } from "react";
import { severityOf } from "../../core/alerts/alert";
import { type Place, searchOfPlace, START } from "../../core/alerts/place";
import { chooseRules, countRuleKinds, countRules, type Rule, type RuleGroup, RULE_KINDS, type RuleKind } from "../../core/alerts/rule";
import { isAbsent } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { joinQuantity, milliseconds } from "../../core/format/quantity";
import { duration } from "../../core/format/time";
import { rangeToSearch } from "../../core/time/range";
import { signOf } from "../../ui/alerts/signs";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import type { AlertWords } from "../../ui/alerts/words";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/States";
import { useCell } from "../../ui/useCell";
import type { Go } from "./address";
import { Failed } from "./Failed";
import { FilterField } from "./FilterField";

/** Every rule by its group: what it asks, whether it runs, and what it has found. Trouble stands first. */
export function Rules(props: { place: Place; go: Go }) {
  const { messages } = useAlertWords();
  const { rules, rulesError } = useAlerts();
  if (rules === undefined) {
    if (isAbsent(rulesError)) return <Empty title={messages.alerts.noRulesApi} />;
    return rulesError === undefined ? <div className="card alerts-skeleton after-150ms" role="status" aria-label={messages.state.loading} /> : <Failed error={rulesError} />;
  }
  if (countRules(rules).count === 0) return <Empty title={messages.rules.none} detail={messages.rules.noneDetail} />;
  return <Groups rules={rules} {...props} />;
}

function Groups({ rules: all, place, go }: { rules: readonly RuleGroup[]; place: Place; go: Go }) {
  const { rules } = useMessages();
  const shown = chooseRules(all, place.ruleKind, place.filter);
  return (
    <>
      <Tools all={all} place={place} go={go} />
      {shown.length === 0 && (
        <Notice
          icon={IconFilterOff}
          tone="t3"
          title={rules.noMatch}
          action={
            <button type="button" className="btn small" onClick={() => go({ ruleKind: undefined, filter: "" }, "replace")}>
              {rules.showAll}
            </button>
          }
        />
      )}
      <div className="rule-groups">
        {shown.map((group) => (
          <Group key={`${group.file} ${group.name}`} group={group} />
        ))}
      </div>
    </>
  );
}

function Tools({ all, place, go }: { all: readonly RuleGroup[]; place: Place; go: Go }) {
  const { rules } = useMessages();
  const locale = useLocale();
  const counts = countRuleKinds(all);
  const choose = (ruleKind: RuleKind | undefined) => go({ ruleKind }, "replace");
  const kinds = RULE_KINDS.filter((kind) => counts[kind] > 0 || kind === place.ruleKind);
  return (
    <div className="alerts-tools narrow">
      {kinds.length > 0 && (
        <span className="segment" role="group" aria-label={rules.kinds.label}>
          <button type="button" aria-pressed={place.ruleKind === undefined} onClick={() => choose(undefined)}>
            {rules.kinds.all}
          </button>
          {kinds.map((kind) => (
            <button key={kind} type="button" aria-pressed={kind === place.ruleKind} onClick={() => choose(kind === place.ruleKind ? undefined : kind)}>
              {rules.kinds[kind](formatNumber(counts[kind], 0, locale))}
            </button>
          ))}
        </span>
      )}
      <FilterField value={place.filter} label={rules.filterHint} onChange={(filter) => go({ filter }, "replace")} />
    </div>
  );
}

function Empty(props: { title: string; detail?: string }) {
  return (
    <section className="card alerts-quiet">
      <Notice icon={IconListSearch} tone="t3" {...props} />
    </section>
  );
}

function Group({ group }: { group: RuleGroup }) {
  const heading = useId();
  const { messages, locale, now } = useAlertWords();
  const { rules } = messages;
  const ran = group.lastEvaluation === undefined ? rules.never : rules.ran(duration(now - group.lastEvaluation, locale));
  const facts = [rules.count(formatNumber(group.rules.length, 0, locale)), rules.every(duration(group.interval, locale)), ran].join(" · ");
  return (
    <section className="card" aria-labelledby={heading} data-testid="rule-group">
      <div className="card-head">
        <h2 id={heading}>{group.name}</h2>
        <span className="t3 cut num grow">{facts}</span>
        <span className="t3 cut mono no-phone" title={group.file}>
          {group.file}
        </span>
      </div>
      <table className="table rules-table">
        <thead>
          <tr>
            <th className="rule-state">{rules.columns.state}</th>
            <th className="rule-name">{rules.columns.name}</th>
            <th>{rules.columns.query}</th>
            <th className="rule-health">{rules.columns.health}</th>
            <th className="rule-ran num">{rules.columns.ran}</th>
            <th className="rule-took num">{rules.columns.took}</th>
          </tr>
        </thead>
        <tbody>
          {group.rules.map((rule, i) => (
            <Row key={`${rule.name} ${i}`} rule={rule} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ rule }: { rule: Rule }) {
  const words = useAlertWords();
  const range = useCell(useApp().range);
  const { messages, locale, now } = words;
  const { rules } = messages;
  const state = stateOf(rule, words);
  return (
    <tr data-rule={rule.name} data-state={rule.state}>
      <td className="rule-state">
        <span className="state">
          <span className={state.tone}>
            <Icon of={state.icon} size={14} />
          </span>
          {rule.alerts.length === 0 ? (
            state.word
          ) : (
            <a className="link" href={`alerts${searchOfPlace({ ...START, filter: `alertname="${rule.name}"` }, rangeToSearch(range))}`} title={rules.showAlerts(rule.name)}>
              {state.word}
            </a>
          )}
        </span>
      </td>
      <td className="rule-name" title={rule.annotations["summary"]}>
        <span className="medium">{rule.name}</span>
        {rule.holdFor > 0 && <span className="t3"> {rules.holds(duration(rule.holdFor, locale))}</span>}
      </td>
      <td className="rule-query" title={rule.query}>
        <code className="mono">{rule.query}</code>
        {rule.lastError !== "" && <p className="rule-error text-crit">{rule.lastError}</p>}
      </td>
      <td className="rule-health">
        <span className={rule.health === "err" ? "text-crit" : "t2"}>{rules.health[rule.health]}</span>
      </td>
      <td className="rule-ran num t3">{rule.lastEvaluation === undefined ? "–" : duration(now - rule.lastEvaluation, locale)}</td>
      <td className="rule-took num t3">{rule.lastEvaluation === undefined ? "–" : joinQuantity(milliseconds(rule.took, locale))}</td>
    </tr>
  );
}

/** What a rule is doing, as icon and word. */
function stateOf(rule: Rule, { messages, locale }: AlertWords): { readonly icon: TablerIcon; readonly tone: string; readonly word: string } {
  const { rules } = messages;
  if (rule.health === "err") return { icon: IconAlertOctagonFilled, tone: "graphic-crit", word: rules.health.err };
  if (rule.health === "unknown") return { icon: IconHelpCircle, tone: "t3", word: rules.health.unknown };
  if (rule.state === undefined) return { icon: IconDatabase, tone: "t3", word: rules.recording };
  const count = (state: "firing" | "pending") => formatNumber(rule.alerts.filter((alert) => alert.state === state).length, 0, locale);
  if (rule.state === "firing") {
    const { icon, tone } = signOf({ state: "firing", severity: severityOf(rule.labels) }, messages);
    return { icon, tone, word: rules.firing(count("firing")) };
  }
  if (rule.state === "pending") return { icon: IconHourglass, tone: "t2", word: rules.pending(count("pending")) };
  return { icon: IconCircleCheck, tone: "graphic-ok", word: rules.state.inactive };
}
