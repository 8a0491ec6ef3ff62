import { HeadlessMantineProvider } from "@mantine/core";
import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import { type ComponentType, type MouseEvent, useEffect, useRef } from "react";
import type { App } from "../core/app";
import type { Route } from "../core/route";
import { PAGES, RAIL } from "../pages/registry";
import { SurroundingsProvider, useMessages } from "../ui/context";
import { Notice } from "../ui/States";
import { ErrorBoundary } from "./ErrorBoundary";
import { useLocaleChoice } from "./locale";
import { OfflineStrip } from "./OfflineStrip";
import { Rail, TabBar } from "./Rail";
import { useRoute } from "./router";
import { useThemeState } from "./theme";
import { TopBar } from "./TopBar";

/** Everything around the pages. */
export function Shell({ app }: { app: App }) {
  const theme = useThemeState();
  const locale = useLocaleChoice();
  useEffect(() => app.refresher.add(app.self), [app]);
  useEffect(() => app.refresher.add(app.alerts), [app]);
  const route = useRoute(app);
  return (
    <HeadlessMantineProvider>
      <SurroundingsProvider value={{ app, theme, locale }}>
        <Frame route={route} />
      </SurroundingsProvider>
    </HeadlessMantineProvider>
  );
}

function Frame({ route }: { route: Route }) {
  const { nav } = useMessages();
  const content = useRef<HTMLElement>(null);
  const { rail } = PAGES[route.page];
  // Each page takes the route it is entered under.
  const Page = PAGES[route.page].Page as ComponentType<{ route: Route }>;
  const address = JSON.stringify(route);
  useEffect(() => {
    // What it returns (a promise, in newer browsers) is no clean-up.
    void content.current?.scrollTo({ top: 0 });
  }, [address]);
  const skip = (event: MouseEvent) => {
    // Relative addresses mean the site's root, so the browser itself would leave the page.
    event.preventDefault();
    content.current?.focus();
  };
  return (
    <div className="shell">
      <a className="btn skip" href="#content" onClick={skip}>
        {nav.skip}
      </a>
      <Rail current={rail} />
      <div className={RAIL.length < 2 ? "main" : "main has-tabs"}>
        <TopBar route={route} />
        <main ref={content} className="content" id="content" tabIndex={-1}>
          <ErrorBoundary key={address} fallback={<PageFailed />}>
            <Page key={address} route={route} />
          </ErrorBoundary>
        </main>
        <OfflineStrip />
      </div>
      <TabBar current={rail} />
    </div>
  );
}

function PageFailed() {
  const { state } = useMessages();
  return (
    <Notice
      icon={IconAlertOctagonFilled}
      tone="graphic-crit"
      title={state.pageFailed}
      action={
        <button type="button" className="btn small" onClick={() => location.reload()}>
          {state.reload}
        </button>
      }
    />
  );
}
