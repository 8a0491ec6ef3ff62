import { describe, expect, it } from "vitest";
import { MESSAGES } from "./index";

/** All messages as `path: text`; functions are called with a number that shows in the text. */
function flatten(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") return [[path, String((value as (...args: unknown[]) => unknown)(7, 8, 9))]];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, part]) => flatten(part, `${path}.${key}`));
}

describe.each(Object.entries(MESSAGES))("messages in %s", (_, messages) => {
  it.each(flatten(messages))("%s says something, without shouting", (_path, text) => {
    expect(text.trim()).toBe(text);
    expect(text).not.toBe("");
    expect(text).not.toMatch(/[!]|undefined/);
  });
});

it("every language uses what a message is given", () => {
  const english = new Map(flatten(MESSAGES.en));
  for (const [path, text] of flatten(MESSAGES.id)) {
    for (const given of ["7", "8", "9"]) {
      if (english.get(path)?.includes(given) === true) expect(text, path).toContain(given);
    }
  }
});
