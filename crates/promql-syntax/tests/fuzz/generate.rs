//! Random queries from a seed.

use testkit::Random;

const WORDS: &[&str] = &[
    "foo",
    "up",
    "a:b",
    "sum",
    "topk",
    "quantile",
    "count_values",
    "limit_ratio",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
    "anchored",
    "smoothed",
    "fill",
    "fill_left",
    "fill_right",
    "start",
    "end",
    "step",
    "range",
    "min_of",
    "max_of",
    "and",
    "or",
    "unless",
    "atan2",
    "rate",
    "abs",
    "info",
    "time",
    "Inf",
    "NaN",
    "1",
    "0",
    "0x1f",
    "1e3",
    "5m",
    "1h30m",
    "0.5",
    "1_000",
    "\"x\"",
    "'y'",
    "`z`",
    "\"\\xff\"",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    "=~",
    "!~",
    "!=",
    "==",
    "<",
    ">",
    "<=",
    ">=",
    "</",
    ">/",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "@",
    "#",
    "\n",
    " ",
    "{{",
    "}}",
    "_",
    "x3",
    "stale",
    "schema:1",
    "buckets:[1 2]",
    "é",
    "\u{fffd}",
    ".",
    "~",
];

const QUERIES: &[&str] = &[
    "sum by (job, mode) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m])) / on (job) group_left (x) count(up) > bool 0.5",
    "histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m] offset -1h)))",
    "max_over_time(deriv(rate(d[1m] @ end())[5m:1m])[10m:] offset (1h / 2))",
    "label_replace(up{a=\"b\", \"c.d\"=~\"e|f\"}, 'x', `$1`, \"y\", \"(.*)\") or vector(1)",
    "foo[min_of(step() + 5s, range()):max_of(1, 2) ^ 2] offset -min_of(1, 2)",
    "increase(x[5m] anchored) + on () fill_left (0) fill_right (-1) rate(x[5m] smoothed)",
    "-1 ^ 2 + 3 * -(4 % 5) atan2 1e3 - Inf # done",
    "{\"my.metric\", a!~\"b\"} @ 1.5 offset 5m unless ignoring (\"c d\") x </ 3",
    "topk by () (5, info(x, {a=\"b\"})) and limitk(3, y) == z",
    "m{a=\"b\"} 1 2+3x4 _ _x3 stale {{schema:0 sum:1 buckets:[1 2 3]}}+{{sum:2}}x3 -1x2",
];

/// A query: put together by the grammar, cut up, or words at random.
pub(crate) fn random_query(random: &mut Random) -> String {
    match random.below(8) {
        0 => soup(random),
        1 | 2 => {
            let query = random.pick(QUERIES).to_owned();
            mutate(random, query)
        }
        3 => {
            let mut query = String::new();
            vector(random, 4, &mut query);
            mutate(random, query)
        }
        _ => {
            let mut query = String::new();
            let depth = 1 + random.below(5);
            match random.below(4) {
                0 => scalar(random, depth, &mut query),
                1 => range(random, depth, &mut query),
                _ => vector(random, depth, &mut query),
            }
            query
        }
    }
}

fn soup(random: &mut Random) -> String {
    let mut query = String::new();
    for _ in 0..1 + random.below(12) {
        query.push_str(random.pick(WORDS));
        if random.one_in(2) {
            query.push(' ');
        }
    }
    query
}

/// Cuts, doubles and replaces pieces.
fn mutate(random: &mut Random, mut query: String) -> String {
    for _ in 0..1 + random.below(3) {
        let boundary = |random: &mut Random, query: &str| {
            let at = random.below(query.len() + 1);
            (0..=at).rev().find(|i| query.is_char_boundary(*i)).unwrap_or(0)
        };
        let (a, b) = (boundary(random, &query), boundary(random, &query));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 8));
        let to = (to..=query.len()).find(|i| query.is_char_boundary(*i)).unwrap_or(query.len());
        match random.below(4) {
            0 => query.replace_range(from..to, ""),
            1 => query.insert_str(from, random.pick(WORDS)),
            2 => {
                let piece = query[from..to].to_owned();
                query.insert_str(to, &piece);
            }
            _ => query.replace_range(from..to, random.pick(WORDS)),
        }
    }
    query
}

fn choose(random: &mut Random, from: &[&str], out: &mut String) {
    out.push_str(random.pick(from));
}

fn number(random: &mut Random, out: &mut String) {
    match random.below(6) {
        0 => choose(
            random,
            &["Inf", "-Inf", "NaN", "0x1f", "0755", "1_000", ".5", "5.", "1e3", "1e-7", "-0", "--3"],
            out,
        ),
        1 => choose(random, &["5m", "1h30m", "1ms", "-2d", "1y2w", "0s", "90s"], out),
        2 => out.push_str(&f64::from_bits(random.next()).abs().min(1e300).to_string()),
        _ => out.push_str(&random.below(100).to_string()),
    }
}

fn scalar(random: &mut Random, depth: usize, out: &mut String) {
    if depth == 0 || random.one_in(3) {
        return number(random, out);
    }
    match random.below(5) {
        0 => {
            out.push('(');
            scalar(random, depth - 1, out);
            out.push(')');
        }
        1 => {
            out.push_str("scalar(");
            vector(random, depth - 1, out);
            out.push(')');
        }
        2 => choose(random, &["time()", "pi()", "step()", "start ()", "max_of(1, 2)"], out),
        3 => {
            choose(random, &["-", "+", "- -"], out);
            scalar(random, depth - 1, out);
        }
        _ => {
            scalar(random, depth - 1, out);
            choose(random, &[" + ", "-", " * ", "/", " % ", "^", " atan2 ", " == bool ", " <bool "], out);
            scalar(random, depth - 1, out);
        }
    }
}

fn labels(random: &mut Random, out: &mut String) {
    out.push('(');
    for _ in 0..random.below(3) {
        choose(random, &["job", "instance", "le", "by", "\"a b\"", "sum", "a:b", "start", "'inf'", "\"without\""], out);
        out.push(',');
    }
    out.push(')');
}

fn selector(random: &mut Random, out: &mut String) {
    let is_named = !random.one_in(4);
    if is_named {
        choose(random, &["foo", "up", "a:b", "sum", "start", "offset", "by", "fill", "anchored", "and"], out);
    }
    if !is_named || random.one_in(2) {
        out.push('{');
        if !is_named {
            choose(random, &["\"foo\",", "\"my.metric\",", "__name__=~\"a.+\",", "__name__=\"a\",", "x=\"y\","], out);
        }
        for _ in 0..random.below(3) {
            choose(
                random,
                &["job=\"a\"", "\"a b\"!=\"c\\n\"", "x=~'a|b'", "y!~`^.*$`", "le=\"\"", "sum=\"\\xff\""],
                out,
            );
            choose(random, &[",", ", "], out);
        }
        out.push('}');
    }
}

fn modifiers(random: &mut Random, with_extended: bool, out: &mut String) {
    let mut parts = Vec::new();
    if random.one_in(3) {
        let mut offset = " offset ".to_owned();
        offset_duration(random, &mut offset);
        parts.push(offset);
    }
    if random.one_in(4) {
        let at = random.pick(&[" @ 5", " @ -1.5", " @ start()", " @ end()", " @ 1m", " @ 1e9", " @ 0.0005"]);
        parts.push(at.to_owned());
    }
    if with_extended && random.one_in(5) {
        parts.push(random.pick(&[" anchored", " smoothed"]).to_owned());
    }
    while !parts.is_empty() {
        out.push_str(&parts.swap_remove(random.below(parts.len())));
    }
}

fn offset_duration(random: &mut Random, out: &mut String) {
    match random.below(4) {
        0 => choose(random, &["5m", "-1h", "+300", "0", "- 5", "step()", "-range()", "min_of(1, 2s)"], out),
        1 => {
            choose(random, &["", "-", "+", "- -", "-+"], out);
            out.push('(');
            duration(random, 2, out);
            out.push(')');
        }
        2 => {
            choose(random, &["- -", "+-", "-+-"], out);
            duration(random, 2, out);
        }
        _ => choose(random, &["1m", "2d", "-3s"], out),
    }
}

fn duration(random: &mut Random, depth: usize, out: &mut String) {
    if depth == 0 || random.one_in(2) {
        return choose(random, &["5m", "1h", "300", "0.5", "1ms", "0.0004", "step()", "range()", "1e3", "2w"], out);
    }
    match random.below(5) {
        0 => {
            out.push('(');
            duration(random, depth - 1, out);
            out.push(')');
        }
        1 => {
            choose(random, &["-", "+", "- -"], out);
            duration(random, depth - 1, out);
        }
        2 => {
            choose(random, &["min_of(", "max_of("], out);
            duration(random, depth - 1, out);
            out.push(',');
            duration(random, depth - 1, out);
            out.push(')');
        }
        _ => {
            duration(random, depth - 1, out);
            choose(random, &["+", " - ", "*", " / ", "%", " ^ "], out);
            duration(random, depth - 1, out);
        }
    }
}

fn range(random: &mut Random, depth: usize, out: &mut String) {
    if depth == 0 || random.one_in(2) {
        selector(random, out);
        out.push('[');
        duration(random, 2, out);
        out.push(']');
        return modifiers(random, true, out);
    }
    out.push('(');
    vector(random, depth - 1, out);
    out.push_str(")[");
    duration(random, 2, out);
    out.push(':');
    if random.one_in(2) {
        duration(random, 2, out);
    }
    out.push(']');
    modifiers(random, false, out);
}

fn vector(random: &mut Random, depth: usize, out: &mut String) {
    if depth == 0 || random.one_in(5) {
        selector(random, out);
        return modifiers(random, true, out);
    }
    let depth = depth - 1;
    match random.below(7) {
        0 => {
            out.push('(');
            vector(random, depth, out);
            out.push(')');
        }
        1 => {
            choose(random, &["-", "+", "- -"], out);
            vector(random, depth, out);
        }
        2 => {
            choose(random, &["rate(", "increase(", "last_over_time(", "absent_over_time("], out);
            range(random, depth, out);
            out.push(')');
        }
        3 => {
            choose(random, &["abs(", "sort_desc(", "label_join(", "clamp_min(", "info("], out);
            vector(random, depth, out);
            if random.one_in(2) {
                choose(random, &[", 1", ", \"a\", \"b\"", ", {x=\"y\"}", ", {}"], out);
            }
            out.push(')');
        }
        4 => aggregate(random, depth, out),
        _ => binary(random, depth, out),
    }
}

fn aggregate(random: &mut Random, depth: usize, out: &mut String) {
    let param = random.one_in(3);
    if param {
        choose(random, &["topk", "quantile", "limitk", "LIMIT_RATIO"], out);
    } else {
        choose(random, &["sum", "AVG", "count", "group", "stddev"], out);
    }
    let grouping = random.below(3);
    let mut clause = random.pick(&[" by ", " without ", "BY"]).to_owned();
    labels(random, &mut clause);
    if grouping == 1 {
        out.push_str(&clause);
    }
    out.push('(');
    if param {
        scalar(random, depth, out);
        out.push_str(", ");
    }
    vector(random, depth, out);
    out.push(')');
    if grouping == 2 {
        out.push_str(&clause);
    }
}

fn binary(random: &mut Random, depth: usize, out: &mut String) {
    let is_set = random.one_in(4);
    vector(random, depth, out);
    if is_set {
        choose(random, &[" and ", " or ", " unless "], out);
    } else {
        choose(random, &[" + ", "-", "*", " / ", "%", "^", " atan2 ", " == ", "> bool ", " </ ", ">/ "], out);
    }
    let scalar_side = !is_set && random.one_in(3);
    if !scalar_side && random.one_in(2) {
        choose(random, &["on ", "ignoring "], out);
        labels(random, out);
        if !is_set && random.one_in(3) {
            choose(random, &[" group_left ", " group_right () ", " group_left (extra) "], out);
        }
    }
    if !is_set && !scalar_side && random.one_in(4) {
        choose(random, &[" fill (0) ", " fill_left (-1.5) ", " fill_right (Inf) fill_left (1) ", " fill (NaN) "], out);
    }
    if scalar_side {
        out.push(' ');
        scalar(random, depth, out);
    } else {
        out.push(' ');
        vector(random, depth, out);
    }
}
