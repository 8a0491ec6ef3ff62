//! Random markup: what comes out is taken by a reader as strict as Telegram's, fits, and says the same.
//!
//! A long run: `FUZZ_ITERATIONS=1000000 cargo test --release -p notify --lib -- html::fuzz --nocapture`; `TEST_SEED` repeats a run.

use fakes::telegram::parse_text;
use testkit::Random;

use super::super::MAX_TEXT_UNITS;
use super::*;

/// Enough for a second of an unoptimised build.
const DEFAULT_ITERATIONS: u64 = 5_000;

/// Things with what closes them.
const TAGS: &[(&str, &str)] = &[
    ("<b>", "</b>"),
    ("<I>", "</I >"),
    ("<tg-spoiler>", "</>"),
    ("<pre>", "</pre>"),
    ("<code class=\"language-rust\">", "</code>"),
    ("<blockquote expandable>", "</blockquote>"),
    ("<a href=\"http://x/?a=1&amp;b=2\">", "</a>"),
    ("<a\thref = 'x>&quot;y' title=z >", "</A>"),
    ("<span class=tg-spoiler>", "</span>"),
    ("<tg-time unix=\"1700000000\" format=\"wDT\">", "</tg-time>"),
    ("<tg-emoji emoji-id='5'>", "</tg-emoji>"),
];

/// What stands between them.
const TEXTS: &[&str] = &["text ", "🔴é", "&lt;", "&#128308;", "&#x26;", " & ", ">", "&nbsp;", "\n", "\"'="];

/// What may be wrong.
const BROKEN: &[&str] = &[
    "<",
    "</",
    "/>",
    "&",
    "&#",
    "&#0;",
    "&#xD800;",
    ";",
    "<h1>",
    "<br/>",
    "<b ",
    "<a href=",
    "<tg-time unix=",
    "<span>",
    " class=x",
    "\u{a0}",
    "\0",
    "</b>",
    "<i>",
];

/// Valid markup of about so many pieces.
fn valid(random: &mut Random, n_pieces: usize, out: &mut String) {
    let mut left = n_pieces;
    while left > 0 {
        if random.below(3) == 0 {
            let (open, close) = TAGS[random.below(TAGS.len())];
            let inner = random.below(left);
            out.push_str(open);
            valid(random, inner, out);
            out.push_str(close);
            left -= inner.max(1);
        } else {
            let times = if random.below(40) == 0 { random.below(3_000) } else { 1 };
            out.push_str(&TEXTS[random.below(TEXTS.len())].repeat(times));
            left -= 1;
        }
    }
}

/// Markup, at times with something broken in it.
fn markup(random: &mut Random) -> String {
    let mut text = String::new();
    let n_pieces = random.below(30);
    valid(random, n_pieces, &mut text);
    if random.below(3) == 0 {
        return text;
    }
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..random.below(8) {
        let at = random.below(chars.len() + 1);
        match random.below(4) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 if at < chars.len() => chars[at] = char::from_u32(random.next() as u32 % 0x11_0000).unwrap_or('\u{fffd}'),
            2 => chars.insert(at, ['<', '>', '&', ';', '/', '"', '\'', '=', ' ', 'a'][random.below(10)]),
            _ => drop(chars.splice(at..at, BROKEN[random.below(BROKEN.len())].chars())),
        }
    }
    chars.into_iter().collect()
}

/// Says which text it was when a check panics.
struct Trial<'t>(&'t str, u64);

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("TEST_SEED={} FUZZ_ITERATIONS=1, text {:?}", self.1, self.0);
        }
    }
}

#[test]
fn what_comes_out_is_valid_and_fits() {
    let iterations = std::env::var("FUZZ_ITERATIONS").ok().and_then(|text| text.parse().ok());
    let iterations = iterations.unwrap_or(DEFAULT_ITERATIONS);
    let first = testkit::seed(1);
    let (mut n_valid, mut n_cut) = (0_u64, 0_u64);
    for iteration in 0..iterations {
        let seed = first.wrapping_add(iteration);
        let mut random = Random(seed);
        let text = markup(&mut random);
        let trial = Trial(&text, seed);
        let max_units = [MAX_TEXT_UNITS, random.below(100)][random.below(2)];
        let (is_valid, is_cut) = check(trial.0, max_units);
        n_valid += u64::from(is_valid);
        n_cut += u64::from(is_cut);
    }
    // Were there none of a kind, the run would show little.
    assert!(iterations < 1_000 || (n_valid * 50 > iterations && n_cut * 50 > iterations), "{n_valid} {n_cut}");
}

/// Checks a text. Whether it was valid as it was, and whether it had to be cut.
fn check(text: &str, max_units: usize) -> (bool, bool) {
    let whole = plain(text, usize::MAX);
    let given = parse_text(text, "HTML");
    if let Ok(given) = &given {
        assert_eq!(*given, whole, "what is valid says the same");
    }
    let tidied = tidy(text, max_units);
    let read = parse_text(&tidied, "HTML").unwrap_or_else(|why| panic!("{why}: {tidied:?}"));
    let is_cut = units(&whole) > max_units;
    // Not even an ellipsis fits into nothing.
    assert!(units(&read) <= max_units.max(usize::from(is_cut)), "{tidied:?}");
    match read.strip_suffix(ELLIPSIS) {
        Some(kept) if is_cut => {
            assert!(whole.starts_with(kept), "{tidied:?}");
            // Nothing more would have fitted: the next character takes two units at most.
            assert!(units(kept) + 3 >= max_units, "{tidied:?}");
        }
        _ => assert!(!is_cut && read == whole, "{tidied:?}"),
    }
    assert_eq!(plain(&tidied, usize::MAX), read);
    assert_eq!(plain(text, max_units), read, "with and without markup it is cut in the same place");
    assert_eq!(tidy(&tidied, max_units.max(1)), tidied, "what is tidy stays as it is");
    assert_eq!(parse_text(&escape(&whole), "HTML").as_deref(), Ok(whole.as_str()));
    (given.is_ok(), is_cut)
}
