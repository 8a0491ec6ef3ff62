import { isRecord, type Json, pairs, records, text, texts } from "./json";
import { type Matcher, parseMatchers } from "./matcher";
import { readShown } from "./shown";

/** One way a receiver is told: the kind of service, and where it goes as far as that is no secret. */
export interface Integration {
  /** As messages and metrics name it: `telegram`. */
  readonly kind: string;
  readonly target: string;
}

/** A path through the tree of routes that ends at a receiver. */
export interface RouteTo {
  /** The conditions along the way; none for what no other route takes. */
  readonly matchers: readonly Matcher[];
  readonly groupBy: readonly string[];
  /** As the file writes them: `30s`. */
  readonly groupWait: string;
  readonly repeatInterval: string;
  /** Names of the time intervals in which it is muted, and of those in which alone it is not. */
  readonly muted: readonly string[];
  readonly only: readonly string[];
}

export interface Receiver {
  readonly name: string;
  readonly integrations: readonly Integration[];
  readonly routes: readonly RouteTo[];
}

/** Where a kind of service is told to go, by the fields that may be shown. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  telegram: ["chat_id", "chat_id_file", "message_thread_id"],
  email: ["to"],
  slack: ["channel"],
  webhook: ["url", "url_file"],
  discord: ["username"],
  mattermost: ["channel"],
  pagerduty: ["client"],
  opsgenie: ["api_url"],
  victorops: ["routing_key"],
  sns: ["topic_arn", "phone_number"],
  webex: ["room_id"],
  wechat: ["to_user", "to_party"],
  rocketchat: ["channel"],
  pushover: ["device"],
  jira: ["project"],
};

/** Who is told of what, by the configuration that `/api/v2/status` shows; undefined where it cannot be read. */
export function readRouting(shown: string): readonly Receiver[] | undefined {
  const config = readShown(shown);
  if (config === undefined || !Array.isArray(config["receivers"])) return undefined;
  const routes = isRecord(config["route"]) ? routesOf(config["route"], DEFAULTS) : [];
  return records(config["receivers"]).map((receiver) => {
    const name = text(receiver["name"]);
    return { name, integrations: integrationsOf(receiver), routes: routes.filter((route) => route.receiver === name).map(({ receiver: _, ...route }) => route) };
  });
}

function integrationsOf(receiver: Json): Integration[] {
  return Object.entries(receiver).flatMap(([key, list]) => {
    const kind = /^(\w+)_configs$/.exec(key)?.[1];
    return kind === undefined ? [] : records(list).map((one) => ({ kind, target: targetOf(kind, one) }));
  });
}

function targetOf(kind: string, settings: Json): string {
  const values = (TARGETS[kind] ?? []).map((field) => settings[field]);
  return values.filter((value) => (typeof value === "string" && value !== "" && value !== "<secret>") || typeof value === "number").join(" · ");
}

type Found = RouteTo & { readonly receiver: string };

/** What a route has that names nothing itself. */
const DEFAULTS: Found = { receiver: "", matchers: [], groupBy: [], groupWait: "30s", repeatInterval: "4h", muted: [], only: [] };

/** A route and those below it. What a route does not set it has from the one above, but for its conditions and time intervals. */
function routesOf(route: Json, above: Found): Found[] {
  const own: Found = {
    receiver: text(route["receiver"]) || above.receiver,
    matchers: [...above.matchers, ...matchersOf(route)],
    groupBy: Array.isArray(route["group_by"]) ? texts(route["group_by"]) : above.groupBy,
    groupWait: text(route["group_wait"]) || above.groupWait,
    repeatInterval: text(route["repeat_interval"]) || above.repeatInterval,
    muted: texts(route["mute_time_intervals"]),
    only: texts(route["active_time_intervals"]),
  };
  return [own, ...records(route["routes"]).flatMap((below) => routesOf(below, own))];
}

function matchersOf(route: Json): Matcher[] {
  const old = (field: string, op: Matcher["op"]) => Object.entries(pairs(route[field])).map(([name, value]): Matcher => ({ name, op, value }));
  const written = texts(route["matchers"]).flatMap((one) => parseMatchers(one) ?? []);
  return [...old("match", "="), ...old("match_re", "=~"), ...written];
}

/** Whether nobody is told of anything: no receiver has a way to send. */
export function tellsNobody(receivers: readonly Receiver[] | undefined): boolean {
  return receivers?.every(({ integrations }) => integrations.length === 0) === true;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800, y: 31536000 };

/** A span as the configuration writes it (`1d12h`) in seconds; undefined for anything else. */
export function secondsOf(span: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(span)) return undefined;
  return [...span.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, digits, unit]) => sum + Number(digits) * (UNIT_SECONDS[unit ?? ""] ?? 0), 0);
}
