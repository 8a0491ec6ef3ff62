//! Random templates: nothing panics, and all comes to an end within its limits.
//!
//! A long run: `FUZZ_ITERATIONS=10000000 cargo test --release -p gotemplate --test fuzz -- --nocapture` prints how many templates it
//! tried and how fast; `FUZZ_SEED` repeats a run.

use std::sync::Arc;
use std::time::Instant;

use gotemplate::functions::{Patterns, prometheus, query_result};
use gotemplate::time::{Duration, Time};
use gotemplate::{Args, Functions, Host, Limits, Templates, Value};
use testkit::Random;

/// Enough for a few seconds of an unoptimised build.
const DEFAULT_ITERATIONS: u64 = 300_000;
const OUTPUT_BYTES: usize = 20_000;

/// Pieces that templates are made of.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "-}}",
    " ",
    "if ",
    "else",
    "end",
    "range ",
    "with ",
    "define ",
    "template ",
    "block ",
    "break",
    "continue",
    "{{if .b}}",
    "{{else}}",
    "{{end}}",
    "{{range .l}}",
    "{{range $i, $x := .m}}",
    "{{with .s}}",
    "{{define \"t\"}}",
    "{{template \"t\" .}}",
    "{{block \"t\" .}}",
    "{{/* c */}}",
    "{{$x := .i}}",
    "{{$x = print $x $x}}",
    "{{$x}}",
    "(",
    ")",
    "|",
    ":=",
    "=",
    ",",
    ".",
    "$",
    "$x",
    ".i",
    ".s",
    ".l",
    ".m",
    ".t",
    ".d",
    ".m.a",
    ".t.Format",
    "\"a\"",
    "\"%5.2f %d %s\"",
    "`r`",
    "'c'",
    "1",
    "-2.5",
    "0x1F",
    "1e400",
    "nil",
    "true",
    "print ",
    "printf ",
    "len ",
    "index ",
    "slice ",
    "eq ",
    "lt ",
    "and ",
    "or ",
    "not ",
    "html ",
    "js ",
    "urlquery ",
    "humanize ",
    "humanizeDuration ",
    "toTime ",
    "parseDuration ",
    "sortByLabel ",
    "query ",
    "first ",
    "title ",
    "stripDomain ",
    "args ",
    "range 1000000",
    "\"%1000000d\"",
    "é",
    "\n",
    "text",
    "<a href=\"",
    "\">",
    "<p title='",
    "'>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<title>",
    "<",
];

struct Plain;

impl Patterns for Plain {
    fn is_match(&self, pattern: &str, text: &str) -> Result<bool, String> {
        Ok(text.contains(pattern))
    }

    fn replace_all(&self, pattern: &str, text: &str, replacement: &str) -> Result<String, String> {
        if text.len() > 1000 { Err("too long".to_owned()) } else { Ok(text.replace(pattern, replacement)) }
    }
}

struct Nothing;

impl<'a> Host<'a> for Nothing {
    fn call(&self, name: &str, _args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        if name == "query" { Ok(query_result(Vec::new())) } else { Ok(Value::Float(1.0)) }
    }
}

/// Says which template it was when a check panics.
struct Trial<'t> {
    seed: u64,
    text: &'t str,
}

impl Drop for Trial<'_> {
    #[expect(clippy::print_stderr, reason = "a test says what it failed on")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, template {:?}", self.seed, self.text);
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// Pieces in a row, or bytes in a row, or both.
fn random_text(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(14) {
        match random.below(12) {
            0 => text.push(char::from_u32(random.below(0x3000) as u32).unwrap_or('x')),
            1 => text.push(char::from(random.below(128) as u8)),
            2 => text.push_str(&format!("{{{{{}}}}}", PIECES[random.below(PIECES.len())])),
            _ => text.push_str(PIECES[random.below(PIECES.len())]),
        }
    }
    text
}

fn data<'a>() -> Value<'a> {
    let entries: Vec<(&str, Value<'a>)> = vec![
        ("i", Value::Int(7)),
        ("b", true.into()),
        ("s", "text".into()),
        ("l", Value::list(vec![Value::Int(1), "x".into(), Value::Nil])),
        ("m", Value::string_map([("a", "1"), ("b", "é")])),
        ("t", Time::from_unix(1_700_000_000, 0).into()),
        ("d", Duration::from_nanoseconds(90_000_000_000).into()),
    ];
    Value::map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// What became of the templates.
#[derive(Debug, Default)]
struct Tally {
    refused: u64,
    failed: u64,
    executed: u64,
    as_html: u64,
}

fn check(text: &str, functions: &Arc<Functions>, tally: &mut Tally) {
    let limits = Limits { output_bytes: OUTPUT_BYTES, value_bytes: 10_000, steps: 5_000 };
    let mut templates = Templates::new(Arc::clone(functions)).limits(limits);
    if let Err(error) = templates.parse("fuzz", text) {
        assert!(error.to_string().starts_with("template: fuzz:"), "{error}");
        tally.refused += 1;
        return;
    }
    let mut out = String::new();
    match templates.execute_with("fuzz", data(), &Nothing, &mut out) {
        Ok(()) => tally.executed += 1,
        Err(error) => {
            assert!(error.to_string().starts_with("template: fuzz:"), "{error}");
            tally.failed += 1;
        }
    }
    assert!(out.len() <= OUTPUT_BYTES);
    assert!(templates.field_names("fuzz").is_none_or(|names| names.len() <= text.len()));
    if let Ok(html) = templates.to_html("fuzz") {
        tally.as_html += 1;
        out.clear();
        if let Err(error) = html.execute_with("fuzz", data(), &Nothing, &mut out) {
            assert!(error.to_string().starts_with("template: fuzz:"), "{error}");
        }
        assert!(out.len() <= OUTPUT_BYTES);
    }
}

#[test]
fn random_templates() {
    let iterations = setting("FUZZ_ITERATIONS", DEFAULT_ITERATIONS);
    let seed = setting("FUZZ_SEED", 1);
    let started = Instant::now();
    let mut functions = Functions::new();
    let patterns: Arc<dyn Patterns> = Arc::new(Plain);
    prometheus(&mut functions, &patterns);
    let functions = Arc::new(functions);
    let mut tally = Tally::default();
    for i in 0..iterations {
        let seed = seed.wrapping_add(i);
        let text = random_text(&mut Random(seed));
        let trial = Trial { seed, text: &text };
        check(trial.text, &functions, &mut tally);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{iterations} templates in {seconds:.1} s, {:.0} a second: {tally:?}", iterations as f64 / seconds);
    // Were nearly all refused, or nearly all accepted, the run would show little.
    for count in [tally.refused, tally.failed, tally.executed, tally.as_html] {
        assert!(iterations < 1000 || count * 200 > iterations, "{tally:?}");
    }
}
