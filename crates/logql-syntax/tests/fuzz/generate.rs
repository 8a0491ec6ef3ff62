//! Random queries from a seed.

use testkit::Random;

/// What token soups are made of, and what is put into the middle of queries.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "[5m]",
    ",",
    "=",
    "!=",
    "=~",
    "!~",
    "==",
    ">",
    "<=",
    "|",
    "|=",
    "|~",
    "|>",
    "!>",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "or",
    "and",
    "unless",
    "bool",
    "on",
    "ignoring",
    "group_left",
    "by",
    "without",
    "offset",
    "5m",
    "-1h",
    "1.5KiB",
    "0",
    "0x1p3",
    "08",
    "1e",
    "42",
    "\"a\"",
    "`b`",
    "\"\\x41\\u00e9\"",
    "\"",
    "'c'",
    "#",
    "//",
    "/*",
    "\n",
    " ",
    "json",
    "logfmt",
    "--strict",
    "--keep-empty",
    "regexp",
    "pattern",
    "unpack",
    "line_format",
    "label_format",
    "decolorize",
    "drop",
    "keep",
    "unwrap",
    "ip(",
    "rate(",
    "sum",
    "topk(",
    "vector(",
    "label_replace(",
    "bytes(",
    "foo",
    "é",
    "\u{0}",
    "µ",
    "☺",
    "variants(",
];

const NAMES: &[&str] = &["a", "foo", "rate", "sum", "ip", "bytes", "of", "variants", "_x1", "é", "duration"];
const STRINGS: &[&str] = &[
    "\"\"",
    "\"b\"",
    "`.+`",
    "\"a\\\"b\\n\"",
    "\"a|b\"",
    "`x\"y`",
    "\"\\u263a\\\\\"",
    "\"(?i)Err\"",
    "\"<_> b <_>\"",
    "\".*\"",
    "\"{{.a}}\"",
];
const DURATIONS: &[&str] = &["5m", "1h30m", "-10s", "1d", "2w", "1.5s", "10µs", "1ns", "0s", "100ms"];
const NUMBERS: &[&str] = &["0", "1", "42", "0.5", ".25", "1e3", "1e-9", "123456789012345678901234", "0x1p-2", "017"];
const COMPARISONS: &[&str] = &[">", ">=", "<", "<=", "==", "=", "!="];

/// A query; most are valid.
pub(crate) fn random_query(random: &mut Random) -> String {
    let mut out = String::new();
    if random.one_in(8) {
        for _ in 0..random.below(25) {
            out.push_str(random.pick(PIECES));
            out.push_str(random.pick(&["", " "]));
        }
        return out;
    }
    if random.one_in(2) {
        log(random, &mut out);
    } else {
        let depth = random.below(4);
        metric(random, depth, &mut out);
    }
    if random.one_in(5) {
        disturb(random, &mut out);
    }
    out
}

/// Cuts something out of a query or puts something in.
fn disturb(random: &mut Random, out: &mut String) {
    let places: Vec<usize> = out.char_indices().map(|(i, _)| i).chain([out.len()]).collect();
    let (a, b) = (places[random.below(places.len())], places[random.below(places.len())]);
    if random.one_in(2) {
        out.insert_str(a, random.pick(PIECES));
    } else {
        let end = b.max(a).min(a.min(b) + 10);
        let end = places.iter().copied().find(|place| *place >= end).unwrap_or(out.len());
        out.replace_range(a.min(b)..end, "");
    }
}

fn one(random: &mut Random, from: &[&str], out: &mut String) {
    out.push_str(random.pick(from));
}

/// Pieces in a row: strings as they are, or `$` and a letter for something random.
fn fill(random: &mut Random, depth: usize, template: &str, out: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        match after.as_bytes()[0] {
            b'n' => one(random, NAMES, out),
            b's' => one(random, STRINGS, out),
            b'd' => one(random, DURATIONS, out),
            b'c' => one(random, COMPARISONS, out),
            b'N' => one(random, NUMBERS, out),
            b'f' => label_filter(random, depth.min(3), out),
            b'p' => pipeline(random, out),
            b'l' => selector(random, out),
            b'm' => metric(random, depth, out),
            b'g' => labels(random, out),
            other => panic!("no piece {other}"),
        }
        rest = &after[1..];
    }
    out.push_str(rest);
}

fn selector(random: &mut Random, out: &mut String) {
    out.push_str(random.pick(&["{app=\"x\"", "{ foo=~\"a|b\"", "{é=`y`"]));
    for _ in 0..random.below(3) {
        fill(random, 0, ", $n", out);
        one(random, &["=", "!=", "=~", "!~"], out);
        one(random, STRINGS, out);
    }
    out.push('}');
}

fn log(random: &mut Random, out: &mut String) {
    let in_parens = random.one_in(6);
    out.push_str(if in_parens { "(" } else { "" });
    fill(random, 0, "$l$p", out);
    out.push_str(if in_parens { ")" } else { "" });
}

fn pipeline(random: &mut Random, out: &mut String) {
    for _ in 0..random.below(4) {
        let stage = random.pick(&[
            " |= $s",
            " |= $s or $s or ip(\"10.0.0.0/8\")",
            " |~ $s or $s",
            " |> \"<_> x\" or $s",
            " != ip(\"::1\")",
            " != $s",
            "!~$s",
            " !> `a`",
            " | json",
            "|json $n=\"a.b[0]\", $n",
            " | logfmt --strict",
            " | logfmt --keep-empty $n, $n=\"k\"",
            " | regexp `(?P<x>.)`",
            " | pattern \"<a> <_>\"",
            " | unpack",
            " | line_format $s",
            " | label_format $n=$n, q=$s",
            " | decolorize",
            " | drop $n, $n=$s",
            " | keep $n,$n!~$s",
            " | $f",
            " | $f # comment\n",
            " /* c */ | $f",
        ]);
        let depth = random.below(4);
        fill(random, depth, stage, out);
    }
}

fn label_filter(random: &mut Random, depth: usize, out: &mut String) {
    if depth > 0 {
        let join = random.pick(&["$f and $f", "$f or $f", "$f, $f", "$f $f", "($f)"]);
        return fill(random, depth - 1, join, out);
    }
    let filter = random.pick(&[
        "$n=$s",
        "$n!=$s",
        "$n=~$s",
        "$n!~$s",
        "$n $c $N",
        "$n$c-$N",
        "$n $c $d",
        "$n $c 20MB",
        "$n$c 1.5KiB",
        "$n$c 7B",
        "$n=ip(\"1.2.3.4-1.2.3.9\")",
        "$n != ip(\"1::/16\")",
        "$n$c+$N",
        "$n > 1234567B",
        "$n>2K",
    ]);
    fill(random, 0, filter, out);
}

fn labels(random: &mut Random, out: &mut String) {
    let labels = random.pick(&["by ($n)", "by ($n,$n)", "without ($n)", "without ()"]);
    fill(random, 0, labels, out);
}

fn range(random: &mut Random, out: &mut String) {
    let (op, unwraps) = [
        ("count_over_time(", false),
        ("rate(", false),
        ("bytes_rate(", false),
        ("absent_over_time(", false),
        ("Rate (", true),
        ("sum_over_time(", true),
        ("quantile_over_time(0.9, ", true),
        ("max_over_time(", true),
        ("first_over_time(", true),
    ][random.below(9)];
    out.push_str(op);
    let unwrap = if unwraps {
        random.pick(&["| unwrap $n", " | unwrap duration($n)", " | unwrap bytes($n) | $f | $f"])
    } else {
        ""
    };
    let window = random.pick(&["[5m]", " [1h30m]", "[1d] offset $d", "[100ms]"]);
    let form = random.pick(&["$l$pUW", "$lW$pU", "($l$pU)W", "($l$pUW)", "(($lW$pU))"]);
    fill(random, 1, &form.replace('U', unwrap).replace('W', window), out);
    out.push(')');
    if unwraps && random.one_in(3) {
        out.push_str(random.pick(&[" by (a)", " without (a, b)", " by ()", " without ()"]));
    }
}

fn metric(random: &mut Random, depth: usize, out: &mut String) {
    if depth == 0 || random.one_in(4) {
        return match random.below(6) {
            0 => one(random, NUMBERS, out),
            1 => fill(random, 0, "vector($N)", out),
            2 => fill(random, 0, "-$N", out),
            _ => range(random, out),
        };
    }
    let form = random.pick(&[
        "($m)",
        "sum($m)",
        "sum $g ($m)",
        "avg($m) $g",
        "TOPK(3, $m)",
        "bottomk $g (1,$m)",
        "approx_topk(2,$m)",
        "sort($m)",
        "label_replace($m, $s, \"$$1\", $s, \"(.*)\")",
        "$m + $m",
        "$m - $m",
        "$m * $m",
        "$m ^ $m",
        "$m / bool $m",
        "$m == $m",
        "$m > bool $m",
        "$m or $m",
        "$m and on (a) $m",
        "$m unless ignoring ($n) $m",
        "$m * on ($n) group_left ($n) $m",
        "$m / ignoring () group_right $m",
        "$m % on (a) group_left ($m)",
        "count($m) ^ -$N",
    ]);
    fill(random, depth - 1, &form.replace("$$1", "x"), out);
}
