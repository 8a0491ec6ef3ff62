//! Any text is read or refused, in both syntaxes, and what is read is read back.

use alerting::matcher::{Matcher, MatcherSet, Syntax};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn check(text: &str) {
    for syntax in [Syntax::Classic, Syntax::Utf8, Syntax::Fallback] {
        // A comma ends a matcher in a list and braces stand around one; alone they belong to the value, as upstream has it.
        let is_plain = !text.contains([',', '{', '}']);
        if let (true, Ok(one), Ok(many)) = (is_plain, syntax.parse_matcher(text), syntax.parse_matchers(text)) {
            assert_eq!(vec![one], many, "{text:?}");
        }
        let Ok(matchers) = syntax.parse_matchers(text) else { continue };
        let shown = MatcherSet::new(matchers).to_string();
        assert!(shown.starts_with('{') && shown.ends_with('}'), "{text:?} gave {shown:?}");
    }
    if let Ok(matchers) = Syntax::Utf8.parse_matchers(text) {
        for matcher in matchers.iter().filter(|matcher| !matcher.name().is_empty()) {
            let again = Syntax::Utf8.parse_matcher(&quoted(matcher));
            assert_eq!(again.as_ref(), Ok(matcher), "{text:?}");
        }
    }
}

fn quoted(matcher: &Matcher) -> String {
    use model::labels::Quoted;
    format!("{}{}{}", Quoted(matcher.name()), matcher.op().as_str(), Quoted(matcher.value()))
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(20_261_125), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn texts_of_what_matters(text in "[{}=!~,\"\\\\ab\\n\u{1f642} ]*") {
        check(&text);
    }
}
