import { duration, moment } from "../../core/format/time";
import { useApp, useLocale, useMessages } from "../context";
import { useDataAge, useHome, useIsStale } from "./state";

/** How old the newest reading is, or which moment is shown; and since when there is data. */
export function Freshness() {
  const { freshness } = useMessages();
  const locale = useLocale();
  const { clock } = useApp();
  const { host, readings, dataSince } = useHome();
  const age = useDataAge();
  const isStale = useIsStale();
  if (host === null || host === undefined) return null;
  const since = dataSince === undefined ? "" : freshness.since(moment(dataSince, clock.now(), locale));
  return (
    <div className="freshness">
      <span className="freshness-line">
        {age !== undefined && <span className={isStale ? "dot stale" : "dot"} />}
        {age !== undefined && freshness.dataAge(duration(age, locale))}
        {age === undefined && readings !== undefined && freshness.at(moment(readings.at, clock.now(), locale))}
      </span>
      {since !== "" && <span className="t3 no-phone">{since}</span>}
    </div>
  );
}
