import { describe, expect, it } from "vitest";
import type { Alert } from "./alert";
import { faultOf, type Matcher, matcherText, matches, matchesAll, parseMatchers, unknownIn } from "./matcher";
import { previewOf } from "./preview";
import { anchored } from "./regex";

const matcher = (text: string): Matcher => parseMatchers(text)?.[0] as Matcher;

describe("a condition", () => {
  it.each([
    ['name="web"', { name: "web" }, true],
    ['name="web"', { name: "web2" }, false],
    ['name=""', {}, true],
    ['name=""', { name: "web" }, false],
    ['name!="web"', {}, true],
    ['name!=""', {}, false],
    ['name=~"we"', { name: "web" }, false],
    ['name=~"we.*"', { name: "web" }, true],
    ['name=~"a|web"', { name: "web" }, true],
    ['name=~"a|b"', { name: "ab" }, false],
    ['name=~".*"', {}, true],
    ['name=~".+"', {}, false],
    ['name!~"we.*"', { name: "web" }, false],
    ['name!~"we.*"', {}, true],
    ['name=~"(?i)WEB"', { name: "web" }, true],
    ['name=~"[[:alpha:]]+"', { name: "web" }, true],
    ['name=~"[[:alpha:]]+"', { name: "we1" }, false],
    ['name=~"a.b"', { name: "a\nb" }, false],
    ['name=~"(?s)a.b"', { name: "a\nb" }, true],
  ] as const)("%s on %o is %s", (text, labels, expected) => expect(matches(matcher(text), labels)).toBe(expected));

  it("cannot be told where its pattern is not understood", () => {
    expect(matches(matcher('name=~"("'), { name: "(" })).toBeUndefined();
    expect(matchesAll([matcher('name=~"("'), matcher('a="1"')], { a: "1" })).toBeUndefined();
    expect(matchesAll([matcher('name=~"("'), matcher('a="1"')], { a: "2" })).toBe(false);
  });
});

describe("patterns of the alert manager", () => {
  it.each([
    ["\\d+", "12", true],
    ["a\\-b", "a-b", true],
    ["\\Qa.b\\E+", "a.bb", true],
    ["\\Qa.b\\E", "axb", false],
    ["(?P<x>a)b", "ab", true],
    ["[]a]+", "]a", true],
    ["[^]a]", "b", true],
    ["[a[b]", "[", true],
    ["a{2}", "aa", true],
    ["a{", "a{", true],
    ["x{y}", "x{y}", true],
    ["\\x41\\x{1F600}", "A😀", true],
    ["\\pL+", "né", true],
    ["\\p{Greek}", "λ", true],
    ["\\Aab\\z", "ab", true],
    [".", "😀", true],
    ["[\\s\\d]+", "1 2", true],
  ])("%s on %s is %s", (pattern, text, expected) => expect(anchored(pattern)?.test(text)).toBe(expected));

  it.each(["(?=a)", "(?<!a)b", "(a)\\1", "[a", "*", "\\", "[[:nothing:]]", "a\\Z"])("%s is refused", (pattern) => expect(anchored(pattern)).toBeUndefined());
});

describe("written conditions", () => {
  it.each([
    ["name=web", [{ name: "name", op: "=", value: "web" }]],
    ['{ a="1", b!~"x,y" }', [{ name: "a", op: "=", value: "1" }, { name: "b", op: "!~", value: "x,y" }]],
    ['a="q\\"\\\\\\n"', [{ name: "a", op: "=", value: 'q"\\\n' }]],
    ['"odd name"="x"', [{ name: "odd name", op: "=", value: "x" }]],
    ["a=", [{ name: "a", op: "=", value: "" }]],
  ] as const)("%s", (text, expected) => expect(parseMatchers(text)).toEqual(expected));

  it.each(["", "a", "=x", 'a="x', "a=x b=y=", "{}"])("%s is none", (text) => expect(parseMatchers(text)).toBeUndefined());

  it("come back as they were", () => {
    for (const one of [matcher('a="q\\"\\\\\\n"'), matcher('a=~"x|y"')]) expect(parseMatchers(matcherText(one))).toEqual([one]);
  });

  it.each([
    [[], "none"],
    [['a=~".*"'], "everything"],
    [['a!="x"'], "everything"],
    [['a=~"("'], undefined],
    [['a=~".*"', 'b="x"'], undefined],
  ] as const)("%o has the fault %s", (texts, kind) => expect(faultOf(texts.map(matcher))).toBe(kind));

  it("name the one that is not understood", () => {
    expect(unknownIn([matcher("a=1"), matcher('b=~"("')])).toEqual({ name: "b", op: "=~", value: "(" });
    expect(unknownIn([matcher("a=1")])).toBeUndefined();
  });
});

describe("what a silence hides", () => {
  const alert = (name: string, labels: Record<string, string>, more: Partial<Alert> = {}): Alert => ({ id: name, labels: { alertname: name, ...labels }, annotations: {}, startsAt: 0, endsAt: undefined, updatedAt: undefined, generatorUrl: "", receivers: [], silencedBy: [], inhibitedBy: [], mutedBy: [], ...more });
  const alerts = [
    alert("Near", { instance: "bromo", name: "ml" }),
    alert("Killed", { instance: "bromo", name: "ml" }),
    alert("Old", { instance: "bromo", name: "ml" }, { silencedBy: ["s"] }),
    alert("Disk", { instance: "rinjani" }),
  ];
  const names = (list: readonly Alert[]) => list.map(({ id }) => id);

  it("is what meets every condition and is loud now", () => {
    const preview = previewOf([matcher("instance=bromo"), matcher("name=ml")], alerts);
    expect(names(preview.hides)).toEqual(["Near", "Killed"]);
    expect(names(preview.hiddenAlready)).toEqual(["Old"]);
    expect(preview.staysLoud).toEqual([]);
  });

  it("leaves loud what is about the same, and tells why", () => {
    const preview = previewOf([matcher("alertname=Near")], alerts);
    expect(names(preview.hides)).toEqual(["Near"]);
    expect(preview.staysLoud.map(({ alert: { id }, matcher: { name } }) => [id, name])).toEqual([["Killed", "alertname"]]);
  });

  it("is nothing without conditions, or with one that cannot be told", () => {
    expect(previewOf([], alerts).hides).toEqual([]);
    expect(previewOf([matcher('name=~"("')], alerts).hides).toEqual([]);
  });
});
