import { describe, expect, it } from "vitest";
import { containerHref, hostHref, routeOf, withParam } from "./route";
import { pinFromSearch, pinText } from "./timeline";

describe("routes", () => {
  it.each([
    ["", { page: "home" }],
    ["logs", { page: "logs" }],
    ["logs/", { page: "logs" }],
    ["hosts/bromo", { page: "host", host: "bromo" }],
    ["hosts/a%2Fb", { page: "host", host: "a/b" }],
    ["hosts/bromo/containers/immich-ml", { page: "container", host: "bromo", container: "immich-ml" }],
    ["hosts/bromo/containers/4bf92f3577b3", { page: "container", host: "bromo", container: "4bf92f3577b3" }],
    ["hosts", undefined],
    ["hosts/", undefined],
    ["hosts/bromo/containers", undefined],
    ["hosts/bromo/containers/", undefined],
    ["hosts/bromo/processes/1", undefined],
    ["hosts/bromo/containers/web/more", undefined],
    ["hosts/%E0%A4%A", undefined],
    ["metrics", undefined],
  ])("%s", (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  it("lead back to what they were made of, with the time kept", () => {
    const live = { kind: "live", seconds: 3600 } as const;
    const fixed = { kind: "fixed", from: 1000, to: 2000 } as const;
    for (const name of ["bromo", "a/b c", "späti", "100%"]) {
      expect(routeOf(hostHref(name, live))).toEqual({ page: "host", host: name });
      expect(routeOf(containerHref(name, name, live))).toEqual({ page: "container", host: name, container: name });
    }
    expect(hostHref("bromo", fixed)).toBe("hosts/bromo?from=1000&to=2000");
    expect(containerHref("bromo", "web", { kind: "live", seconds: 900 })).toBe("hosts/bromo/containers/web?range=900");
  });

  it.each([
    ["", "tab", "disks", "?tab=disks"],
    ["?range=900&tab=disks", "tab", "logs", "?range=900&tab=logs"],
    ["?range=900&tab=disks", "tab", undefined, "?range=900"],
    ["?tab=disks", "tab", undefined, ""],
  ])("%s with %s %s is %s", (search, name, value, expected) => {
    expect(withParam(search, name, value)).toBe(expected);
  });
});

describe("a held moment", () => {
  it.each([
    ["?at=1795592591.25", 1795592591.25],
    ["?range=900&at=5", 5],
    ["", undefined],
    ["?at=", undefined],
    ["?at=soon", undefined],
    ["?at=-1", undefined],
  ])("%s", (search, at) => {
    expect(pinFromSearch(search)).toBe(at);
  });

  it("is kept to the millisecond", () => {
    expect(pinText(1795592591.2504)).toBe("1795592591.25");
    expect(pinText(undefined)).toBeUndefined();
  });
});
