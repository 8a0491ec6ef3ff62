import IconAdjustmentsHorizontal from "@tabler/icons-react/icons/IconAdjustmentsHorizontal";
import IconChevronLeft from "@tabler/icons-react/icons/IconChevronLeft";
import IconChevronRight from "@tabler/icons-react/icons/IconChevronRight";
import { useEffect } from "react";
import { LOCALES } from "../core/format/locale";
import { MESSAGES } from "../core/messages";
import { hostHref, type Route } from "../core/route";
import { rangeToSearch, type TimeRange } from "../core/time/range";
import type { Messages } from "../core/messages";
import { type ThemeChoice, useApp, useLocaleState, useMessages, useTheme } from "../ui/context";
import { Icon } from "../ui/Icon";
import { RadioMenu, type RadioSection } from "../ui/RadioMenu";
import { useCell } from "../ui/useCell";
import { RangeControl } from "./RangeControl";
import { RefreshControl, useIntervalSection } from "./RefreshControl";

/** Title or breadcrumb left; time range, refresh, look and language right, always in this order. */
export function TopBar({ route }: { route: Route }) {
  const messages = useMessages();
  const range = useCell(useApp().range);
  const { above, title } = placeOf(route, messages, range);
  useEffect(() => {
    document.title = above.length === 0 ? "Menara" : `${title} · Menara`;
  }, [above.length, title]);
  return (
    <header className="top">
      <div className="crumbs grow">
        {above.length > 0 && <Crumbs above={above} label={messages.nav.path} />}
        <h1 className="cut" title={above.length > 0 ? title : undefined}>
          {title}
        </h1>
      </div>
      <RangeControl />
      <RefreshControl />
      <SettingsMenu />
    </header>
  );
}

interface Crumb {
  readonly name: string;
  readonly href: string;
}

/** What lies above this page. A phone has room for the way back only. */
function Crumbs({ above, label }: { above: readonly Crumb[]; label: string }) {
  const nearest = above.at(-1);
  return (
    <nav aria-label={label} className="crumbs-above">
      {above.map((crumb) => (
        <span key={crumb.href} className="crumb no-phone">
          <a href={crumb.href} className="cut">
            {crumb.name}
          </a>
          <Icon of={IconChevronRight} size={12} />
        </span>
      ))}
      {nearest !== undefined && (
        <a href={nearest.href} className="btn icon-only quiet only-phone" aria-label={nearest.name}>
          <Icon of={IconChevronLeft} size={24} />
        </a>
      )}
    </nav>
  );
}

function placeOf(route: Route, { nav }: Messages, range: TimeRange): { readonly above: readonly Crumb[]; readonly title: string } {
  const hosts: Crumb = { name: nav.hosts, href: `./${rangeToSearch(range)}` };
  switch (route.page) {
    case "home":
    case "logs":
    case "alerts":
      return { above: [], title: nav[route.page] };
    case "host":
      return { above: [hosts], title: route.host };
    case "container":
      return { above: [hosts, { name: route.host, href: hostHref(route.host, range) }], title: route.container };
  }
}

function SettingsMenu() {
  const { settings } = useMessages();
  const look = [useThemeSection(), useLanguageSection()];
  const interval = useIntervalSection();
  // On a phone the refresh interval has no button of its own.
  return (
    <>
      <span className="no-phone">
        <RadioMenu target={<SettingsButton label={settings.open} />} sections={look} />
      </span>
      <span className="only-phone">
        <RadioMenu target={<SettingsButton label={settings.open} />} sections={[interval, ...look]} />
      </span>
    </>
  );
}

function SettingsButton({ label, ...rest }: { label: string }) {
  return (
    <button {...rest} type="button" className="btn icon-only quiet" aria-label={label} title={label}>
      <Icon of={IconAdjustmentsHorizontal} />
    </button>
  );
}

function useThemeSection(): RadioSection {
  const { settings } = useMessages();
  const theme = useTheme();
  return {
    title: settings.theme,
    value: theme.choice,
    options: (["auto", "dark", "light"] as const).map((value) => ({ value, label: settings[value] })),
    choose: (value) => theme.choose(value as ThemeChoice),
  };
}

function useLanguageSection(): RadioSection {
  const { settings } = useMessages();
  const { locale, choose } = useLocaleState();
  return {
    title: settings.language,
    value: locale,
    options: LOCALES.map((value) => ({ value, label: MESSAGES[value].language.name })),
    choose: (value) => {
      const chosen = LOCALES.find((candidate) => candidate === value);
      if (chosen !== undefined) choose(chosen);
    },
  };
}
