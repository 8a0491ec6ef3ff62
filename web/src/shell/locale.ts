import { useCallback, useState } from "react";
import { isLocale, type Locale } from "../core/format/locale";
import type { LocaleState } from "../ui/context";
import { writeSetting } from "./settings";

/** The language chosen, first by the browser's own. `public/theme.js` has set `lang` by then. */
export function useLocaleChoice(): LocaleState {
  const [locale, setLocale] = useState<Locale>(() => {
    const lang = document.documentElement.lang;
    return isLocale(lang) ? lang : "en";
  });
  const choose = useCallback((next: Locale) => {
    writeSetting("locale", next);
    document.documentElement.lang = next;
    setLocale(next);
  }, []);
  return { locale, choose };
}
