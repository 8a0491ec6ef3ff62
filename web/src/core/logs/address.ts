import { rangeToSearch, type TimeRange } from "../time/range";

/** All lines of all services: what the page shows before anyone asked for less. */
export const EVERYTHING = '{service_name=~".+"}';

/** The query of an address `?query=…`; everything where there is none. */
export function queryFromSearch(search: string): string {
  const query = new URLSearchParams(search).get("query")?.trim() ?? "";
  return query === "" ? EVERYTHING : query;
}

/** The address form of a query and a range; what is the default is left out. */
export function logsSearch(query: string, range: TimeRange): string {
  const params = new URLSearchParams(rangeToSearch(range));
  if (query !== EVERYTHING) params.set("query", query);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** A relative address of the page Logs. */
export function logsHref(query: string, range: TimeRange): string {
  return `logs${logsSearch(query, range)}`;
}
