import { createContext, use } from "react";
import type { App } from "../core/app";
import type { Locale } from "../core/format/locale";
import { MESSAGES, type Messages } from "../core/messages";

/** What a person can choose; `auto` follows the device. */
export type ThemeChoice = "auto" | "dark" | "light";

export interface ThemeState {
  readonly choice: ThemeChoice;
  /** What is on screen. */
  readonly shown: "dark" | "light";
  choose(choice: ThemeChoice): void;
}

export interface LocaleState {
  readonly locale: Locale;
  choose(locale: Locale): void;
}

/** Everything a component may need from outside itself. */
export interface Surroundings {
  readonly app: App;
  readonly theme: ThemeState;
  readonly locale: LocaleState;
}

const SurroundingsContext = createContext<Surroundings | null>(null);

export const SurroundingsProvider = SurroundingsContext.Provider;

function useSurroundings(): Surroundings {
  const surroundings = use(SurroundingsContext);
  if (surroundings === null) throw new Error("a component stands outside the shell");
  return surroundings;
}

export function useApp(): App {
  return useSurroundings().app;
}

export function useTheme(): ThemeState {
  return useSurroundings().theme;
}

export function useLocaleState(): LocaleState {
  return useSurroundings().locale;
}

export function useLocale(): Locale {
  return useSurroundings().locale.locale;
}

export function useMessages(): Messages {
  return MESSAGES[useLocale()];
}
