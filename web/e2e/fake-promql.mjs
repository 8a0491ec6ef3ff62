// A small part of PromQL over series that are functions of time: enough for what the pages ask of containers.
// Selectors, rate and its kin, …_over_time, aggregations, arithmetic, comparisons, `or`, `unless`, label_replace.

const TOKEN = /\s*(=~|!~|!=|==|>=|<=|"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:ms|s|m|h|d|w)?|[A-Za-z_:][A-Za-z0-9_:]*|[-+*/{}()[\],=<>])/y;
const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
const AGGREGATIONS = new Set(["sum", "max", "min", "avg", "count", "topk"]);
const LEVELS = [["or", "unless", "and"], ["==", "!=", ">", "<", ">=", "<="], ["+", "-"], ["*", "/"]];

/** The instant vector of a query, or undefined when the query is not of this part. `select(isWanted)` gives all series of wanted names. */
export function evaluateSmall(query, time, select) {
  const tree = parse(query);
  const value = tree === undefined ? undefined : run(tree, { time, select });
  return value?.filter((sample) => sample.value !== undefined && !Number.isNaN(sample.value));
}

function parse(query) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (let match; TOKEN.lastIndex < query.trimEnd().length && (match = TOKEN.exec(query)); ) tokens.push(match[1]);
  const p = { tokens, at: 0 };
  try {
    const tree = binary(p, 0);
    return p.at === tokens.length ? tree : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

const peek = (p) => p.tokens[p.at];
const take = (p, wanted) => {
  const token = p.tokens[p.at];
  if (token === undefined || (wanted !== undefined && token !== wanted)) throw new SyntaxError(`expected ${wanted}, found ${token}`);
  p.at += 1;
  return token;
};
const skip = (p, token) => peek(p) === token && (p.at += 1) > 0;
const unquote = (text) => JSON.parse(text);

function names(p) {
  take(p, "(");
  const found = [];
  while (!skip(p, ")")) {
    found.push(take(p));
    skip(p, ",");
  }
  return found;
}

function binary(p, level) {
  if (level === LEVELS.length) return unary(p);
  let left = binary(p, level + 1);
  while (LEVELS[level].includes(peek(p))) {
    const op = take(p);
    const isBool = skip(p, "bool");
    let on;
    let ignoring;
    if (skip(p, "on")) on = names(p);
    else if (skip(p, "ignoring")) ignoring = names(p);
    if (skip(p, "group_left") || skip(p, "group_right")) if (peek(p) === "(") names(p);
    left = { kind: "binary", op, isBool, on, ignoring, left, right: binary(p, level + 1) };
  }
  return left;
}

function unary(p) {
  if (skip(p, "(")) {
    const inner = binary(p, 0);
    take(p, ")");
    return inner;
  }
  const token = peek(p);
  if (token === "{" || token === undefined) return selector(p, undefined);
  if (/^\d/.test(token)) return { kind: "number", value: Number(take(p)) };
  take(p);
  if (AGGREGATIONS.has(token)) return aggregation(p, token);
  return peek(p) === "(" ? { kind: "call", name: token, args: args(p) } : selector(p, token);
}

function aggregation(p, op) {
  let by = grouping(p);
  const given = args(p);
  by ??= grouping(p);
  return { kind: "aggregate", op, by: by?.by, without: by?.without, args: given };
}

function grouping(p) {
  if (skip(p, "by")) return { by: names(p) };
  return skip(p, "without") ? { without: names(p) } : undefined;
}

function args(p) {
  take(p, "(");
  const found = [];
  while (!skip(p, ")")) {
    found.push(peek(p).startsWith('"') ? { kind: "text", text: unquote(take(p)) } : binary(p, 0));
    skip(p, ",");
  }
  return found;
}

function selector(p, name) {
  const tests = name === undefined ? [] : [["__name__", "=", name]];
  if (skip(p, "{")) {
    while (!skip(p, "}")) {
      tests.push([take(p), take(p), unquote(take(p))]);
      skip(p, ",");
    }
  }
  const node = { kind: "selector", tests, range: undefined, offset: 0 };
  if (skip(p, "[")) {
    node.range = seconds(take(p));
    take(p, "]");
  }
  if (skip(p, "offset")) node.offset = seconds(take(p));
  return node;
}

function seconds(text) {
  const [, digits, unit] = /^([\d.]+)(ms|s|m|h|d|w)$/.exec(text) ?? fail(`not a duration: ${text}`);
  return Number(digits) * SECONDS[unit];
}

function fail(message) {
  throw new SyntaxError(message);
}

function hits([label, op, wanted], labels) {
  const actual = labels[label] ?? "";
  const isHit = op.endsWith("~") ? new RegExp(`^(?:${wanted})$`).test(actual) : actual === wanted;
  return op.startsWith("!") ? !isHit : isHit;
}

function seriesOf(node, world) {
  const ofName = node.tests.filter(([label]) => label === "__name__");
  const isWanted = (name) => ofName.every((test) => hits(test, { __name__: name }));
  return world.select(isWanted).filter(({ labels }) => node.tests.every((test) => hits(test, labels)));
}

const withoutName = ({ __name__, ...rest }) => rest;

function run(node, world) {
  switch (node.kind) {
    case "number":
      return node.value;
    case "selector":
      return seriesOf(node, world).map(({ labels, value }) => ({ metric: labels, value: value(world.time - node.offset) })).filter(({ value }) => value !== undefined);
    case "call":
      return call(node, world);
    case "aggregate":
      return aggregate(node, world);
    case "binary":
      return join(node, run(node.left, world), run(node.right, world));
    default:
      return fail(`a ${node.kind} has no value here`);
  }
}

/** Readings of a series in a window, one every 15 s. */
function readings(series, end, range) {
  const found = [];
  for (let t = Math.floor(end / 15) * 15; t > end - range; t -= 15) {
    const value = series.value(t);
    if (value !== undefined) found.push(value);
  }
  return found.reverse();
}

const OVER_TIME = {
  last_over_time: (values) => values.at(-1),
  max_over_time: (values) => Math.max(...values),
  min_over_time: (values) => Math.min(...values),
  avg_over_time: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  count_over_time: (values) => values.length,
  changes: (values) => values.filter((value, i) => i > 0 && value !== values[i - 1]).length,
  resets: (values) => values.filter((value, i) => i > 0 && value < values[i - 1]).length,
};

function call({ name, args: given }, world) {
  const [first] = given;
  if (name === "label_replace") return labelReplace(run(first, world), ...given.slice(1).map(({ text }) => text));
  if (name === "time") return world.time;
  if (name === "clamp_min") return run(first, world).map((sample) => ({ ...sample, value: Math.max(sample.value, run(given[1], world)) }));
  if (name === "round" || name === "abs") return run(first, world).map(({ metric, value }) => ({ metric: withoutName(metric), value: Math[name](value) }));
  if (first?.kind !== "selector" || first.range === undefined) return fail(`${name} of this is not known`);
  const end = world.time - first.offset;
  const all = seriesOf(first, world);
  const keepsName = name === "last_over_time";
  const make = (read) => all.map((series) => ({ metric: keepsName ? series.labels : withoutName(series.labels), value: read(series) })).filter(({ value }) => value !== undefined);
  if (name in OVER_TIME) {
    return make((series) => {
      const values = readings(series, end, first.range);
      return values.length === 0 ? undefined : OVER_TIME[name](values);
    });
  }
  const perSecond = (series) => (series.speed === undefined ? slope(series, end, first.range) : series.speed(end));
  if (name === "rate" || name === "irate") return make(perSecond);
  if (name === "increase" || name === "delta") return make((series) => perSecond(series) * first.range);
  return fail(`unknown function ${name}`);
}

function slope(series, end, range) {
  const values = readings(series, end, range);
  return values.length < 2 ? undefined : (values.at(-1) - values[0]) / range;
}

function labelReplace(samples, to, replacement, from, pattern) {
  return samples.map(({ metric, value }) => {
    const match = new RegExp(`^(?:${pattern})$`).exec(metric[from] ?? "");
    if (match === null) return { metric, value };
    const text = replacement.replace(/\$(\d)/g, (_, group) => match[group] ?? "");
    return { metric: { ...metric, [to]: text }, value };
  });
}

function aggregate({ op, by, without, args: given }, world) {
  const samples = run(given.at(-1), world);
  if (op === "topk") return [...samples].sort((a, b) => b.value - a.value).slice(0, run(given[0], world));
  const groups = new Map();
  for (const { metric, value } of samples) {
    const kept = Object.entries(withoutName(metric)).filter(([label]) => (without === undefined ? (by ?? []).includes(label) : !without.includes(label)));
    const key = JSON.stringify(kept.sort());
    if (!groups.has(key)) groups.set(key, { metric: Object.fromEntries(kept), values: [] });
    groups.get(key).values.push(value);
  }
  const total = (values) => values.reduce((sum, value) => sum + value, 0);
  const reduce = { sum: total, max: (v) => Math.max(...v), min: (v) => Math.min(...v), avg: (v) => total(v) / v.length, count: (v) => v.length }[op];
  return [...groups.values()].map(({ metric, values }) => ({ metric, value: reduce(values) }));
}

const ARITHMETIC = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b };
const COMPARISON = { "==": (a, b) => a === b, "!=": (a, b) => a !== b, ">": (a, b) => a > b, "<": (a, b) => a < b, ">=": (a, b) => a >= b, "<=": (a, b) => a <= b };

function join({ op, isBool, on, ignoring }, left, right) {
  const keyOf = ({ metric }) => JSON.stringify(Object.entries(withoutName(metric)).filter(([label]) => (on === undefined ? !(ignoring ?? []).includes(label) : on.includes(label))).sort());
  if (op === "or") return [...left, ...right.filter((sample) => !left.some((other) => keyOf(other) === keyOf(sample)))];
  if (op === "unless") return left.filter((sample) => !right.some((other) => keyOf(other) === keyOf(sample)));
  if (op === "and") return left.filter((sample) => right.some((other) => keyOf(other) === keyOf(sample)));
  const apply = (sample, a, b) => {
    if (op in ARITHMETIC) return [{ metric: withoutName(sample.metric), value: ARITHMETIC[op](a, b) }];
    if (isBool) return [{ metric: withoutName(sample.metric), value: Number(COMPARISON[op](a, b)) }];
    return COMPARISON[op](a, b) ? [sample] : [];
  };
  if (typeof left === "number" && typeof right === "number") return ARITHMETIC[op](left, right);
  if (typeof left === "number") return right.flatMap((sample) => apply(sample, left, sample.value));
  if (typeof right === "number") return left.flatMap((sample) => apply(sample, sample.value, right));
  return left.flatMap((sample) => {
    const other = right.find((candidate) => keyOf(candidate) === keyOf(sample));
    return other === undefined ? [] : apply(sample, sample.value, other.value);
  });
}
