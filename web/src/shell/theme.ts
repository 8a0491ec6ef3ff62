import { useCallback, useEffect, useState } from "react";
import type { ThemeChoice, ThemeState } from "../ui/context";
import { readSetting, writeSetting } from "./settings";

const PREFERS_LIGHT = "(prefers-color-scheme: light)";

/** The theme chosen and shown; keeps `data-theme` of the page in step with both choice and device. */
export function useThemeState(): ThemeState {
  const [choice, setChoice] = useState<ThemeChoice>(readChoice);
  const [prefersLight, setPrefersLight] = useState(() => matchMedia(PREFERS_LIGHT).matches);

  useEffect(() => {
    const query = matchMedia(PREFERS_LIGHT);
    const follow = () => setPrefersLight(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);

  const isLight = choice === "light" || (choice === "auto" && prefersLight);
  const shown = isLight ? "light" : "dark";
  // Before any child's effect reads the new colours.
  document.documentElement.dataset["theme"] = shown;

  const choose = useCallback((next: ThemeChoice) => {
    writeSetting("theme", next);
    setChoice(next);
  }, []);
  return { choice, shown, choose };
}

function readChoice(): ThemeChoice {
  const stored = readSetting("theme");
  return stored === "dark" || stored === "light" ? stored : "auto";
}
