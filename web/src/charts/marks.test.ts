import { expect, it } from "vitest";
import { apart } from "./marks";

it("of marks on the same spot only the gravest is drawn", () => {
  const places = [
    { x: 10, tone: "info" },
    { x: 12, tone: "crit" },
    { x: 13, tone: "warn" },
    { x: 40, tone: "mute" },
    { x: 41, tone: "mute" },
  ] as const;
  expect(apart([...places].reverse(), 3)).toEqual([places[1], places[3]]);
});
