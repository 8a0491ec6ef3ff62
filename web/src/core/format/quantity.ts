import { LOCALE_RULES, type Locale } from "./locale";
import { formatNumber, readableDecimals } from "./number";

/** A number as it is shown: the digits and the unit apart, so that the unit can be set smaller. */
export interface Quantity {
  readonly text: string;
  /** Empty for a pure number. */
  readonly unit: string;
}

/** `text unit`, with the space that belongs before a unit. */
export function joinQuantity(quantity: Quantity): string {
  return quantity.unit === "" ? quantity.text : `${quantity.text} ${quantity.unit}`;
}

/** Per cent given as 0 to 100: `9.7 %`, `63 %`. */
export function percent(value: number, locale: Locale): Quantity {
  return { text: formatNumber(value, readableDecimals(value), locale), unit: "%" };
}

/** A pure number with two decimals, such as load per core. */
export function ratio(value: number, locale: Locale): Quantity {
  return { text: formatNumber(value, 2, locale), unit: "" };
}

export function celsius(value: number, locale: Locale): Quantity {
  return { text: formatNumber(value, 0, locale), unit: "°C" };
}

/** A step of a unit ladder: how many base units one of it holds. */
export interface Scale {
  readonly unit: string;
  readonly size: number;
}

const RATE_SCALES: readonly Scale[] = [
  { unit: "B/s", size: 1 },
  { unit: "kB/s", size: 1e3 },
  { unit: "MB/s", size: 1e6 },
  { unit: "GB/s", size: 1e9 },
];

const MEMORY_SCALES: readonly Scale[] = [
  { unit: "B", size: 1 },
  { unit: "KiB", size: 1024 },
  { unit: "MiB", size: 1024 ** 2 },
  { unit: "GiB", size: 1024 ** 3 },
  { unit: "TiB", size: 1024 ** 4 },
];

/** The largest scale under which the value still shows at least one whole unit. */
function pickScale(value: number, scales: readonly Scale[], shownBelow: number): Scale {
  let picked = scales[0] as Scale;
  for (const scale of scales) {
    if (Math.abs(value) / scale.size >= shownBelow) picked = scale;
  }
  return picked;
}

/** The scale for a chart whose largest value is `peak` bytes per second. */
export function rateScale(peak: number): Scale {
  // 999.95 and more would round to 1,000.0, so the next unit begins there.
  return pickScale(peak, RATE_SCALES, 0.99995);
}

/** The scale for a chart whose largest value is `peak` bytes. */
export function memoryScale(peak: number): Scale {
  return pickScale(peak, MEMORY_SCALES, 1);
}

/** Bytes per second in decimal units with one decimal: `18.6 MB/s`; whole below 1 kB/s. */
export function byteRate(value: number, locale: Locale): Quantity {
  const scale = rateScale(value);
  const decimals = scale.size === 1 ? 0 : 1;
  return { text: formatNumber(value / scale.size, decimals, locale), unit: scale.unit };
}

/** Bytes in binary units with two or one decimals: `3.98 GiB`, `28.1 GiB`, `412 GiB`. */
export function bytes(value: number, locale: Locale): Quantity {
  const scale = memoryScale(value);
  const shown = value / scale.size;
  return { text: formatNumber(shown, scale.size === 1 ? 0 : bytesDecimals(shown), locale), unit: scale.unit };
}

/** A limit in bytes: a whole number of its unit, as limits are set, without decimals: `4 GiB`, `1.50 GiB`. */
export function limitBytes(value: number, locale: Locale): Quantity {
  const scale = memoryScale(value);
  const shown = value / scale.size;
  return Number.isInteger(shown) ? { text: formatNumber(shown, 0, locale), unit: scale.unit } : bytes(value, locale);
}

/** A part and its whole in the unit of the whole: `28.1 of 32.0 GiB`. */
export function bytesPair(part: number, whole: number, locale: Locale): { part: string; whole: string; unit: string } {
  const scale = memoryScale(whole);
  const decimals = bytesDecimals(whole / scale.size);
  return {
    part: formatNumber(part / scale.size, decimals, locale),
    whole: formatNumber(whole / scale.size, decimals, locale),
    unit: scale.unit,
  };
}

/** Bytes in decimal megabytes, as the foot of the rail shows Menara's own memory. */
export function megabytes(value: number, locale: Locale): Quantity {
  return { text: formatNumber(value / 1e6, 0, locale), unit: "MB" };
}

/** A short span given in seconds: `31 ms`, `2.4 s`. */
export function milliseconds(seconds: number, locale: Locale): Quantity {
  if (seconds < 0.9995) return { text: formatNumber(seconds * 1000, seconds < 0.00995 ? 1 : 0, locale), unit: "ms" };
  return { text: formatNumber(seconds, readableDecimals(seconds), locale), unit: LOCALE_RULES[locale].second };
}

function bytesDecimals(shown: number): number {
  if (Math.abs(shown) < 9.995) return 2;
  return Math.abs(shown) < 99.95 ? 1 : 0;
}
