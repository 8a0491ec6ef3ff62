import { withParam } from "../route";
import type { Kind } from "./board";
import { kindFrom } from "./filter";
import { type RuleKind, RULE_KINDS } from "./rule";

const TABS = ["active", "rules", "silences", "receivers"] as const;

/** The parts of the page Alerts. */
export type AlertsTab = (typeof TABS)[number];

/** What of the page is shown. It stands in the address. */
export interface Place {
  readonly tab: AlertsTab;
  /** The alert that was chosen. */
  readonly alert: string | undefined;
  /** The kind of alerts or of rules that is shown. */
  readonly kind: Kind | undefined;
  readonly ruleKind: RuleKind | undefined;
  /** What the list is narrowed to; for a silence being written, its conditions. */
  readonly filter: string;
  readonly receiver: string;
  /** The silence that is meant. */
  readonly silence: string | undefined;
  /** Whether a silence is being written: a new one, or that one anew. */
  readonly form: "new" | "edit" | undefined;
}

export const START: Place = { tab: "active", alert: undefined, kind: undefined, ruleKind: undefined, filter: "", receiver: "", silence: undefined, form: undefined };

export function placeFromSearch(search: string): Place {
  const params = new URLSearchParams(search);
  const text = (name: string) => params.get(name) ?? "";
  const tab = TABS.find((one) => one === params.get("tab")) ?? "active";
  return {
    tab,
    alert: params.get("alert") ?? undefined,
    kind: tab === "active" ? kindFrom(params.get("kind")) : undefined,
    ruleKind: tab === "rules" ? RULE_KINDS.find((kind) => kind === params.get("kind")) : undefined,
    filter: text("filter"),
    receiver: text("receiver"),
    silence: params.get("silence") ?? undefined,
    form: (["new", "edit"] as const).find((form) => form === params.get("form")),
  };
}

/** The address of a place: `search` with everything about the page replaced, and the rest (the time range) kept. */
export function searchOfPlace(place: Place, search: string): string {
  const orNothing = (text: string) => (text === "" ? undefined : text);
  const params: readonly (readonly [string, string | undefined])[] = [
    ["tab", place.tab === "active" ? undefined : place.tab],
    ["alert", place.alert],
    ["kind", place.kind ?? place.ruleKind],
    ["filter", orNothing(place.filter)],
    ["receiver", orNothing(place.receiver)],
    ["silence", place.silence],
    ["form", place.form],
  ];
  return params.reduce((result, [name, value]) => withParam(result, name, value), search);
}
