import { type Alert, isLoud } from "./alert";
import { type Matcher, matches, matchesAll } from "./matcher";
import { subjectOf } from "./subject";

/** What a silence would hide now. */
export interface Preview {
  /** Alerts that someone is told of now, and would not be any more. */
  readonly hides: readonly Alert[];
  /** Alerts it meets too, which are quiet already. */
  readonly hiddenAlready: readonly Alert[];
  /** Loud alerts about the same host or container that it leaves alone, with the first condition they do not meet. */
  readonly staysLoud: readonly { readonly alert: Alert; readonly matcher: Matcher }[];
}

export function previewOf(matchers: readonly Matcher[], alerts: readonly Alert[]): Preview {
  const met = matchers.length === 0 ? [] : alerts.filter((alert) => matchesAll(matchers, alert.labels) === true);
  const hides = met.filter(isLoud);
  const subjects = new Set(met.map(({ labels }) => subjectKey(labels)));
  const staysLoud = alerts.flatMap((alert) => {
    const matcher = matchers.find((one) => matches(one, alert.labels) === false);
    return matcher === undefined || !isLoud(alert) || !subjects.has(subjectKey(alert.labels)) ? [] : [{ alert, matcher }];
  });
  return { hides, hiddenAlready: met.filter((alert) => !isLoud(alert)), staysLoud };
}

function subjectKey(labels: Alert["labels"]): string {
  const { host, container } = subjectOf(labels);
  return JSON.stringify([host, container]);
}
