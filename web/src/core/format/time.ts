import { LOCALE_RULES, type Locale } from "./locale";

/** Seconds of the units a duration is written in, largest first. */
const DAY = 86400;
const HOUR = 3600;
const MINUTE = 60;

/** A span in seconds with two units at most: `12 d 4 h`, `5 min`, `8 s`. */
export function duration(seconds: number, locale: Locale): string {
  const rules = LOCALE_RULES[locale];
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= DAY) return pair(whole, DAY, rules.day, HOUR, rules.hour);
  if (whole >= HOUR) return pair(whole, HOUR, rules.hour, MINUTE, rules.minute);
  if (whole >= 10 * MINUTE) return `${Math.floor(whole / MINUTE)} ${rules.minute}`;
  if (whole >= MINUTE) return pair(whole, MINUTE, rules.minute, 1, rules.second);
  return `${whole} ${rules.second}`;
}

/** A span in seconds as its largest unit only, for narrow columns: `12 d`, `5 min`, `8 s`. */
export function roughDuration(seconds: number, locale: Locale): string {
  const rules = LOCALE_RULES[locale];
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= DAY) return `${Math.floor(whole / DAY)} ${rules.day}`;
  if (whole >= HOUR) return `${Math.floor(whole / HOUR)} ${rules.hour}`;
  return whole >= MINUTE ? `${Math.floor(whole / MINUTE)} ${rules.minute}` : `${whole} ${rules.second}`;
}

function pair(whole: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const head = `${Math.floor(whole / big)} ${bigUnit}`;
  const rest = Math.floor((whole % big) / small);
  return rest === 0 ? head : `${head} ${rest} ${smallUnit}`;
}

/** Time of day in the viewer's zone, 24 hours: `14:12` or `14.12`. `time` is unix seconds. */
export function clockTime(time: number, locale: Locale, withSeconds = false): string {
  const date = new Date(time * 1000);
  const mark = LOCALE_RULES[locale].clock;
  const parts = [date.getHours(), date.getMinutes()];
  if (withSeconds) parts.push(date.getSeconds());
  return parts.map((part) => String(part).padStart(2, "0")).join(mark);
}

/** Day and month in the viewer's zone: `24 Nov`. */
export function calendarDay(time: number, locale: Locale): string {
  const date = new Date(time * 1000);
  return `${date.getDate()} ${LOCALE_RULES[locale].months[date.getMonth()] ?? ""}`;
}

/** Time of day, with the day in front when it is not the day of `now`. */
export function moment(time: number, now: number, locale: Locale): string {
  const clock = clockTime(time, locale);
  return isSameDay(time, now) ? clock : `${calendarDay(time, locale)} ${clock}`;
}

/** An instant on a time axis, as fine as the distance `step` (seconds) of its ticks needs. */
export function axisTime(time: number, step: number, locale: Locale): string {
  if (step < 60) return clockTime(time, locale, true);
  if (step >= 86400) return calendarDay(time, locale);
  const date = new Date(time * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  return isMidnight ? calendarDay(time, locale) : clockTime(time, locale);
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a * 1000).toDateString() === new Date(b * 1000).toDateString();
}
