//! The tables behind the names.

use super::{CATEGORIES, SCRIPTS, both_cases, closed_under_folding, is_name_char, named_class};

fn contains(name: &str, c: char) -> bool {
    let class = named_class(name).unwrap_or_else(|| panic!("{name} is unknown"));
    class.iter().any(|range| range.start() <= c && c <= range.end())
}

#[test]
fn every_name_has_a_table() {
    for name in CATEGORIES.iter().chain(&SCRIPTS) {
        let class = named_class(name).unwrap_or_else(|| panic!("{name} is unknown"));
        assert!(!class.ranges().is_empty(), "{name} is empty");
    }
}

/// The counts of Unicode 15.0, of which the first is the number of characters that
/// its announcement gives.
#[test]
fn tables_are_those_of_unicode_15() {
    let count = |name: &str| {
        let class = named_class(name).unwrap_or_else(|| panic!("{name} is unknown"));
        class.iter().flat_map(|range| range.start()..=range.end()).count()
    };
    assert_eq!(["L", "M", "N", "P", "S", "Z", "Cf"].map(count).iter().sum::<usize>(), 149_186);
    for (name, expected) in [
        ("Any", 0x11_0000 - 0x800),
        ("L", 136_104),
        ("Lu", 1831),
        ("Ll", 2233),
        ("Nd", 680),
        ("Co", 137_468),
        ("Zs", 17),
        ("Zl", 1),
        ("Greek", 518),
        ("Latin", 1481),
        ("Han", 98_408),
        ("Kawi", 86),
        ("Cs", 0),
    ] {
        assert_eq!(count(name), expected, "in {name}");
    }
}

#[test]
fn names_are_exact() {
    for name in ["", "greek", "GREEK", "IsGreek", "Script=Greek", "Letter", "LC", "Cn", "ASCII", "any", "Todhri", "^L"]
    {
        assert!(named_class(name).is_none(), "{name:?} is known");
    }
}

#[test]
fn members_are_what_the_names_say() {
    for (name, inside, outside) in [
        ("L", 'é', '1'),
        ("Lu", 'É', 'é'),
        ("C", '\u{E000}', '\u{378}'),
        ("C", '\0', 'a'),
        ("Greek", 'σ', 's'),
        ("Han", '世', 'あ'),
        ("Common", '1', 'a'),
        ("Zl", '\u{2028}', '\u{2029}'),
        ("Lu", 'A', '\u{10D50}'),
    ] {
        assert!(contains(name, inside), "{inside:?} is not in {name}");
        assert!(!contains(name, outside), "{outside:?} is in {name}");
    }
}

#[test]
fn folding_is_simple() {
    for (c, folded) in [
        ('a', "Aa"),
        ('k', "Kk\u{212A}"),
        ('S', "Ssſ"),
        ('σ', "Σςσ"),
        ('ß', "ßẞ"),
        ('1', "1"),
        ('İ', "İ"),
        ('ı', "ı"),
        ('\u{FB05}', "\u{FB05}\u{FB06}"),
    ] {
        let class = both_cases(c);
        let found: String = class.iter().flat_map(|range| range.start()..=range.end()).collect();
        assert_eq!(found, folded, "for {c:?}");
    }
}

#[test]
fn ranges_closed_under_folding_gain_nothing() {
    assert!(closed_under_folding(0x20, 0x40));
    assert!(closed_under_folding(0x20, 0x10_FFFF));
    assert!(!closed_under_folding(0x20, 0x41));
    assert!(!closed_under_folding(0x42, 0x10_FFFF));
    for c in ('\0'..'A').chain('\u{1E944}'..=char::MAX) {
        assert_eq!(both_cases(c).ranges().len(), 1, "{c:?} folds");
        assert!(closed_under_folding(c.into(), c.into()));
    }
}

#[test]
fn names_in_templates_are_letters_digits_and_underscores() {
    for c in "aZ09_éσ世٣".chars() {
        assert!(is_name_char(c), "{c:?}");
    }
    // A Roman numeral, a combining mark and a superscript are none of these.
    for c in "-$ {}.\u{2160}\u{301}²\u{10FFFF}".chars() {
        assert!(!is_name_char(c), "{c:?}");
    }
}
