import IconBook from "@tabler/icons-react/icons/IconBook";
import IconBox from "@tabler/icons-react/icons/IconBox";
import IconExternalLink from "@tabler/icons-react/icons/IconExternalLink";
import IconListSearch from "@tabler/icons-react/icons/IconListSearch";
import IconLogs from "@tabler/icons-react/icons/IconLogs";
import IconServer from "@tabler/icons-react/icons/IconServer";
import type { TablerIcon } from "@tabler/icons-react";
import { Fragment } from "react";
import type { Entry } from "../../core/alerts/board";
import { matcherText } from "../../core/alerts/matcher";
import { searchOfPlace, START } from "../../core/alerts/place";
import { subjectOf } from "../../core/alerts/subject";
import type { Labels } from "../../core/api/types";
import { logsHref } from "../../core/logs/address";
import { containerLines, hostLines } from "../../core/logs/column";
import type { Messages } from "../../core/messages";
import { containerHref, heldAt, hostHref } from "../../core/route";
import { resolveRange } from "../../core/time/range";
import { useApp, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { useCell } from "../../ui/useCell";

/** What the alert bears, and where to look closer. */
export function Facts({ entry }: { entry: Entry }) {
  const { alerts } = useMessages();
  const { labels, annotations } = entry.alert;
  return (
    <div className="alert-facts">
      <Links entry={entry} />
      <h3>{alerts.labels}</h3>
      <ul className="chips">
        {Object.entries(labels).map(([name, value]) => (
          <li key={name} className="chip mono" title={matcherText({ name, op: "=", value })}>
            <span className="t2">{name}=</span>
            <span className="cut">{value}</span>
          </li>
        ))}
      </ul>
      <Annotations annotations={annotations} />
    </div>
  );
}

function Annotations({ annotations }: { annotations: Labels }) {
  const { alerts } = useMessages();
  const entries = Object.entries(annotations).filter(([, value]) => value !== "");
  if (entries.length === 0) return null;
  return (
    <>
      <h3>{alerts.annotations}</h3>
      <dl className="alert-annotations">
        {entries.map(([name, value]) => (
          <Fragment key={name}>
            <dt className="t3">{name}</dt>
            <dd>
              {isAddress(value) ? (
                <a className="alert-link" href={value} target="_blank" rel="noreferrer">
                  {value}
                </a>
              ) : (
                value
              )}
            </dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}

interface Way {
  readonly icon: TablerIcon;
  readonly text: string;
  readonly href: string;
  readonly isOutside?: boolean;
}

/** The pages of what the alert is about, at the time it began. */
function Links({ entry }: { entry: Entry }) {
  const { alerts } = useMessages();
  const { range, clock } = useApp();
  const shown = useCell(range);
  const { host, container } = subjectOf(entry.alert.labels);
  const span = resolveRange(shown, clock.now());
  const at = (href: string) => heldAt(href, entry.alert.startsAt, span);
  const ways: Way[] = [];
  if (host !== undefined && container !== undefined) ways.push({ icon: IconBox, text: alerts.toContainer(container), href: at(containerHref(host, container, shown)) });
  if (host !== undefined) ways.push({ icon: IconServer, text: alerts.toHost(host), href: at(hostHref(host, shown)) });
  if (host !== undefined) ways.push({ icon: IconLogs, text: alerts.toLogs, href: logsHref(container === undefined ? hostLines(host) : containerLines(host, container), shown) });
  const runbook = entry.alert.annotations["runbook_url"] ?? entry.alert.annotations["runbook"] ?? "";
  if (isAddress(runbook)) ways.push({ icon: IconBook, text: alerts.runbook, href: runbook, isOutside: true });
  ways.push(...sourceOf(entry, alerts));
  if (ways.length === 0) return null;
  return (
    <>
      <h3>{alerts.links}</h3>
      <ul className="alert-ways">
        {ways.map(({ icon, text, href, isOutside }) => (
          <li key={text}>
            <a className="alert-link" href={href} {...(isOutside === true ? { target: "_blank", rel: "noreferrer" } : {})}>
              <Icon of={icon} size={14} />
              <span className="cut">{text}</span>
              {isOutside === true && <Icon of={IconExternalLink} size={12} />}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The rule it comes from: ours on this page, else where its address leads. */
function sourceOf({ origin, alert }: Entry, alerts: Messages["alerts"]): readonly Way[] {
  if (origin !== undefined) return [{ icon: IconListSearch, text: alerts.toRule, href: `alerts${searchOfPlace({ ...START, tab: "rules", filter: origin.rule.name }, "")}` }];
  return isAddress(alert.generatorUrl) ? [{ icon: IconListSearch, text: alerts.source, href: alert.generatorUrl, isOutside: true }] : [];
}

/** Only what a browser opens as a page; anything else in an annotation stays text. */
function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text);
}
