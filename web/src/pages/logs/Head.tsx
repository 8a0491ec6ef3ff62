import IconPlayerPause from "@tabler/icons-react/icons/IconPlayerPause";
import IconPlayerPlay from "@tabler/icons-react/icons/IconPlayerPlay";
import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { bytes, joinQuantity, milliseconds } from "../../core/format/quantity";
import type { LogsState } from "../../core/logs/state";
import { totalOf } from "../../core/logs/volume";
import type { Messages } from "../../core/messages";
import { useLocale, useMessages } from "../../ui/context";
import { Icon } from "../../ui/Icon";
import { useLogs, useLogsPage } from "./state";

/** How much the query found and what it cost, and beside it whether the page follows what comes. */
export function Head() {
  const messages = useMessages();
  const locale = useLocale();
  const state = useLogs();
  const [answer, ...cost] = summary(state, messages, locale);
  return (
    <header className="logs-head">
      <p className="grow cut" data-testid="summary">
        <span className="medium">{answer}</span>
        <span className="t3 no-phone">{cost.map((part) => ` · ${part}`)}</span>
      </p>
      <LiveTail />
    </header>
  );
}

function summary({ answer, volume }: LogsState, { logs }: Messages, locale: Locale): readonly string[] {
  if (answer.status === "loading") return [logs.waitingForLines];
  if (answer.status !== "lines") return [""];
  const isCounted = volume.status === "ready";
  const count = isCounted ? Math.max(totalOf(volume.volume), answer.lines.length) : answer.lines.length;
  const parts = [logs.head(formatNumber(count, 0, locale))];
  if (isCounted && count > 0) {
    const errors = volume.volume.totals.error;
    parts.push(errors === 0 ? logs.noErrors : logs.errors(formatNumber(errors, 0, locale)));
  }
  const { seconds, bytes: size } = answer.cost;
  if (seconds !== undefined) parts.push(logs.took(joinQuantity(milliseconds(seconds, locale))));
  if (size !== undefined) parts.push(logs.read(joinQuantity(bytes(size, locale))));
  return parts;
}

function LiveTail() {
  const { logs } = useMessages();
  const locale = useLocale();
  const { task, list } = useLogsPage();
  const { live } = useLogs();
  if (live.status === "off") return null;
  const word = live.isPaused ? logs.paused : live.status === "on" ? logs.live : live.status === "lost" ? logs.lost : logs.connecting;
  const tone = live.status === "lost" ? "lost" : live.isPaused || live.status !== "on" ? "still" : "on";
  const resume = () => {
    list.current?.scrollTo({ top: 0 });
    task.resume();
  };
  const rate = Math.abs(live.perSecond % 1) < 0.05 || live.perSecond >= 9.95 ? 0 : 1;
  return (
    <span className="live">
      {live.dropped > 0 && (
        <span className="text-warn cut" title={logs.droppedHint} data-testid="dropped">
          {logs.dropped(formatNumber(live.dropped, 0, locale))}
        </span>
      )}
      <span className="live-state" role="status" data-testid="live">
        <i className={`dot ${tone}`} />
        <b className="medium">{word}</b>
      </span>
      {live.status === "on" && !live.isPaused && <span className="t2 num no-phone">{logs.perSecond(formatNumber(live.perSecond, rate, locale))}</span>}
      <button type="button" className="btn small" onClick={live.isPaused ? resume : () => task.pause()}>
        <Icon of={live.isPaused ? IconPlayerPlay : IconPlayerPause} size={14} />
        {live.isPaused ? logs.resume : logs.pause}
      </button>
    </span>
  );
}
