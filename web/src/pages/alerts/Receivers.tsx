import IconBellX from "@tabler/icons-react/icons/IconBellX";
import IconFileOff from "@tabler/icons-react/icons/IconFileOff";
import IconPlugX from "@tabler/icons-react/icons/IconPlugX";
import IconSend from "@tabler/icons-react/icons/IconSend";
import { useId } from "react";
import { entriesOf } from "../../core/alerts/board";
import { chooseEntries } from "../../core/alerts/filter";
import { searchOfPlace, START } from "../../core/alerts/place";
import type { Sent } from "../../core/alerts/receiversTask";
import { type Integration, type Receiver, type RouteTo, secondsOf } from "../../core/alerts/routing";
import { isAbsent } from "../../core/alerts/task";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { rangeToSearch } from "../../core/time/range";
import { useAlerts, useAlertWords } from "../../ui/alerts/useAlerts";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/States";
import { useCell } from "../../ui/useCell";
import { Failed } from "./Failed";
import { MatcherChips } from "./MatcherChips";
import { useReceivers } from "./useReceivers";

/** Who is told of what, and whether that works. */
export function Receivers() {
  const { messages } = useAlertWords();
  const { groupsError } = useAlerts();
  const { receivers, sent, error, isAnswered } = useReceivers();
  const { alerts, receivers: words, state } = messages;
  if (isAbsent(groupsError)) return <Quiet title={alerts.absent} detail={alerts.absentDetail} icon={IconBellX} tone="graphic-warn" />;
  const failed = error ?? groupsError;
  if (receivers === undefined && isAnswered) return <Quiet title={words.unreadable} detail={words.unreadableDetail} icon={IconFileOff} tone="t3" />;
  if (receivers === undefined) return failed === undefined ? <div className="card alerts-skeleton after-150ms" role="status" aria-label={state.loading} /> : <Failed error={failed} />;
  if (receivers.length === 0) return <Quiet title={words.none} detail={words.noneDetail} icon={IconBellX} tone="graphic-warn" />;
  return (
    <div className="receivers">
      {receivers.map((receiver) => (
        <ReceiverCard key={receiver.name} receiver={receiver} sent={sent} />
      ))}
    </div>
  );
}

function Quiet(props: Parameters<typeof Notice>[0]) {
  return (
    <section className="card alerts-quiet">
      <Notice {...props} />
    </section>
  );
}

function ReceiverCard({ receiver, sent }: { receiver: Receiver; sent: ReadonlyMap<string, Sent> | undefined }) {
  const heading = useId();
  const { receivers } = useMessages();
  const { name, integrations, routes } = receiver;
  return (
    <section className="card receiver" aria-labelledby={heading} data-receiver={name}>
      <div className="card-head">
        <Icon of={IconSend} size={14} />
        <h2 id={heading} className="cut" title={name}>
          {name}
        </h2>
        <GoesHere name={name} />
      </div>
      <ul className="receiver-ways">
        {integrations.map((integration, i) => (
          <Way key={`${integration.kind} ${i}`} integration={integration} sent={sent?.get(integration.kind)} isKnown={sent !== undefined} />
        ))}
        {integrations.length === 0 && (
          <li className="receiver-row text-warn">
            <Icon of={IconBellX} size={14} />
            {receivers.noWay}
          </li>
        )}
      </ul>
      <ul className="receiver-routes">
        {routes.map((route, i) => (
          <Route key={i} route={route} />
        ))}
        {routes.length === 0 && <li className="receiver-row t3">{receivers.unused}</li>}
      </ul>
    </section>
  );
}

/** How many alerts go to it now, and the way to them. */
function GoesHere({ name }: { name: string }) {
  const { receivers } = useMessages();
  const locale = useLocale();
  const range = useCell(useApp().range);
  const { board } = useAlerts();
  const firing = entriesOf(chooseEntries(board ?? [], { kind: undefined, text: "", receiver: name })).filter(({ state }) => state === "firing").length;
  if (firing === 0) return <span className="t3 end">{receivers.nothing}</span>;
  return (
    <a className="alert-link end" href={`alerts${searchOfPlace({ ...START, receiver: name }, rangeToSearch(range))}`}>
      {receivers.firing(formatNumber(firing, 0, locale))}
    </a>
  );
}

/** One way to tell it. What was sent is counted by kind of service, not by receiver, and said so. */
function Way({ integration, sent, isKnown }: { integration: Integration; sent: Sent | undefined; isKnown: boolean }) {
  const { receivers } = useMessages();
  const locale = useLocale();
  const { kind, target } = integration;
  const names: Readonly<Record<string, string>> = receivers.kinds;
  const name = names[kind] ?? kind;
  const n = (count: number) => formatNumber(count, 0, locale);
  const failed = sent?.failed ?? 0;
  return (
    <li className="receiver-row">
      <span className="medium">{name}</span>
      <span className="t2 cut" title={target}>
        {target === "" ? receivers.secret : target}
      </span>
      {isKnown && (
        <span className="end num t3">
          {sent === undefined || sent.sent === 0 ? receivers.sentNone(name) : receivers.sent(name, n(sent.sent - failed))}
          {failed > 0 && (
            <>
              {" · "}
              <span className="receiver-failed text-warn" title={receivers.failedHint}>
                <Icon of={IconPlugX} size={12} />
                {receivers.failed(n(failed))}
              </span>
            </>
          )}
        </span>
      )}
    </li>
  );
}

/** What it takes, and how it tells it. */
function Route({ route }: { route: RouteTo }) {
  const { receivers } = useMessages();
  const locale = useLocale();
  const time = (text: string) => {
    const seconds = secondsOf(text);
    return seconds === undefined ? text : duration(seconds, locale);
  };
  const { matchers, groupBy, groupWait, repeatInterval, muted, only } = route;
  const grouping = groupBy.includes("...") ? receivers.alone : groupBy.length === 0 ? receivers.allTogether : receivers.together(groupBy.join(", "));
  const intervals = [muted.length === 0 ? "" : receivers.muted(muted.join(", ")), only.length === 0 ? "" : receivers.only(only.join(", "))];
  const facts = [grouping, receivers.waits(time(groupWait)), receivers.repeats(time(repeatInterval)), ...intervals].filter((fact) => fact !== "");
  return (
    <li className="receiver-row">
      {matchers.length === 0 ? (
        <span className="t2">{receivers.takesRest}</span>
      ) : (
        <MatcherChips matchers={matchers} label={receivers.takes} />
      )}
      <span className="t3 end">{facts.join(" · ")}</span>
    </li>
  );
}
