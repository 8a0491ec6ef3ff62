import { countEntries } from "../core/alerts/board";
import { formatNumber } from "../core/format/number";
import { percent, megabytes, joinQuantity } from "../core/format/quantity";
import { rangeToSearch } from "../core/time/range";
import { RAIL, type RailEntry } from "../pages/registry";
import { useApp, useLocale, useMessages } from "../ui/context";
import { Icon } from "../ui/Icon";
import { useCell } from "../ui/useCell";
import { Logo } from "./Logo";

/** Left edge: where one can go, and at the foot what Menara itself uses. */
export function Rail({ current }: { current: RailEntry["id"] }) {
  const { nav } = useMessages();
  return (
    <nav className="rail" aria-label={nav.main}>
      <a className="rail-logo" href="./">
        <Logo />
      </a>
      <PageLinks current={current} className="rail-entry" iconSize={20} />
      <SelfUse />
    </nav>
  );
}

/** The same entries at the bottom of a phone; with a single page there is nothing to choose. */
export function TabBar({ current }: { current: RailEntry["id"] }) {
  const { nav } = useMessages();
  if (RAIL.length < 2) return null;
  return (
    <nav className="tabbar" aria-label={nav.main}>
      <PageLinks current={current} className="tab-entry" iconSize={24} />
    </nav>
  );
}

function PageLinks(props: { current: RailEntry["id"]; className: string; iconSize: 20 | 24 }) {
  const messages = useMessages();
  // The time goes along.
  const search = rangeToSearch(useCell(useApp().range));
  return RAIL.map((page) => (
    <a
      key={page.id}
      className={props.className}
      href={`${page.path === "" ? "./" : page.path}${search}`}
      aria-current={page.id === props.current ? "page" : undefined}
    >
      <Icon of={page.icon} size={props.iconSize} />
      <span>{page.title(messages)}</span>
      {page.id === "alerts" && <FiringCount />}
    </a>
  ));
}

/** How many alerts fire. */
function FiringCount() {
  const { alerts } = useMessages();
  const locale = useLocale();
  const { board } = useCell(useApp().alerts.state);
  const { firing } = countEntries(board ?? []);
  if (firing === 0) return null;
  const count = formatNumber(firing, 0, locale);
  return (
    <span className="rail-count num" aria-label={alerts.firingCount(count)} data-testid="firing">
      {count}
    </span>
  );
}

function SelfUse() {
  const { self } = useMessages();
  const locale = useLocale();
  const use = useCell(useApp().self.state);
  const title = use.version === "" ? self.title : `${self.title} · ${use.version}`;
  return (
    <div className="rail-self" title={title} data-testid="self">
      {use.memoryBytes !== undefined && <b>{joinQuantity(megabytes(use.memoryBytes, locale))}</b>}
      {use.cpuCores !== undefined && self.core(joinQuantity(percent(use.cpuCores * 100, locale)))}
    </div>
  );
}
