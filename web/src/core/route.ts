import { rangeToSearch, type Span, type TimeRange } from "./time/range";

/** Which page an address names. */
export type Route =
  | { readonly page: "home" }
  | { readonly page: "logs" }
  | { readonly page: "alerts" }
  | { readonly page: "host"; readonly host: string }
  | {
      readonly page: "container";
      readonly host: string;
      /** Its name or, where it has none, the first 12 digits of its id. */
      readonly container: string;
    };

/** Reads a path below the site's root, without the leading slash; undefined where no page is. */
export function routeOf(path: string): Route | undefined {
  const parts = path.replace(/\/$/, "").split("/").map(decode);
  const [first, host, kind, container] = parts;
  if (parts.some((part) => part === undefined)) return undefined;
  if (parts.length === 1) return first === "" ? { page: "home" } : first === "logs" || first === "alerts" ? { page: first } : undefined;
  if (first !== "hosts" || host === undefined || host === "") return undefined;
  if (parts.length === 2) return { page: "host", host };
  const isContainer = parts.length === 4 && kind === "containers" && container !== undefined && container !== "";
  return isContainer ? { page: "container", host, container } : undefined;
}

/** The address of a host's page, relative to the site's root. The time goes along. */
export function hostHref(host: string, range: TimeRange): string {
  return `hosts/${encodeURIComponent(host)}${rangeToSearch(range)}`;
}

/** The address of a container's page, relative to the site's root. The time goes along. */
export function containerHref(host: string, container: string, range: TimeRange): string {
  return `hosts/${encodeURIComponent(host)}/containers/${encodeURIComponent(container)}${rangeToSearch(range)}`;
}

/** The address of an alert on its page, relative to the site's root. The time goes along. */
export function alertHref(id: string, range: TimeRange): string {
  return `alerts${withParam(rangeToSearch(range), "alert", id)}`;
}

/** An address with an instant held on its time axis; unchanged where the instant lies outside of the range. */
export function heldAt(href: string, at: number, span: Span): string {
  if (at < span.from || at > span.to) return href;
  return `${href}${href.includes("?") ? "&" : "?"}at=${Math.round(at)}`;
}

/** An address with one parameter set, or taken out where it has no value. */
export function withParam(search: string, name: string, value: string | undefined): string {
  const params = new URLSearchParams(search);
  if (value === undefined) params.delete(name);
  else params.set(name, value);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
