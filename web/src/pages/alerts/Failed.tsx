import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import type { ApiError } from "../../core/api/types";
import { useApp, useMessages } from "../../ui/context";
import { Notice } from "../../ui/States";

/** A part of the page that could not be asked for, in the server's own words. */
export function Failed({ error }: { error: ApiError }) {
  const { alerts, state } = useMessages();
  const { refresher } = useApp();
  return (
    <section className="card alerts-quiet" role="alert">
      <Notice
        icon={IconAlertOctagonFilled}
        tone="graphic-crit"
        title={alerts.failed}
        detail={error.kind === "query" ? error.message : state.answerUnreadableRemedy}
        action={
          <button type="button" className="btn small" onClick={() => refresher.refreshNow()}>
            {state.tryAgain}
          </button>
        }
      />
    </section>
  );
}
