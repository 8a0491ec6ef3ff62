import type { Labels } from "../api/types";
import { type Alert, type AlertGroup, isLoud, nameOf, type Severity, severityOf } from "./alert";
import { type Origin, originOf, type RuleGroup } from "./rule";
import { subjectOf } from "./subject";

/** What an alert is doing: firing, or on its way to it, or kept quiet. */
export type EntryState = "firing" | "pending" | "muted" | "inhibited" | "silenced";

/** An alert with what its rule knows of it. */
export interface Entry {
  readonly alert: Alert;
  readonly state: EntryState;
  readonly severity: Severity;
  readonly origin: Origin | undefined;
}

/** Entries that stand together, worst first. */
export interface Section {
  readonly labels: Labels;
  readonly receivers: readonly string[];
  readonly entries: readonly Entry[];
  /** The state and gravity of its worst entry. */
  readonly state: EntryState;
  readonly severity: Severity;
}

const STATE_ORDER: readonly EntryState[] = ["firing", "pending", "muted", "inhibited", "silenced"];
const SEVERITY_ORDER: readonly Severity[] = ["crit", "warn", "info"];

/**
 * Everything that is or will be an alert, worst first. `groups` are those of the alert manager, undefined where there is
 * none: then what the rules find stands alone. Alerts that wait for their time are known to the rules only.
 */
export function boardOf(groups: readonly AlertGroup[] | undefined, rules: readonly RuleGroup[]): readonly Section[] {
  const sections = (groups ?? []).map(({ labels, receivers, alerts }) => sectionOf(labels, receivers, alerts.map((alert) => entryOf(alert, rules))));
  const own = ownEntries(rules, groups === undefined);
  const bySubject = new Map<string, Entry[]>();
  for (const entry of own) {
    const key = JSON.stringify(subjectLabels(entry.alert.labels));
    bySubject.set(key, [...(bySubject.get(key) ?? []), entry]);
  }
  for (const entries of bySubject.values()) {
    const first = entries[0];
    if (first !== undefined) sections.push(sectionOf(subjectLabels(first.alert.labels), [], entries));
  }
  return sections.sort(compareSections);
}

function entryOf(alert: Alert, rules: readonly RuleGroup[]): Entry {
  const state = isLoud(alert) ? "firing" : alert.silencedBy.length > 0 ? "silenced" : alert.inhibitedBy.length > 0 ? "inhibited" : "muted";
  return { alert, state, severity: severityOf(alert.labels), origin: originOf(alert.labels, rules) };
}

/** What the rules have found that is no alert of the alert manager. */
function ownEntries(rules: readonly RuleGroup[], withFiring: boolean): Entry[] {
  return rules.flatMap((group) =>
    group.rules.flatMap((rule) =>
      rule.alerts
        .filter(({ state }) => state === "pending" || withFiring)
        .map((found): Entry => {
          const since = found.activeAt ?? 0;
          const alert: Alert = {
            id: JSON.stringify(found.labels),
            labels: found.labels,
            annotations: found.annotations,
            startsAt: found.state === "firing" ? since + rule.holdFor : since,
            endsAt: undefined,
            updatedAt: rule.lastEvaluation,
            generatorUrl: "",
            receivers: [],
            silencedBy: [],
            inhibitedBy: [],
            mutedBy: [],
          };
          return { alert, state: found.state, severity: severityOf(found.labels), origin: { rule, group, found } };
        }),
    ),
  );
}

function subjectLabels(labels: Labels): Labels {
  const { host, container } = subjectOf(labels);
  return { ...(host === undefined ? {} : { instance: host }), ...(container === undefined ? {} : { name: container }) };
}

function sectionOf(labels: Labels, receivers: readonly string[], unsorted: readonly Entry[]): Section {
  const entries = [...unsorted].sort(compareEntries);
  const worst = entries[0];
  return { labels, receivers, entries, state: worst?.state ?? "silenced", severity: worst?.severity ?? "info" };
}

function rank({ state, severity }: { readonly state: EntryState; readonly severity: Severity }): number {
  return STATE_ORDER.indexOf(state) * SEVERITY_ORDER.length + SEVERITY_ORDER.indexOf(severity);
}

function compareEntries(a: Entry, b: Entry): number {
  return rank(a) - rank(b) || compareText(nameOf(a.alert.labels), nameOf(b.alert.labels)) || compareText(JSON.stringify(a.alert.labels), JSON.stringify(b.alert.labels));
}

function compareSections(a: Section, b: Section): number {
  return rank(a) - rank(b) || compareText(Object.values(a.labels).join(), Object.values(b.labels).join());
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each alert once, worst first: one that goes to several receivers may stand in several groups. */
export function entriesOf(sections: readonly Section[]): readonly Entry[] {
  const seen = new Set<string>();
  return sections
    .flatMap(({ entries }) => entries)
    .filter(({ alert }) => {
      const isNew = !seen.has(alert.id);
      seen.add(alert.id);
      return isNew;
    });
}

export const KINDS = ["crit", "warn", "info", "pending", "quiet"] as const;

/** What a list can be narrowed to; `quiet` is what is silenced, held back or muted. */
export type Kind = (typeof KINDS)[number];

export function kindOf({ state, severity }: Entry): Kind {
  if (state === "firing") return severity;
  return state === "pending" ? "pending" : "quiet";
}

export type Counts = Readonly<Record<Kind | "firing" | "all", number>>;

export function countEntries(sections: readonly Section[]): Counts {
  const counts = { crit: 0, warn: 0, info: 0, pending: 0, quiet: 0, firing: 0, all: 0 };
  for (const entry of entriesOf(sections)) {
    counts.all += 1;
    counts[kindOf(entry)] += 1;
    if (entry.state === "firing") counts.firing += 1;
  }
  return counts;
}
