import type { TablerIcon } from "@tabler/icons-react";
import IconHome from "@tabler/icons-react/icons/IconHome";
import IconLogs from "@tabler/icons-react/icons/IconLogs";
import type { ComponentType } from "react";
import type { Messages } from "../core/messages";
import { Home } from "./home/Home";
import { Logs } from "./logs/Logs";

/** A page: an entry in the rail and what it shows. */
export interface PageEntry {
  readonly id: string;
  /** The last part of its address; empty for the first page. */
  readonly path: string;
  readonly icon: TablerIcon;
  title(messages: Messages): string;
  readonly Page: ComponentType;
}

/** All pages in the order of the rail: a new page is one file and one line here. */
export const PAGES: readonly [PageEntry, ...PageEntry[]] = [
  { id: "home", path: "", icon: IconHome, title: (m) => m.nav.home, Page: Home },
  { id: "logs", path: "logs", icon: IconLogs, title: (m) => m.nav.logs, Page: Logs },
];
