import { HeadlessMantineProvider } from "@mantine/core";
import IconAlertOctagonFilled from "@tabler/icons-react/icons/IconAlertOctagonFilled";
import { useEffect } from "react";
import type { App } from "../core/app";
import { PAGES, type PageEntry } from "../pages/registry";
import { SurroundingsProvider, useMessages } from "../ui/context";
import { Notice } from "../ui/States";
import { ErrorBoundary } from "./ErrorBoundary";
import { useLocaleChoice } from "./locale";
import { OfflineStrip } from "./OfflineStrip";
import { Rail, TabBar } from "./Rail";
import { useThemeState } from "./theme";
import { TopBar } from "./TopBar";

/** Everything around the pages. */
export function Shell({ app }: { app: App }) {
  const theme = useThemeState();
  const locale = useLocaleChoice();
  useEffect(() => app.refresher.add(app.self), [app]);
  return (
    <HeadlessMantineProvider>
      <SurroundingsProvider value={{ app, theme, locale }}>
        <Frame page={pageAt(location.pathname)} />
      </SurroundingsProvider>
    </HeadlessMantineProvider>
  );
}

function Frame({ page }: { page: PageEntry }) {
  const { nav } = useMessages();
  return (
    <div className="shell">
      <a className="btn skip" href="#content">
        {nav.skip}
      </a>
      <Rail current={page} />
      <div className={PAGES.length < 2 ? "main" : "main has-tabs"}>
        <TopBar page={page} />
        <main className="content" id="content" tabIndex={-1}>
          <ErrorBoundary fallback={<PageFailed />}>
            <page.Page />
          </ErrorBoundary>
        </main>
        <OfflineStrip />
      </div>
      <TabBar current={page} />
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

function pageAt(pathname: string): PageEntry {
  const last = pathname.split("/").at(-1) ?? "";
  return PAGES.find((page) => page.path === last) ?? PAGES[0];
}
