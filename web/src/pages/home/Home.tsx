import { useEffect, useMemo } from "react";
import type { Section } from "../../core/alerts/board";
import { thingsOf } from "../../core/alerts/things";
import { HomeTask } from "../../core/home/task";
import { readSetting, writeSetting } from "../../shell/settings";
import { useApp } from "../../ui/context";
import { ContainersCard } from "../../ui/containers/ContainersCard";
import { isOld, useContainers } from "../../ui/containers/useContainers";
import { useAlerts } from "../../ui/alerts/useAlerts";
import { About } from "./About";
import { Charts } from "../../ui/host/Charts";
import { Disks } from "../../ui/host/Disks";
import { Errors } from "./Errors";
import { HomeProvider } from "../../ui/host/state";
import { Tiles } from "../../ui/host/Tiles";
import { AlertStrip } from "./AlertStrip";
import { VerdictLine } from "./VerdictLine";

/** Home: is all well with this host, and if not, why. */
export function Home() {
  const { client, range, refresher } = useApp();
  const task = useMemo(() => new HomeTask(client, range.get), [client, range]);
  useEffect(() => refresher.add(task), [refresher, task]);
  return (
    <HomeProvider value={task}>
      <div className="home">
        <Verdict />
        <Tiles />
        <Main />
        <div className="home-grid">
          <Charts />
          <About />
        </div>
      </div>
    </HomeProvider>
  );
}

/** So many fit on a screen of 900 pixels together with the numbers and the first charts. */
const SHOWN_CONTAINERS = 11;

/** Up to so many leave room: what stands beside a long table then stands below. */
const FEW_CONTAINERS = 4;

function Main() {
  const { rows } = useContainers();
  const { board } = useAlerts();
  // The cards of what fires take the room of a row.
  const isFiring = thingsOf(board ?? NOTHING).length > 0;
  // The place is kept as it was last time until the containers are there, so that nothing moves then.
  const count = rows?.length ?? Number(readSetting("containers") ?? Number.NaN);
  useEffect(() => {
    if (rows !== undefined) writeSetting("containers", String(rows.length));
  }, [rows]);
  return (
    <div className={count <= FEW_CONTAINERS ? "home-main few" : "home-main"}>
      <ContainersCard most={isFiring ? SHOWN_CONTAINERS - 1 : SHOWN_CONTAINERS} />
      <div className="home-side">
        <Errors />
        <Disks />
      </div>
    </div>
  );
}

const NOTHING: readonly Section[] = [];

/** The first sentence, which is about the containers and what fires too. */
function Verdict() {
  const known = useContainers();
  const { board } = useAlerts();
  return (
    <div className="verdict-row">
      <VerdictLine containers={isOld(known) ? undefined : known.rows} board={board ?? NOTHING} />
      <AlertStrip />
    </div>
  );
}
