import { expressionOfUrl } from "./expression";
import { type Place, searchOfPlace, START } from "./place";

/**
 * Where an address of Alertmanager's or Prometheus' own page leads here, relative to the site's root: messages and other
 * tools link to `/#/alerts?receiver=…`, `/#/silences/ID` and `/graph?g0.expr=…` below the external address. Undefined for
 * an address of ours. `path` is below the root, without the leading slash; `search` and `hash` are as the browser has them.
 */
export function landingOf({ path, search, hash }: { readonly path: string; readonly search: string; readonly hash: string }): string | undefined {
  const place = hash.startsWith("#/") ? placeOfHash(hash.slice(2)) : path === "graph" ? { ...START, tab: "rules" as const, filter: expressionOfUrl(search) ?? "" } : undefined;
  return place === undefined ? undefined : `alerts${searchOfPlace(place, "")}`;
}

function placeOfHash(hash: string): Place | undefined {
  const [path = "", search = ""] = hash.split(/\?(.*)/s);
  const params = new URLSearchParams(search);
  const [part, id, action] = path.split("/").filter((piece) => piece !== "").map(decoded);
  switch (part) {
    case undefined:
    case "alerts":
      return { ...START, filter: filterOf(params), receiver: params.get("receiver") ?? "", kind: params.get("active") === "false" ? "quiet" : undefined };
    case "silences":
      if (id === undefined) return { ...START, tab: "silences", filter: filterOf(params) };
      if (id === "new") return { ...START, tab: "silences", form: "new", filter: filterOf(params) };
      return { ...START, tab: "silences", silence: id, form: action === "edit" ? "edit" : undefined };
    case "status":
    case "settings":
      return { ...START, tab: "receivers" };
    default:
      return undefined;
  }
}

/** The conditions without the braces that Alertmanager's page puts around them. */
function filterOf(params: URLSearchParams): string {
  const text = (params.get("filter") ?? "").trim();
  return /^\{.*\}$/s.test(text) ? text.slice(1, -1).trim() : text;
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
