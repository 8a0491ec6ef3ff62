/** The languages the page speaks. A new one is one entry here and one message catalogue. */
export type Locale = "en" | "id";

export const LOCALES: readonly Locale[] = ["en", "id"];

/** How a language writes numbers, times and durations. */
export interface LocaleRules {
  /** Decimal mark: `3.98` or `3,98`. */
  readonly decimal: string;
  /** Mark between groups of three digits. */
  readonly group: string;
  /** Mark between hours and minutes: `14:12` or `14.12`. */
  readonly clock: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** Short month names, January first. */
  readonly months: readonly string[];
}

export const LOCALE_RULES: Record<Locale, LocaleRules> = {
  en: {
    decimal: ".",
    group: ",",
    clock: ":",
    day: "d",
    hour: "h",
    minute: "min",
    second: "s",
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  },
  id: {
    decimal: ",",
    group: ".",
    clock: ".",
    day: "hari",
    hour: "jam",
    minute: "mnt",
    second: "dtk",
    months: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
  },
};

export function isLocale(text: string): text is Locale {
  return (LOCALES as readonly string[]).includes(text);
}
