import IconAdjustmentsHorizontal from "@tabler/icons-react/icons/IconAdjustmentsHorizontal";
import { LOCALES } from "../core/format/locale";
import { MESSAGES } from "../core/messages";
import type { PageEntry } from "../pages/registry";
import { type ThemeChoice, useLocaleState, useMessages, useTheme } from "../ui/context";
import { Icon } from "../ui/Icon";
import { RadioMenu, type RadioSection } from "../ui/RadioMenu";
import { RangeControl } from "./RangeControl";
import { RefreshControl, useIntervalSection } from "./RefreshControl";

/** Title left; time range, refresh, look and language right, always in this order. */
export function TopBar({ page }: { page: PageEntry }) {
  const messages = useMessages();
  return (
    <header className="top">
      <h1 className="grow cut">{page.title(messages)}</h1>
      <RangeControl />
      <RefreshControl />
      <SettingsMenu />
    </header>
  );
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
