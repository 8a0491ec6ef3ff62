import { useEffect, useState } from "react";
import { formatNumber } from "../../core/format/number";
import { duration } from "../../core/format/time";
import { loadForecast } from "../../core/host/forecast";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { useHome } from "../../ui/host/state";
import { Tiles } from "../../ui/host/Tiles";

/** The row of numbers; the fullest disk says when it will be full, where that can be told. */
export function HostTiles({ host }: { host: string }) {
  const { hostPage } = useMessages();
  const locale = useLocale();
  const seconds = useForecast(host);
  if (seconds === undefined) return <Tiles />;
  // Beyond two days hours say nothing.
  const time = seconds >= 2 * DAY ? hostPage.days(formatNumber(Math.floor(seconds / DAY), 0, locale)) : duration(seconds, locale);
  return <Tiles diskContext={hostPage.fullIn(time)} />;
}

const DAY = 86400;

/** A forecast from half-hourly points holds for this long, in seconds. */
const TRUSTED_FOR = 600;

/** In how many seconds the fullest disk will be full; undefined where that cannot be told, and for the past. */
function useForecast(host: string): number | undefined {
  const { client } = useApp();
  const { readings } = useHome();
  const [forecast, setForecast] = useState<number | undefined>(undefined);
  const { device, mountpoint } = readings?.isLive === true ? (readings.tiles.get("disk")?.metric ?? {}) : {};
  const round = Math.floor((readings?.at ?? 0) / TRUSTED_FOR) * TRUSTED_FOR;
  useEffect(() => {
    if (device === undefined || mountpoint === undefined) {
      setForecast(undefined);
      return undefined;
    }
    const controller = new AbortController();
    loadForecast(client, host, { device, mountpoint }, round, controller.signal).then(
      (seconds) => !controller.signal.aborted && setForecast(seconds),
      // A courtesy: the size of the disk stands there instead.
      () => !controller.signal.aborted && setForecast(undefined),
    );
    return () => controller.abort();
  }, [client, host, device, mountpoint, round]);
  return forecast;
}
