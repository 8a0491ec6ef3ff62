import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import IconAlertTriangleFilled from "@tabler/icons-react/icons/IconAlertTriangleFilled";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconHelpCircle from "@tabler/icons-react/icons/IconHelpCircle";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconPlayerPause from "@tabler/icons-react/icons/IconPlayerPause";
import IconPlayerStop from "@tabler/icons-react/icons/IconPlayerStop";
import IconTrash from "@tabler/icons-react/icons/IconTrash";
import type { TablerIcon } from "@tabler/icons-react";
import { useCallback } from "react";
import type { Container } from "../../core/containers/report";
import { endedBadly } from "../../core/containers/trouble";
import { formatNumber } from "../../core/format/number";
import { duration, moment } from "../../core/format/time";
import { Badge } from "../../ui/Badge";
import { stateWord } from "../../ui/containers/words";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { useNow } from "../../ui/useNow";
import { useContainerPage, useContainerState } from "./state";

type Tone = "ok" | "warn" | "crit" | "mute";

/** What the container is doing, since when, and what it is. */
export function ContainerHead({ hasNoStates }: { hasNoStates: boolean }) {
  const { containerPage } = useMessages();
  const { container } = useContainerPage();
  return (
    <div className="board-facts" data-testid="container-head">
      {container === null && <Removed />}
      {container !== null && container !== undefined && <Known container={container} />}
      {container === undefined && hasNoStates && (
        <>
          <Badge tone="mute" icon={IconHelpCircle}>
            {containerPage.stateUnknown}
          </Badge>
          <span className="grow" />
        </>
      )}
    </div>
  );
}

function Removed() {
  const { containerPage } = useMessages();
  const locale = useLocale();
  const { clock } = useApp();
  const { readings } = useContainerState();
  const last = readings?.lastSeen;
  return (
    <>
      <Badge tone="mute" icon={IconTrash}>
        {containerPage.removed}
      </Badge>
      <p className="t2 cut grow">
        {containerPage.removedDetail} {last !== undefined && readings?.tiles.has("memory") === false && containerPage.lastNumbers(duration(clock.now() - last, locale), moment(last, clock.now(), locale))}
      </p>
    </>
  );
}

function Known({ container }: { container: Container }) {
  const messages = useMessages();
  const { containerPage } = messages;
  const { clock } = useApp();
  const now = useNow(useCallback(() => clock.now(), [clock]));
  const { icon, tone } = signOf(container);
  const { health } = container;
  const facts = useFacts(container).join(" · ");
  return (
    <>
      <Badge tone={tone} icon={icon}>
        {stateWord(container, messages)}
      </Badge>
      {health !== "none" && (
        <Badge tone={health === "unhealthy" ? "crit" : health === "healthy" ? "ok" : "mute"} icon={health === "unhealthy" ? IconAlertOctagonFilled : health === "healthy" ? IconCircleCheck : IconHourglass}>
          {containerPage.health[health]}
        </Badge>
      )}
      <Since container={container} now={now} />
      <p className="t2 cut grow" title={facts}>
        {facts}
      </p>
    </>
  );
}

function Since({ container, now }: { container: Container; now: number }) {
  const { containerPage } = useMessages();
  const locale = useLocale();
  const isUp = container.state === "running" || container.state === "paused";
  const since = isUp ? container.startedMs : (container.finishedMs ?? container.createdMs);
  if (since === undefined) return null;
  const time = duration(now - since / 1000, locale);
  return (
    <span className="num board-since" title={moment(since / 1000, now, locale)}>
      {isUp ? containerPage.since(time) : containerPage.ago(time)}
    </span>
  );
}

function useFacts(container: Container): readonly string[] {
  const { containerPage } = useMessages();
  const locale = useLocale();
  const { image, project, service, restartPolicy, restarts, exitCode, oomKilled, pod, state, runtime } = container;
  const isOver = state !== "running" && state !== "paused";
  return [
    image,
    service === "" || service === project ? project : `${project}/${service}`,
    pod === "" ? "" : containerPage.pod(pod),
    runtime === "unknown" ? "" : runtime,
    restartPolicy === "" ? "" : containerPage.policy(restartPolicy),
    restarts === undefined || restarts === 0 ? "" : containerPage.restarts(formatNumber(restarts, 0, locale)),
    exitCode === undefined || state === "exited" ? "" : containerPage.exitCode(String(exitCode)),
    oomKilled && isOver ? containerPage.oom : "",
  ].filter((fact) => fact !== "");
}

/** Trouble is filled, peace is outlined. */
function signOf(container: Container): { readonly icon: TablerIcon; readonly tone: Tone } {
  switch (container.state) {
    case "running":
      return { icon: IconCircleCheck, tone: "ok" };
    case "restarting":
      return { icon: IconAlertTriangleFilled, tone: "warn" };
    case "dead":
      return { icon: IconAlertOctagonFilled, tone: "crit" };
    case "exited":
      return endedBadly(container) ? { icon: IconAlertOctagonFilled, tone: "crit" } : { icon: IconPlayerStop, tone: "mute" };
    case "paused":
      return { icon: IconPlayerPause, tone: "mute" };
    case "created":
    case "removing":
      return { icon: IconHourglass, tone: "mute" };
    case "unknown":
      return { icon: IconHelpCircle, tone: "mute" };
  }
}
