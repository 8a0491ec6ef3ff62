import { createRoot } from "react-dom/client";
import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./ui/ui.css";
import "./ui/board.css";
import "./charts/charts.css";
import "./shell/shell.css";
import "./ui/containers/containers.css";
import "./pages/home/home.css";
import "./pages/logs/logs.css";
import "./pages/alerts/alerts.css";
import { landingOf } from "./core/alerts/links";
import { App } from "./core/app";
import { DEFAULT_INTERVAL, INTERVALS } from "./core/refresh";
import type { Timers } from "./core/time/clock";
import { rangeFromSearch, rangeInSearch } from "./core/time/range";
import { openSocket } from "./shell/socket";
import { readSetting, writeSetting } from "./shell/settings";
import { Shell } from "./shell/Shell";

/** Takes an address of Alertmanager's or Prometheus' page for the one of ours that shows the same. */
function land(): void {
  const root = new URL("./", document.baseURI);
  const landing = landingOf({ path: location.pathname.slice(root.pathname.length), search: location.search, hash: location.hash });
  if (landing !== undefined) history.replaceState(null, "", new URL(landing, root));
}

land();
// Before any page hears of it.
addEventListener("popstate", land);

const timers: Timers = {
  now: () => Date.now() / 1000,
  after: (delay, callback) => {
    const timer = setTimeout(callback, delay * 1000);
    return () => clearTimeout(timer);
  },
};

function readInterval(): number {
  const stored = Number(readSetting("interval") ?? Number.NaN);
  return INTERVALS.find((seconds) => seconds === stored) ?? DEFAULT_INTERVAL;
}

const app = new App({
  fetch: (url, init) => fetch(url, init),
  openSocket,
  timers,
  range: rangeFromSearch(location.search),
  interval: readInterval(),
});

app.range.subscribe(() => history.replaceState(null, "", `${location.pathname}${rangeInSearch(app.range.get(), location.search)}`));
app.refresher.interval.subscribe(() => writeSetting("interval", String(app.refresher.interval.get())));
app.refresher.setVisible(!document.hidden);
document.addEventListener("visibilitychange", () => app.refresher.setVisible(!document.hidden));

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root element");
createRoot(root).render(<Shell app={app} />);
