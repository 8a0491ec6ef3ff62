import { type Matcher, matcherText } from "../../core/alerts/matcher";

/** Conditions to be read: those of a silence, or of a way to a receiver. */
export function MatcherChips({ matchers, label }: { matchers: readonly Matcher[]; label?: string }) {
  return (
    <ul className="chips" aria-label={label}>
      {matchers.map((matcher, i) => (
        <li key={i} className="chip mono" title={matcherText(matcher)}>
          <span className="t2">
            {matcher.name}
            {matcher.op}
          </span>
          <span className="cut">{matcher.value === "" ? '""' : matcher.value}</span>
        </li>
      ))}
    </ul>
  );
}
