import { LOCALE_RULES, type Locale } from "./locale";

/** What stands where a value is missing. */
export const MISSING = "–";

const MINUS = "−";

/**
 * Writes a number with exactly `decimals` digits after the mark, grouped by thousands,
 * with a real minus sign. Values that are not finite numbers are written as missing.
 */
export function formatNumber(value: number, decimals: number, locale: Locale): string {
  if (!Number.isFinite(value)) return MISSING;
  const rules = LOCALE_RULES[locale];
  const [whole = "0", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, rules.group);
  const digits = fraction === undefined ? grouped : `${grouped}${rules.decimal}${fraction}`;
  const isZero = /^[0.,]*$/.test(digits);
  return value < 0 && !isZero ? `${MINUS}${digits}` : digits;
}

/** Digits after the mark that keep about three figures readable: 9.7, 63, 812. */
export function readableDecimals(value: number): number {
  return Math.abs(value) < 9.95 ? 1 : 0;
}
