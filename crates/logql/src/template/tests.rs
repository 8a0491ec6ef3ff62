use std::sync::Arc;

use gotemplate::functions::Zones;
use gotemplate::time::Zone;
use model::{Labels, ManualClock};

use super::{LineTemplate, Surroundings};
use crate::pipeline::LineLabels;

/// Knows Jakarta.
struct OneZone;

impl Zones for OneZone {
    fn zone(&self, name: &str) -> Option<Zone> {
        (name == "Asia/Jakarta").then(|| Zone::Fixed(7 * 3600, "WIB".into()))
    }
}

fn run(text: &str) -> Result<String, String> {
    const NOW_MS: i64 = 1_700_000_000_000;
    let clock = Arc::new(ManualClock::new(NOW_MS));
    let surroundings = Surroundings { clock, zones: Arc::new(OneZone), local: Zone::Utc };
    let template = LineTemplate::compile("line", text, &surroundings)?;
    let mut labels = LineLabels::default();
    labels.set_stream(&Labels::from_pairs([("app", "web"), ("n", "12"), ("f", "2.5"), ("msg", "Hello, wörld")]));
    labels.set_line(&[]);
    let mut out = String::new();
    template.execute(b"GET /a\xff 200", 1_500_000_000, &labels, &mut out).map(|()| out)
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(run(text).as_deref(), Ok(*expected), "{text}");
    }
}

#[test]
fn text_functions() {
    check(&[
        ("{{.app | upper}} {{ToLower .msg}} {{title `a b-c d_e`}}", "WEB hello, wörld A B-C D_e"),
        ("{{trunc 3 .msg}}|{{trunc -4 .msg}}|{{substr 1 4 .msg}}|{{substr -1 2 .msg}}", "Hel|örld|ell|He"),
        ("{{alignLeft 5 .app}}|{{alignRight 5 .app}}|{{alignRight 2 .app}}", "web  |  web|eb"),
        ("{{replace `l` `L` .msg}} {{Replace .msg `l` `L` 1}} {{repeat 3 `ab`}}", "HeLLo, wörLd HeLlo, wörld ababab"),
        (
            "{{trim `  a `}}|{{trimAll `$` `$a$`}}|{{trimPrefix `-` `-a`}}|{{TrimSuffix `a-` `-`}}|{{Trim `xax` `x`}}",
            "a|a|a|a|a",
        ),
        ("{{TrimLeft `xax` `x`}}|{{TrimRight `xax` `x`}}|{{TrimSpace ` a `}}|{{TrimPrefix `xa` `x`}}", "ax|xa|a|a"),
        ("{{contains `ell` .msg}} {{hasPrefix `He` .msg}} {{hasSuffix `x` .msg}}", "true true false"),
        ("{{indent 2 `a\nb`}}|{{nindent 1 `a`}}", "  a\n  b|\n a"),
        (
            "{{b64enc `hi>>?`}} {{b64dec `aGk+Pj8=`}} {{urlencode `a b&`}} {{urldecode `a+b%26`}}",
            "aGk+Pj8= hi>>? a+b%26 a b&",
        ),
        ("{{regexReplaceAll `(a+)` `baab` `<$1>`}} {{regexReplaceAllLiteral `a+` `baab` `$1`}}", "b<aa>b b$1b"),
        ("{{count `l` .msg}} {{count `x*` `ab`}}", "3 3"),
        ("{{(fromJson `{\"a\":[1,{\"b\":\"c\"}]}`).a}} {{fromJson `{`}}", "[1 map[b:c]] <no value>"),
        ("{{__line__}} {{.}}", "GET /a\u{fffd} 200 map[app:web f:2.5 msg:Hello, wörld n:12]"),
    ]);
}

#[test]
fn number_functions() {
    check(&[
        ("{{add .n 1 2}} {{sub .n 2}} {{mul .n 2 2}} {{div .n 5}} {{mod .n 5}}", "15 10 48 2 2"),
        (
            "{{addf 0.1 0.2}} {{subf .f 0.5 1}} {{mulf .f 4 .1}} {{divf 1 3}} {{divf 10 4 5}}",
            "0.3 1 1 0.3333333333333333 0.5",
        ),
        ("{{max 1 .n 3}} {{min .n 3}} {{maxf 1 .f}} {{minf 1 .f}}", "12 3 2.5 1"),
        (
            "{{ceil .f}} {{floor .f}} {{round .f 0}} {{round 123.5555 3}} {{round 123.5555 3 .6}}",
            "3 2 3 123.556 123.555",
        ),
        (
            "{{int `7`}} {{int `x`}} {{int .f}} {{float64 .n}} {{int `0x1F`}} {{int true}} {{int `3.00`}}",
            "7 0 0 12 31 1 3",
        ),
        ("{{default `-` .nope}} {{default `-` .app}} {{default 1 0}} {{.n | default 5}}", "- web 1 12"),
        ("{{bytes `1.5 KiB`}} {{duration `1m30s`}} {{duration_seconds `250ms`}}", "1536 90 0.25"),
    ]);
}

#[test]
fn time_functions() {
    check(&[
        ("{{now | date `2006-01-02T15:04:05`}} {{now | unixEpoch}}", "2023-11-14T22:13:20 1700000000"),
        ("{{__timestamp__ | unixEpochNanos}} {{__timestamp__ | unixEpochMillis}}", "1500000000 1500"),
        ("{{toDate `2006-01-02` `2024-02-29` | unixEpoch}} {{toDate `2006` `x` | date `2006`}}", "1709164800 0001"),
        ("{{toDateInZone `2006-01-02 15` `Asia/Jakarta` `2024-02-29 07` | unixEpoch}}", "1709164800"),
        ("{{toDateInZone `2006-01-02 15` `No/Where` `2024-02-29 07` | unixEpoch}}", "1709190000"),
        (
            "{{unixToTime `1700000000` | date `15:04`}} {{unixToTime `1700000000123` | unixEpochMillis}}",
            "22:13 1700000000123",
        ),
        ("{{unixToTime `19675` | date `2006-01-02`}} {{date `2006` 0}}", "2023-11-14 1970"),
    ]);
}

#[test]
fn functions_fail() {
    for (text, expected) in [
        (
            "{{div 1 0}}",
            "template: line:1:2: executing \"line\" at <div 1 0>: error calling div: runtime error: integer divide by zero",
        ),
        (
            "{{divf 1 0}}",
            "template: line:1:2: executing \"line\" at <divf 1 0>: error calling divf: decimal division by 0",
        ),
        (
            "{{.app | trunc 1 2}}",
            "template: line:1:9: executing \"line\" at <trunc>: wrong number of args for trunc: want 2 got 3",
        ),
        ("{{trunc `a` .app}}", "template: line:1:8: executing \"line\" at <`a`>: expected integer; found `a`"),
        (
            "{{regexReplaceAll `(` .app `x`}}",
            "template: line:1:2: executing \"line\" at <regexReplaceAll `(` .app `x`>: error calling regexReplaceAll: error parsing regexp: missing closing ): `(`",
        ),
        (
            "{{repeat -1 `a`}}",
            "template: line:1:2: executing \"line\" at <repeat -1 `a`>: error calling repeat: strings: negative Repeat count",
        ),
        (
            "{{repeat 99999999 `a`}}",
            "template: line:1:2: executing \"line\" at <repeat 99999999 `a`>: error calling repeat: the result has more than 1048576 bytes",
        ),
        (
            "{{duration `1x`}}",
            "template: line:1:2: executing \"line\" at <duration `1x`>: error calling duration: time: unknown unit \"x\" in duration \"1x\"",
        ),
        (
            "{{unixToTime `12`}}",
            "template: line:1:2: executing \"line\" at <unixToTime `12`>: error calling unixToTime: unable to parse time '12': %!w(<nil>)",
        ),
        ("{{query `up`}}", "template: line:1: function \"query\" not defined"),
    ] {
        assert_eq!(run(text), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn tells_which_labels_it_needs() {
    let names = |text: &str| {
        let template = LineTemplate::compile("line", text, &Surroundings::default()).expect("a template");
        (template.labels().map(|names| names.into_iter().collect::<Vec<_>>().join(",")), template.reads_line())
    };
    assert_eq!(names("{{.a}} {{.b | upper}}"), (Some("a,b".to_owned()), false));
    assert_eq!(names("{{__line__}}"), (Some(String::new()), true));
    assert_eq!(names("{{.}}"), (None, false));
}
