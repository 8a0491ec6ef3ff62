import IconCloudOff from "@tabler/icons-react/icons/IconCloudOff";
import { clockTime, duration } from "../core/format/time";
import { useApp, useLocale, useMessages } from "../ui/context";
import { Icon } from "../ui/Icon";
import { useCell } from "../ui/useCell";
import { useNow } from "../ui/useNow";

/** Bottom strip while the server does not answer: how old the data is, and when the next try is. */
export function OfflineStrip() {
  const { refresher } = useApp();
  const connection = useCell(refresher.connection);
  if (connection.status !== "offline") return null;
  return <Strip refreshedAt={connection.refreshedAt} retryAt={connection.retryAt} retry={() => refresher.refreshNow()} />;
}

const readNow = () => Date.now() / 1000;

function Strip({ refreshedAt, retryAt, retry }: { refreshedAt: number | undefined; retryAt: number; retry: () => void }) {
  const { offline } = useMessages();
  const locale = useLocale();
  const left = Math.ceil(retryAt - useNow(readNow));
  const showing = refreshedAt === undefined ? offline.nothing : offline.showing(clockTime(refreshedAt, locale, true));
  return (
    <div className="offline" role="status" data-testid="offline">
      <Icon of={IconCloudOff} size={14} />
      <span className="medium">{offline.title}</span>
      <span className="t2 num">
        {showing} {left > 0 ? offline.retry(duration(left, locale)) : offline.retrying}
      </span>
      <button type="button" className="btn small end" onClick={retry}>
        {offline.tryNow}
      </button>
    </div>
  );
}
