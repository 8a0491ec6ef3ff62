import { useEffect, useState } from "react";
import type { App } from "../core/app";
import { routeOf, type Route } from "../core/route";
import { rangeFromSearch, rangeToSearch } from "../core/time/range";

/** Told to the window when a link has changed the address; going back is told by `popstate`. */
export const ADDRESS_CHANGED = "addresschanged";

const FIRST: Route = { page: "home" };

/** The page of the address bar. Links between pages change it without loading everything anew. */
export function useRoute(app: App): Route {
  const [route, setRoute] = useState(() => routeOfUrl(new URL(location.href)) ?? FIRST);
  useEffect(() => {
    const show = () => {
      const range = rangeFromSearch(location.search);
      if (rangeToSearch(range) !== rangeToSearch(app.range.get())) app.range.set(range);
      const next = routeOfUrl(new URL(location.href)) ?? FIRST;
      setRoute((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    const onClick = (event: MouseEvent) => {
      const url = targetOf(event);
      if (url === undefined || routeOfUrl(url) === undefined) return;
      event.preventDefault();
      if (url.href !== location.href) history.pushState(null, "", url.href);
      show();
      // For a page that stays, but shows another part of itself.
      dispatchEvent(new Event(ADDRESS_CHANGED));
    };
    document.addEventListener("click", onClick);
    addEventListener("popstate", show);
    return () => {
      document.removeEventListener("click", onClick);
      removeEventListener("popstate", show);
    };
  }, [app]);
  return route;
}

/** Where a plain click on a link leads; undefined for every other click. */
function targetOf(event: MouseEvent): URL | undefined {
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!isPlain || event.defaultPrevented || link === null || link.target !== "" || link.hasAttribute("download")) return undefined;
  const url = new URL(link.href);
  return url.origin === location.origin ? url : undefined;
}

/** The page of an address; undefined where it lies outside of this site or names none. */
export function routeOfUrl(url: URL): Route | undefined {
  const root = new URL("./", document.baseURI).pathname;
  return url.pathname.startsWith(root) ? routeOf(url.pathname.slice(root.length)) : undefined;
}
