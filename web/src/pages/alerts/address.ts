import { useCallback, useEffect, useState } from "react";
import { type Place, placeFromSearch, searchOfPlace } from "../../core/alerts/place";
import { ADDRESS_CHANGED } from "../../shell/router";

/** Goes to a place; a `replace` is no step to go back to. */
export type Go = (change: Partial<Place>, how?: "push" | "replace") => void;

export function usePlace(): [Place, Go] {
  const [place, setPlace] = useState(() => placeFromSearch(location.search));
  useEffect(() => {
    const onBack = () => setPlace(placeFromSearch(location.search));
    addEventListener("popstate", onBack);
    addEventListener(ADDRESS_CHANGED, onBack);
    return () => {
      removeEventListener("popstate", onBack);
      removeEventListener(ADDRESS_CHANGED, onBack);
    };
  }, []);
  const go = useCallback<Go>((change, how = "push") => {
    const next = { ...placeFromSearch(location.search), ...change };
    const search = searchOfPlace(next, location.search);
    if (search !== location.search) history[how === "push" ? "pushState" : "replaceState"](null, "", `${location.pathname}${search}`);
    setPlace(next);
  }, []);
  return [place, go];
}
