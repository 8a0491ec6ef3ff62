import { ApiError } from "../api/types";
import { instant, isRecord, type Json, text } from "./json";
import { type Matcher, matcherBody, matcherText, readMatcher } from "./matcher";

export const SILENCE_STATES = ["active", "pending", "expired"] as const;
export type SilenceState = (typeof SILENCE_STATES)[number];

/** Hides the alerts that meet all its conditions for a while. Times are unix seconds. */
export interface Silence {
  readonly id: string;
  readonly state: SilenceState;
  readonly matchers: readonly Matcher[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** What a person asks for. */
export interface Draft {
  /** The silence that is changed; undefined for a new one. */
  readonly id?: string | undefined;
  readonly matchers: readonly Matcher[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** Reads `/api/v2/silences`: what is in force first, then what comes, then what is over, each by its end. */
export function readSilences(body: unknown): readonly Silence[] {
  if (!Array.isArray(body)) throw new ApiError("malformed", "the answer holds no list of silences");
  return body.filter(isRecord).map(readSilence).sort(compare);
}

function readSilence(one: Json): Silence {
  const status = isRecord(one["status"]) ? text(one["status"]["state"]) : "";
  return {
    id: text(one["id"]),
    state: SILENCE_STATES.find((state) => state === status) ?? "expired",
    matchers: Array.isArray(one["matchers"]) ? one["matchers"].map(readMatcher) : [],
    startsAt: instant(one["startsAt"]) ?? 0,
    endsAt: instant(one["endsAt"]) ?? 0,
    createdBy: text(one["createdBy"]),
    comment: text(one["comment"]),
  };
}

function compare(a: Silence, b: Silence): number {
  const order = SILENCE_STATES.indexOf(a.state) - SILENCE_STATES.indexOf(b.state);
  if (order !== 0) return order;
  // What ends next is first; of what is over, the newest.
  return a.state === "expired" ? b.endsAt - a.endsAt : a.endsAt - b.endsAt;
}

/** A draft as `/api/v2/silences` takes it. */
export function draftBody(draft: Draft): Json {
  return {
    ...(draft.id === undefined ? {} : { id: draft.id }),
    matchers: draft.matchers.map(matcherBody),
    startsAt: new Date(draft.startsAt * 1000).toISOString(),
    endsAt: new Date(draft.endsAt * 1000).toISOString(),
    createdBy: draft.createdBy,
    comment: draft.comment,
  };
}

/** The silences whose conditions, author or comment hold a text. */
export function chooseSilences(silences: readonly Silence[], input: string): readonly Silence[] {
  const wanted = input.trim().toLowerCase();
  if (wanted === "") return silences;
  return silences.filter(({ id, matchers, createdBy, comment }) => {
    const conditions = matchers.flatMap((matcher) => [matcherText(matcher), `${matcher.name}${matcher.op}${matcher.value}`]);
    return [id, ...conditions, createdBy, comment].join("\n").toLowerCase().includes(wanted);
  });
}
