import type { Locale } from "../format/locale";
import { en } from "./en";
import { id } from "./id";

/** The shape every language fills: a missing or misspelt message does not compile. */
export type Messages = typeof en;

export const MESSAGES: Record<Locale, Messages> = { en, id };
