import { useEffect, useMemo } from "react";
import { HomeTask } from "../../core/home/task";
import { useApp } from "../../ui/context";
import { About } from "./About";
import { Charts } from "./Charts";
import { Disks } from "./Disks";
import { Errors } from "./Errors";
import { HomeProvider } from "./state";
import { Tiles } from "./Tiles";
import { VerdictLine } from "./VerdictLine";

/** Home: is all well with this host, and if not, why. */
export function Home() {
  const { client, range, refresher } = useApp();
  const task = useMemo(() => new HomeTask(client, range.get), [client, range]);
  useEffect(() => refresher.add(task), [refresher, task]);
  return (
    <HomeProvider value={task}>
      <div className="home">
        <VerdictLine />
        <Tiles />
        <div className="home-grid">
          <Charts />
          <About />
        </div>
        <div className="home-foot">
          <Disks />
          <Errors />
        </div>
      </div>
    </HomeProvider>
  );
}
