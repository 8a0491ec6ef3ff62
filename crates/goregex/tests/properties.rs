//! Random patterns: agreement with another parser, and of the fast paths with the
//! automaton.

use goregex::Regex;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use regex_automata::meta;

/// A fixed seed: a failure is found again by running the test again.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(0x60_5EED),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Patterns of constructs that mean the same in Go and in Rust.
fn common_pattern() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        "[abcé.]{1,3}".prop_map(|text| text.replace('.', r"\.")),
        prop::sample::select(vec![
            ".",
            "^",
            "$",
            "[ab]",
            "[^a]",
            "[a-cé]",
            r"[^\n]",
            r"\x61",
            r"\x{e9}",
            r"\n",
            "(?i)b",
            "(?i:É)",
            "(?m)",
            "(?s:.)",
            "(?U)",
            "(?-i)",
            "(?m:^)",
            "(?m:$)",
            r"\A",
            r"\z",
            r"\p{Ll}",
            r"\PL",
            r"\p{Greek}",
            "[[:alpha:]]",
            "[[:^upper:]]",
            "",
        ])
        .prop_map(str::to_owned),
    ];
    atom.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|items| items.concat()),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|items| format!("(?:{})", items.join("|"))),
            inner.clone().prop_map(|item| format!("({item})")),
            (inner, prop::sample::select(vec!["*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{0,2}", "{1,3}?"]))
                .prop_map(|(item, operator)| format!("(?:{item}){operator}")),
        ]
    })
}

/// Patterns near those that need no automaton.
fn matcher_pattern() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ab]{1,3}".prop_map(|text: String| text),
        4 => prop::sample::select(vec![".*", ".+", ".*?", ".{2,}"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "(a|b)", "[ab]", "a?", "(?:ab){2}", "(ab|a|)", "a{0,3}", "^", "$", "(.*)", "(^a)", "(b$)", ".", "a*", "(?-s:.*)",
            r"\b", "(?m)$", "(?i)a", "\n", r"\x{D800}",
        ])
        .prop_map(str::to_owned),
    ];
    let sequence = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    prop::collection::vec(sequence, 1..5).prop_map(|alternatives| alternatives.join("|"))
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[abAcéÉσ1\n]{0,7}", 1..8)
}

fn groups(captures: Option<&goregex::Captures<'_>>, count: usize) -> Vec<Option<String>> {
    (0..count).map(|index| captures.and_then(|captures| captures.get(index)).map(str::to_owned)).collect()
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn agrees_with_rusts_own_parser(pattern in common_pattern(), texts in texts()) {
        let ours = Regex::new(&pattern);
        // Only Go bounds the product of nested counts; nothing else may be refused.
        if let Err(error) = &ours {
            prop_assert_eq!(error.kind(), goregex::ErrorKind::InvalidRepeatSize, "{}", error);
        }
        let theirs = meta::Regex::new(&pattern);
        prop_assert!(theirs.is_ok(), "{:?}", theirs.err());
        let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return Ok(()) };
        for text in texts {
            let mut spans = theirs.create_captures();
            theirs.captures(&text, &mut spans);
            let expected: Vec<_> = (0..theirs.captures_len())
                .map(|index| spans.get_group(index).map(|span| text[span.range()].to_owned()))
                .collect();
            prop_assert_eq!(groups(ours.captures(&text).as_ref(), expected.len()), expected, "in {:?}", text);
        }
    }

    #[test]
    fn fast_paths_agree_with_the_automaton(pattern in matcher_pattern(), texts in texts()) {
        let regex = Regex::full_match(&pattern).unwrap();
        for text in texts.iter().map(String::as_str).chain(["", "a", "b", "ab", "aab", "abab"]) {
            let matches = regex.captures(text).is_some();
            prop_assert_eq!(regex.is_match(text), matches, "{:?}", text);
            prop_assert!(!matches || text.starts_with(regex.prefix()), "{:?} has not the prefix", text);
            if let Some(literals) = regex.literals() {
                prop_assert_eq!(literals.iter().any(|literal| literal == text), matches, "{:?}", text);
            }
        }
        prop_assert_eq!(regex.matches_empty(), regex.captures("").is_some());
        for literal in regex.literals().unwrap_or_default() {
            prop_assert!(regex.captures(literal).is_some(), "{:?}", literal);
        }
    }

    #[test]
    fn replacing_each_match_by_itself_changes_nothing(pattern in common_pattern(), texts in texts()) {
        let Ok(regex) = Regex::new(&pattern) else { return Ok(()) };
        for text in texts {
            prop_assert_eq!(regex.replace_all(&text, "$0"), text);
        }
    }
}
