//! Random strings of metacharacters as patterns: nothing panics, and what is found
//! out about a pattern holds for its matches.

use goregex::Regex;
use testkit::Random;

/// What patterns are made of, weighted to what has a meaning.
const PARTS: &[&str] = &[
    "a",
    "b",
    "ab",
    "K",
    "é",
    "σ",
    "世",
    "0",
    "7",
    "_",
    "-",
    "\n",
    "\0",
    "^",
    "$",
    ".",
    ".*",
    ".+",
    "*",
    "+",
    "?",
    "*?",
    "{",
    "}",
    "{2}",
    "{2,}",
    "{0,3}",
    "{1000}",
    "{1001}",
    "{,2}",
    "{01}",
    "(",
    "(",
    "(",
    ")",
    ")",
    ")",
    "|",
    "|",
    "[",
    "[^",
    "]",
    "]",
    "[a-c]",
    "[b-",
    ",",
    "\\",
    "\\d",
    "\\W",
    "\\s",
    "\\b",
    "\\B",
    "\\A",
    "\\z",
    "\\C",
    "\\Q",
    "\\E",
    "\\x4",
    "\\x41",
    "\\x{",
    "\\x{e9}",
    "\\x{D800}",
    "\\x{110000}",
    "\\1",
    "\\012",
    "\\8",
    "\\pL",
    "\\PL",
    "\\p{Greek}",
    "\\p{^Lu}",
    "\\p{",
    "\\p",
    "[:alpha:]",
    "[[:word:]]",
    "[[:x:]]",
    "(?",
    "(?i)",
    "(?i:",
    "(?-s)",
    "(?m)",
    "(?U)",
    "(?:",
    "(?P<n>",
    "(?<m>",
    "(?P<",
    "(?=",
    ":",
    "<",
    ">",
    "!",
    "&&",
    "--",
];

const TEXT_PARTS: &[&str] =
    &["a", "b", "ab", "K", "k", "\u{212A}", "é", "É", "σ", "世", "0", "_", "-", "\n", "\0", " ", "{2}"];

const TEMPLATE_PARTS: &[&str] = &["$", "$1", "${1}", "$n", "${m}", "$$", "{", "}", "x", "$0", "é", "${"];

fn string(random: &mut Random, parts: &[&str], max_parts: usize) -> String {
    (0..random.below(max_parts + 1)).map(|_| random.pick(parts)).collect()
}

/// Tries `rounds` random patterns, each on a few texts. Gives how many were
/// accepted.
fn fuzz(seed: u64, rounds: usize) -> usize {
    let mut random = Random(seed);
    let mut accepted = 0;
    for round in 0..rounds {
        let pattern = string(&mut random, PARTS, 9);
        let texts: Vec<String> = (0..4).map(|_| string(&mut random, TEXT_PARTS, 5)).collect();
        let template = string(&mut random, TEMPLATE_PARTS, 4);
        let context = format!("seed {seed}, round {round}, pattern {pattern:?}");
        match (Regex::new(&pattern), Regex::full_match(&pattern)) {
            (Ok(search), Ok(full)) => {
                accepted += 1;
                for text in &texts {
                    check_search(&search, text, &template, &context);
                    check_full(&full, text, &context);
                }
            }
            (Err(search), Err(full)) => {
                assert_eq!(search, full, "{context}");
                assert!(pattern.contains(search.fragment()), "{context}: {search}");
            }
            (search, full) => panic!("{context}: {search:?} but {full:?}"),
        }
    }
    accepted
}

fn check_search(regex: &Regex, text: &str, template: &str, context: &str) {
    let captures = regex.captures(text);
    assert_eq!(regex.is_match(text), captures.is_some(), "{context} in {text:?}");
    assert_eq!(regex.expand(text, template).is_some(), captures.is_some(), "{context} in {text:?}");
    assert_eq!(regex.replace_all(text, "$0"), text, "{context} in {text:?}");
    if captures.is_none() {
        assert_eq!(regex.replace_all(text, template), text, "{context} in {text:?}");
    }
}

fn check_full(regex: &Regex, text: &str, context: &str) {
    let captures = regex.captures(text);
    assert_eq!(regex.is_match(text), captures.is_some(), "{context} against {text:?}");
    if let Some(captures) = captures {
        assert_eq!(captures.get(0), Some(text), "{context}");
        assert!(text.starts_with(regex.prefix()), "{context} against {text:?}");
    }
    if let Some(literals) = regex.literals() {
        assert!(literals.is_sorted(), "{context}");
        assert_eq!(literals.iter().any(|literal| literal == text), regex.is_match(text), "{context} against {text:?}");
    }
    assert_eq!(regex.matches_empty(), regex.captures("").is_some(), "{context}");
}

#[test]
fn random_patterns() {
    for seed in 1..=4 {
        let accepted = fuzz(seed, 2000);
        assert!((200..1800).contains(&accepted), "seed {seed}: {accepted} accepted, which tests little");
    }
}
