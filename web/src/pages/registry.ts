import type { TablerIcon } from "@tabler/icons-react";
import IconBell from "@tabler/icons-react/icons/IconBell";
import IconHome from "@tabler/icons-react/icons/IconHome";
import IconLogs from "@tabler/icons-react/icons/IconLogs";
import type { ComponentType } from "react";
import type { Messages } from "../core/messages";
import type { Route } from "../core/route";
import { Alerts } from "./alerts/Alerts";
import { ContainerPage } from "./container/ContainerPage";
import { Home } from "./home/Home";
import { HostPage } from "./host/HostPage";
import { Logs } from "./logs/Logs";

/** An entry of the rail. */
export interface RailEntry {
  readonly id: "home" | "logs" | "alerts";
  /** The last part of its address; empty for the first page. */
  readonly path: string;
  readonly icon: TablerIcon;
  title(messages: Messages): string;
}

/** What an address shows. */
export interface PageEntry<Page extends Route["page"] = Route["page"]> {
  /** The entry of the rail it belongs to. */
  readonly rail: RailEntry["id"];
  readonly Page: ComponentType<{ route: Extract<Route, { page: Page }> }>;
}

/** The rail, in its order. */
export const RAIL: readonly [RailEntry, ...RailEntry[]] = [
  { id: "home", path: "", icon: IconHome, title: (m) => m.nav.home },
  { id: "logs", path: "logs", icon: IconLogs, title: (m) => m.nav.logs },
  { id: "alerts", path: "alerts", icon: IconBell, title: (m) => m.nav.alerts },
];

/** All pages: a new one is a folder, a line here, one in `core/route.ts` and its address in `crates/api/src/ui.rs`. */
export const PAGES: { readonly [Page in Route["page"]]: PageEntry<Page> } = {
  home: { rail: "home", Page: Home },
  logs: { rail: "logs", Page: Logs },
  alerts: { rail: "alerts", Page: Alerts },
  host: { rail: "home", Page: HostPage },
  container: { rail: "home", Page: ContainerPage },
};
