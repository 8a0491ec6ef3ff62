/** What this browser remembers about the page. `public/theme.js` reads `theme` and `locale` too. */
export type Setting = "theme" | "locale" | "interval" | "wrap" | "containers" | "author";

/** Null where nothing is stored or storing is forbidden. */
export function readSetting(name: Setting): string | null {
  try {
    return localStorage.getItem(`menara.${name}`);
  } catch {
    return null;
  }
}

/** Where storing is forbidden the choice holds until the page is closed. */
export function writeSetting(name: Setting, value: string): void {
  try {
    localStorage.setItem(`menara.${name}`, value);
  } catch {
    // Nothing to do: the page works the same, it only forgets.
  }
}
