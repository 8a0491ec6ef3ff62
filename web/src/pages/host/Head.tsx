import type { Locale } from "../../core/format/locale";
import { formatNumber } from "../../core/format/number";
import { bytes, joinQuantity } from "../../core/format/quantity";
import { duration } from "../../core/format/time";
import type { Readings } from "../../core/home/state";
import type { Messages } from "../../core/messages";
import { useLocale, useMessages } from "../../ui/context";
import { Freshness } from "../../ui/host/Freshness";
import { useHome } from "../../ui/host/state";

/** Plain facts about the host, and how fresh what we say is. */
export function Head() {
  const messages = useMessages();
  const locale = useLocale();
  const { readings } = useHome();
  const facts = readings === undefined ? "" : hostFacts(readings, messages, locale).join(" · ");
  return (
    <div className="board-facts" data-testid="host-facts">
      <p className="t2 cut grow" title={facts}>
        {facts}
      </p>
      <Freshness />
    </div>
  );
}

function hostFacts({ snapshot, threads, at }: Readings, { hostPage }: Messages, locale: Locale): readonly string[] {
  const uname = snapshot.labels("node_uname_info");
  const memory = snapshot.value("node_memory_MemTotal_bytes");
  const booted = snapshot.value("node_boot_time_seconds");
  return [
    snapshot.labels("node_os_info")?.["pretty_name"],
    uname === undefined ? undefined : `${uname["sysname"] ?? ""} ${uname["release"] ?? ""}`.trim(),
    uname?.["machine"],
    threads === undefined ? undefined : hostPage.threads(formatNumber(threads, 0, locale)),
    memory === undefined ? undefined : joinQuantity(bytes(memory, locale)),
    booted === undefined ? undefined : hostPage.up(duration(at - booted, locale)),
  ].filter((fact): fact is string => fact !== undefined && fact !== "");
}
