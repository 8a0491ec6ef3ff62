//! Matching, groups and templates. Expectations are what Go prints.

use crate::Regex;

/// `pattern` finds `expected` in `text`, and full matching it is the same as
/// finding all of `text`.
#[track_caller]
fn check_find(pattern: &str, text: &str, expected: Option<&str>) {
    let regex = Regex::new(pattern).unwrap();
    let found = regex.captures(text);
    assert_eq!(found.as_ref().and_then(|captures| captures.get(0)), expected, "{pattern:?} in {text:?}");
    assert_eq!(regex.is_match(text), expected.is_some(), "{pattern:?} in {text:?}");
}

#[track_caller]
fn check_full(pattern: &str, matching: &[&str], others: &[&str]) {
    let regex = Regex::full_match(pattern).unwrap();
    for (texts, expected) in [(matching, true), (others, false)] {
        for text in texts {
            assert_eq!(regex.is_match(text), expected, "{pattern:?} against {text:?}");
            assert_eq!(regex.captures(text).is_some(), expected, "{pattern:?} against {text:?}, by the engine");
        }
    }
}

#[track_caller]
fn check_groups(pattern: &str, text: &str, expected: &[Option<&str>]) {
    let regex = Regex::new(pattern).unwrap();
    let captures = regex.captures(text).unwrap_or_else(|| panic!("{pattern:?} is not in {text:?}"));
    let groups: Vec<_> = (0..regex.group_names().len()).map(|index| captures.get(index)).collect();
    assert_eq!(groups, expected, "{pattern:?} in {text:?}");
    assert_eq!(captures.get(groups.len()), None);
}

#[track_caller]
fn check_expand(pattern: &str, text: &str, template: &str, expected: &str) {
    let regex = Regex::new(pattern).unwrap();
    assert_eq!(regex.expand(text, template).as_deref(), Some(expected), "{template:?} of {pattern:?} in {text:?}");
}

#[track_caller]
fn check_replace(pattern: &str, text: &str, template: &str, expected: &str) {
    let regex = Regex::new(pattern).unwrap();
    assert_eq!(regex.replace_all(text, template), expected, "{pattern:?} in {text:?} by {template:?}");
}

#[test]
fn classes_are_ascii() {
    for (pattern, inside, outside) in [
        (r"\d", "059", "٣²a"),
        (r"\D", "a٣", "5"),
        (r"\w", "aZ_0", "é-٣"),
        (r"\W", "é-", "a_"),
        (r"\s", " \t\n\r\u{C}", "\u{B}\u{A0}\u{85}x"),
        (r"\S", "\u{B}\u{A0}x", " \t"),
        ("[[:space:]]", " \t\n\r\u{B}\u{C}", "\u{A0}x"),
        ("[[:^space:]]", "x\u{A0}", " \u{B}"),
        ("[[:alpha:]]", "aZ", "é1"),
        ("[[:word:]]", "aZ_0", "é-"),
        ("[[:punct:]]", "!/:@[`{~", "a0 é"),
        ("[[:graph:]]", "!~a", " \u{7F}é"),
        ("[[:print:]]", " ~", "\u{7F}\t"),
        ("[[:cntrl:]]", "\0\u{1F}\u{7F}", " a"),
        ("[[:blank:]]", " \t", "\n\u{B}"),
        ("[[:xdigit:]]", "09afAF", "gG"),
        ("[[:ascii:]]", "\0\u{7F}", "\u{80}"),
        ("[[:upper:][:digit:]]", "A1", "a"),
    ] {
        for c in inside.chars() {
            check_find(pattern, &c.to_string(), Some(&c.to_string()));
        }
        for c in outside.chars() {
            check_find(pattern, &c.to_string(), None);
        }
    }
}

#[test]
fn brackets_take_characters_as_they_are() {
    check_find("[a&&b]+", "&a&b&", Some("&a&b&"));
    check_find("[a~~b]+", "a~b", Some("a~b"));
    check_find("[[a]+", "[a[", Some("[a["));
    check_find("[]a]+", "]a", Some("]a"));
    check_find("[^]a]+", "]ab]", Some("b"));
    check_find("[a-]+", "-a", Some("-a"));
    check_find(r"[\d-z]+", "1-z", Some("1-z"));
    check_find(r"[\d-z]", "m", None);
    check_find("[--/]+", "-./", Some("-./"));
    check_find("[:alpha:]+", "hpl:a", Some("hpl:a"));
    check_find(r"[\x{D7FF}-\x{E000}]+", "\u{D7FF}\u{E000}", Some("\u{D7FF}\u{E000}"));
    check_find(r"[\x{D800}-\x{DFFF}]", "\u{D7FF}\u{E000}", None);
    check_find(r"\x{D800}", "\u{FFFD}", None);
    check_find("[^a]", "\n", Some("\n"));
}

#[test]
fn escapes() {
    check_find(r"\x41\x{42}\103\0", "ABC\0", Some("ABC\0"));
    check_find(r"\x{1F600}", "😀", Some("😀"));
    check_find(r"\0123", "\n3", Some("\n3"));
    check_find(r"\400", "\u{100}", Some("\u{100}"));
    check_find(r"\a\f\n\r\t\v", "\u{7}\u{C}\n\r\t\u{B}", Some("\u{7}\u{C}\n\r\t\u{B}"));
    check_find(r"\<a\>", "<a>", Some("<a>"));
    check_find(r"\Qa.*b\E+", "xa.*bb", Some("a.*bb"));
    check_find(r"\Qa\Eb\Q*", "ab*", Some("ab*"));
    check_find(r"\Q\\E", r"\", Some(r"\"));
    check_find("a{,2}", "aa{,2}", Some("a{,2}"));
    check_find("a{01}", "a{01}", Some("a{01}"));
    check_find("x{", "x{", Some("x{"));
}

#[test]
fn assertions() {
    check_find("^a", "ba", None);
    check_find("^a", "b\na", None);
    check_find("(?m)^a$", "b\na\nb", Some("a"));
    check_find("a$", "a\n", None);
    check_find("(?m)a$", "a\n", Some("a"));
    check_find(r"\Aa\z", "a", Some("a"));
    check_find(r"(?m)\Aa", "b\na", None);
    check_find(r"\bé", "é", None);
    check_find(r"\Bé", "é", Some("é"));
    check_find(r"a\b", "aé", Some("a"));
    check_find(r"\B", "é世", Some(""));
    check_find(r"(?m)^$", "a\r\n", Some(""));
}

#[test]
fn flags() {
    check_find(".", "\n", None);
    check_find("(?s).", "\n", Some("\n"));
    check_find("(?i)aB", "Ab", Some("Ab"));
    check_find("a(?i)b", "aB", Some("aB"));
    check_find("a(?i)b", "AB", None);
    check_find("(?:a(?i)b)c", "aBC", None);
    check_find("(?i)a(?-i)b", "Ab", Some("Ab"));
    check_find("(?i:a|b)c", "Bc", Some("Bc"));
    check_find("a|(?i)b|c", "C", Some("C"));
    check_find("(?i)k", "\u{212A}", Some("\u{212A}"));
    check_find("(?i)straße", "STRAẞE", Some("STRAẞE"));
    check_find("(?i)ß", "ss", None);
    check_find("(?i)σ", "ς", Some("ς"));
    check_find("(?i)[^k]", "K", None);
    check_find(r"(?i)\w", "ſ", Some("ſ"));
    check_find(r"(?i)\W", "ſ", None);
    check_find(r"(?i)\p{Lu}", "a", Some("a"));
    check_find(r"(?i)\P{Lu}", "a", None);
    check_find("(?i)[a-c]+", "BAC", Some("BAC"));
    check_find("(?i)[[:upper:]]+", "aB", Some("aB"));
    check_find("(?U)a+", "aaa", Some("a"));
    check_find("(?U)a+?", "aaa", Some("aaa"));
    check_find("(?U)(?-U)a+", "aaa", Some("aaa"));
    check_find("(?s-s:.)", "\n", None);
}

#[test]
fn alternatives_are_tried_from_the_left() {
    check_find("a|ab", "ab", Some("a"));
    check_find("ab|a", "ab", Some("ab"));
    check_find("a*?b??", "aab", Some(""));
    check_find("(?:a|ab)(?:c|bcd)", "abcd", Some("abcd"));
    check_find("(?:ab)*", "ababa", Some("abab"));
    check_find("ab*", "abbab", Some("abb"));
    check_find("|a", "a", Some(""));
    check_find("a{2,3}", "aaaa", Some("aaa"));
    check_find("a{2,3}?", "aaaa", Some("aa"));
    check_find(r"\p{Greek}+\PL*", "aσβ1 b", Some("σβ1 "));
}

#[test]
fn whole_texts() {
    check_full("a", &["a"], &["", "aa", "a\n", "A"]);
    check_full("a|b", &["a", "b"], &["ab", "", "|"]);
    check_full("(?i)ab", &["ab", "AB", "aB"], &["abc"]);
    check_full("", &[""], &["a"]);
    check_full(".*", &["", "a", "\n", "é\n世"], &[]);
    check_full(".+", &["a", "\n"], &[""]);
    check_full("a.*", &["a", "a\nb"], &["", "ba"]);
    check_full("a.+", &["ab", "a\n"], &["a", "b"]);
    check_full(".*a", &["a", "\na"], &["", "ab"]);
    check_full(".+é", &["xé", "éé"], &["é", ""]);
    check_full(".*a.*", &["a", "bab"], &["", "b"]);
    check_full(".+a.+", &["bab", "aaa", "aab"], &["a", "ab", "ba"]);
    check_full("ab.*ba", &["abba", "ab-ba"], &["aba", "ab", "ba"]);
    check_full("a.*b.*c", &["abc", "abcbc", "axbxc"], &["acb", "ac", "bc"]);
    check_full(".*ab.+ab", &["ab-ab", "abab-ab"], &["abab", "ab"]);
    check_full("a.{2,}b", &["axxb", "axxxb", "aébéb"], &["axb", "ab"]);
    check_full(".+.*.+", &["ab", "éé"], &["", "é"]);
    check_full("a|b.*|.*c", &["a", "b", "bx", "c", "ac"], &["", "ab", "d"]);
    check_full("(?-s).*", &["", "a"], &["\n", "a\nb"]);
    check_full("(?-s)a.*|b", &["ax", "b"], &["a\n"]);
    check_full("^a$", &["a"], &["a\n"]);
    check_full("a$|^b.*", &["a", "b", "bc"], &["ab"]);
    check_full("a|b|", &["", "a", "b"], &["ab"]);
    check_full("a[0-9]+", &["a1", "a12"], &["a", "b1", "a1b"]);
    check_full(r"\Qab", &["ab"], &["ab)$"]);
    check_full("(?m)a$\n^b", &["a\nb"], &["ab"]);
    check_full(r"a\bb", &[], &["ab", "a b"]);
    check_full(r"a|\x{D800}.*", &["a"], &["", "b"]);
}

#[test]
fn the_empty_text() {
    for (pattern, full, anywhere) in [
        ("", true, true),
        ("a", false, false),
        ("a*", true, true),
        ("a|", true, true),
        (".*", true, true),
        (".+", false, false),
        ("^$", true, true),
        (r"\b", false, false),
        (r"\B", true, true),
        (r"a*\B|b", true, true),
        ("(?m)^$", true, true),
        (r"|\x{D800}", true, true),
        (r"\x{D800}*", true, true),
        (r"\x{D800}", false, false),
    ] {
        assert_eq!(Regex::full_match(pattern).unwrap().matches_empty(), full, "{pattern:?}");
        assert_eq!(Regex::new(pattern).unwrap().matches_empty(), anywhere, "{pattern:?}");
    }
}

#[test]
fn groups() {
    check_groups("(a)(b)?", "xa", &[Some("a"), Some("a"), None]);
    check_groups("(a|b)*", "abx", &[Some("ab"), Some("b")]);
    check_groups("(a*)*", "b", &[Some(""), Some("")]);
    check_groups("(a*)+", "aab", &[Some("aa"), Some("aa")]);
    check_groups("(a){0}b(c)", "bc", &[Some("bc"), None, Some("c")]);
    check_groups("(?:(a)|b)*", "ab", &[Some("ab"), Some("a")]);
    let duplicate = Regex::new("(?P<n>a)|(?P<n>b)(?P<m>c)?").unwrap();
    let captures = duplicate.captures("b").unwrap();
    assert_eq!((captures.name("n"), captures.name("m"), captures.name("x")), (Some("b"), None, None));
}

#[test]
fn templates() {
    let pattern = r"(?P<key>\w+):(\d+)(x)?";
    let text = " port:9100 ";
    for (template, expected) in [
        ("$1", "port"),
        ("${1}", "port"),
        ("$0", "port:9100"),
        ("$2/$1", "9100/port"),
        ("$key=${2}", "port=9100"),
        ("${key}_x", "port_x"),
        ("$1_x", ""),
        ("$key_x", ""),
        ("${1}_x", "port_x"),
        ("$3", ""),
        ("$9", ""),
        ("$01", ""),
        ("$99999999999999999999", ""),
        ("$$1", "$1"),
        ("$$$1", "$port"),
        ("$", "$"),
        ("$ 1", "$ 1"),
        ("a$-b", "a$-b"),
        ("${1", "${1"),
        ("${}", "${}"),
        ("${1 }", "${1 }"),
        ("$1é", ""),
        ("$1-é", "port-é"),
        ("$1\u{301}", "port\u{301}"),
        ("", ""),
        ("plain", "plain"),
    ] {
        check_expand(pattern, text, template, expected);
    }
    check_expand("(?P<n>a)|(?P<n>b)", "b", "$n", "b");
    check_expand("(?P<1x>a)", "a", "$1x", "a");
    assert_eq!(Regex::new("a").unwrap().expand("b", "x"), None);
    let full = Regex::full_match(r"(.*):\d+").unwrap();
    assert_eq!(full.expand("host:9100", "$1").as_deref(), Some("host"));
    assert_eq!(full.expand("host:9100 ", "$1"), None);
    assert_eq!(Regex::full_match("(a)|b").unwrap().expand("a", "<$1>").as_deref(), Some("<a>"));
}

#[test]
fn replacements() {
    check_replace("a", "banana", "o", "bonono");
    check_replace("(a)(n)?", "banana", "$2$1", "bnanaa");
    check_replace("", "aé", "-", "-a-é-");
    check_replace("a*", "baaac", "x", "xbxcx");
    check_replace("b|", "abc", "x", "xaxcx");
    check_replace("x*", "", "-", "-");
    check_replace("^a", "aaa", "b", "baa");
    check_replace("(?m)^", "a\nb", "> ", "> a\n> b");
    check_replace(r"\b", "ab cd", "|", "|ab| |cd|");
    check_replace("z", "banana", "o", "banana");
    check_replace("é?", "éa", "$0$0", "ééa");
    check_replace("a", "aa", "$$", "$$");
    let full = Regex::full_match("a*").unwrap();
    assert_eq!(full.replace_all("aa", "x"), "x");
    assert_eq!(full.replace_all("ab", "x"), "ab");
}

#[test]
fn clones_share_and_show_the_pattern() {
    let regex = Regex::full_match("a.*").unwrap();
    let clone = regex.clone();
    assert_eq!(clone.as_str(), "a.*");
    assert_eq!(format!("{clone} {clone:?}"), "a.* Regex(\"a.*\")");
    assert!(std::sync::Arc::ptr_eq(&regex.0, &clone.0));
}

/// A pattern whose compilation is put off must compile when its groups are asked
/// for: these are the largest programs for which that is done.
#[test]
fn what_is_compiled_late_does_compile() {
    let words = |bytes: usize| (0..bytes / 5).map(|n| format!("{n:05}")).collect::<Vec<_>>().join("|");
    for pattern in [
        words(53_000),
        format!("{}|.*", words(40_000)),
        ".{1000,}a".repeat(3),
        format!("(?:{}|)", "é世\u{10FFFF}".repeat(7000)),
        format!("{}|", "()a".repeat(15_000)),
        format!("{}|", "[é-ê]{0}[世]".repeat(2000)),
        format!("[\u{80}-\u{90}\u{7F0}-\u{810}\u{FFF0}-\u{10010}].{{0}}|{}", "[aé世\u{10000}]|".repeat(800)),
    ] {
        let regex = Regex::full_match(&pattern).unwrap();
        let shown: String = pattern.chars().take(30).collect();
        assert!(matches!(regex.0.engine, crate::engine::Engine::Lazy { .. }), "{shown:?} is compiled at once");
        assert!(regex.program().is_some(), "{shown:?} cannot be compiled");
    }
}
