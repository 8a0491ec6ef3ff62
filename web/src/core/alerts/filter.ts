import { type Entry, type Kind, KINDS, kindOf, type Section } from "./board";
import { matchesAll, parseMatchers } from "./matcher";
import { anchored } from "./regex";

/** What of the board is wanted. */
export interface BoardFilter {
  readonly kind: Kind | undefined;
  /** Conditions such as `severity="critical"`, or any text of labels and annotations. */
  readonly text: string;
  /** The name of a receiver, or a pattern for it; empty for all. */
  readonly receiver: string;
}

export const EVERYTHING: BoardFilter = { kind: undefined, text: "", receiver: "" };

/** The sections with only the entries that are wanted. */
export function chooseEntries(sections: readonly Section[], { kind, text, receiver }: BoardFilter): readonly Section[] {
  const meets = textTest(text);
  const isReceiver = receiverTest(receiver);
  return sections.flatMap((section) => {
    if (!section.receivers.some(isReceiver) && receiver !== "") return [];
    const entries = section.entries.filter((entry) => (kind === undefined || kindOf(entry) === kind) && meets(entry));
    return entries.length === 0 ? [] : [{ ...section, entries }];
  });
}

/** What reads as conditions is taken as such; as plain text it may match all the same, since `mountpoint=/srv` may be half written. */
function textTest(input: string): (entry: Entry) => boolean {
  const wanted = input.trim().toLowerCase();
  if (wanted === "") return () => true;
  const matchers = parseMatchers(input);
  return (entry) => textOf(entry).includes(wanted) || (matchers !== undefined && matchesAll(matchers, entry.alert.labels) === true);
}

function textOf({ alert }: Entry): string {
  return [...Object.entries(alert.labels).map(([name, value]) => `${name}=${value}`), ...Object.values(alert.annotations)].join("\n").toLowerCase();
}

function receiverTest(receiver: string): (name: string) => boolean {
  const pattern = anchored(receiver);
  return (name) => name === receiver || pattern?.test(name) === true;
}

/** The receivers that are told of something, by name. */
export function receiversOf(sections: readonly Section[]): readonly string[] {
  return [...new Set(sections.flatMap(({ receivers }) => receivers))].sort();
}

export function kindFrom(text: string | null): Kind | undefined {
  return KINDS.find((kind) => kind === text);
}
