import { formatNumber } from "../../core/format/number";
import { useLocale, useMessages } from "../../ui/context";
import { useLogs, useLogsPage } from "./state";

/** What stands below the oldest line at hand. */
export function Older() {
  const { logs, state } = useMessages();
  const locale = useLocale();
  const { task } = useLogsPage();
  const { answer } = useLogs();
  if (answer.status !== "lines") return null;
  if (answer.older === "failed") {
    return (
      <p className="older" role="status">
        {logs.olderFailed}{" "}
        <button type="button" className="btn small" onClick={() => void task.loadOlder()}>
          {state.tryAgain}
        </button>
      </p>
    );
  }
  const words = { none: logs.olderNone, there: logs.older, loading: logs.older, "too many": logs.olderTooMany(formatNumber(answer.lines.length, 0, locale)) };
  return (
    <p className="older" role="status" data-testid="older">
      {words[answer.older]}
    </p>
  );
}
