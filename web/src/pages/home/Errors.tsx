import IconChevronRight from "@tabler/icons-react/icons/IconChevronRight";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconFileOff from "@tabler/icons-react/icons/IconFileOff";
import { useEffect, useId, useMemo } from "react";
import { formatNumber } from "../../core/format/number";
import { duration, moment } from "../../core/format/time";
import { logsHref } from "../../core/logs/address";
import { ErrorsTask, type ErrorsState, errorsQuery, MOST_SERVICES, type ServiceErrors } from "../../core/logs/errors";
import { fullMoment, secondsOfNs } from "../../core/logs/ns";
import { withoutEscapes } from "../../core/logs/text";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { ErrorState, Notice } from "../../ui/States";
import { useCell } from "../../ui/useCell";

/** Which services logged errors lately, and what the last one said. Each is a way into its lines. */
export function Errors() {
  const { logs, range, refresher } = useApp();
  const { errors } = useMessages();
  const heading = useId();
  const task = useMemo(() => new ErrorsTask(logs, range.get), [logs, range]);
  useEffect(() => refresher.add(task), [refresher, task]);
  const state = useCell(task.state);
  const shownRange = useCell(range);
  return (
    <section className="card errors" aria-labelledby={heading} data-testid="errors">
      <div className="card-head">
        <h2 id={heading}>{errors.title}</h2>
        <span className="t3 cut grow">
          <When state={state} />
        </span>
        <a className="errors-all" href={logsHref(errorsQuery(), shownRange)}>
          {state.status === "ready" && state.more > 0 ? errors.more(state.more) : errors.all}
          <Icon of={IconChevronRight} size={14} />
        </a>
      </div>
      <div className="errors-body">
        <Body state={state} />
      </div>
    </section>
  );
}

/** The hour that is counted, where it is not the last one. */
function When({ state }: { state: ErrorsState }) {
  const { errors } = useMessages();
  const locale = useLocale();
  const { clock, range } = useApp();
  const isLive = useCell(range).kind === "live";
  return isLive || state.status !== "ready" ? errors.lastHour : errors.hourBefore(moment(state.until, clock.now(), locale));
}

function Body({ state }: { state: ErrorsState }) {
  const { errors } = useMessages();
  if (state.status === "failed") return <ErrorState error={state.error} />;
  if (state.status === "loading") return <Skeleton />;
  if (!state.hasLines) return <Notice icon={IconFileOff} tone="t3" title={errors.noLines} detail={errors.noLinesDetail} />;
  if (state.services.length === 0) return <Notice icon={IconCircleCheck} tone="graphic-ok" title={errors.none} detail={errors.noneDetail} />;
  return (
    <ul className="errors-list">
      {state.services.map((service) => (
        <Service key={service.service} errors={service} until={state.until} />
      ))}
    </ul>
  );
}

/** Longer lines are cut by the card anyway. */
const SHOWN_CHARACTERS = 400;

function Service({ errors: { service, count, last }, until }: { errors: ServiceErrors; until: number }) {
  const { errors } = useMessages();
  const locale = useLocale();
  const range = useCell(useApp().range);
  return (
    <li>
      <a className="errors-row" href={logsHref(errorsQuery(service), range)} data-service={service}>
        <span className="errors-service medium cut" title={service}>
          {service}
        </span>
        <span className="errors-count num text-crit" title={errors.count} data-testid="errors-count">
          {formatNumber(count, 0, locale)}
        </span>
        <span className="errors-last mono t2 cut" title={last?.text.slice(0, SHOWN_CHARACTERS)}>
          {last === undefined ? "" : withoutEscapes(last.text.slice(0, SHOWN_CHARACTERS))}
        </span>
        <span className="errors-age t3 num" title={last === undefined ? "" : fullMoment(last.ts, locale)}>
          {last === undefined ? "" : duration(until - secondsOfNs(last.ts), locale)}
        </span>
      </a>
    </li>
  );
}

function Skeleton() {
  return (
    <ul className="errors-list after-150ms" aria-hidden>
      {Array.from({ length: MOST_SERVICES }, (_, i) => (
        <li key={i} className="errors-row">
          <span className="skeleton" style={{ height: 10, gridColumn: "1 / -1" }} />
        </li>
      ))}
    </ul>
  );
}
