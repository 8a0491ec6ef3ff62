//! Unicode classes under the names that Go's `unicode` package gives them.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

#[cfg(test)]
mod tests;

/// The class that Go 1.24 knows as `name`: a general category (`L`, `Lu`), a
/// script (`Greek`) or `Any`. Spelling is exact, as in Go.
pub(crate) fn named_class(name: &str) -> Option<ClassUnicode> {
    match name {
        "Any" => Some(ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)])),
        // Surrogates are in Go's table and in no text.
        "Cs" => Some(ClassUnicode::empty()),
        // Go's table of `C` leaves out what is unassigned.
        "C" => Some(table(r"\p{gc=Cc}\p{gc=Cf}\p{gc=Co}")),
        _ if CATEGORIES.contains(&name) => Some(table(&format!(r"\p{{gc={name}}}"))),
        _ if SCRIPTS.contains(&name) => Some(table(&format!(r"\p{{sc={name}}}"))),
        _ => None,
    }
}

/// `c` and what it becomes in the other case, by simple folding.
pub(crate) fn both_cases(c: char) -> ClassUnicode {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    class.case_fold_simple();
    class
}

/// Makes `class` its complement.
pub(crate) fn negate(class: &mut ClassUnicode) {
    const BEFORE_SURROGATES: char = '\u{D7FF}';
    const AFTER_SURROGATES: char = '\u{E000}';
    let ranges = class.ranges();
    // Two ranges with only the surrogates between are one range: left apart, the
    // complement would take both ends for a gap.
    if ranges.iter().any(|range| range.end() == BEFORE_SURROGATES)
        && ranges.iter().any(|range| range.start() == AFTER_SURROGATES)
    {
        class.push(ClassUnicodeRange::new(BEFORE_SURROGATES, AFTER_SURROGATES));
    }
    class.negate();
}

/// Whether folding cannot add to the code points from `low` to `high`, because
/// all or none of those that fold are among them.
pub(crate) fn closed_under_folding(low: u32, high: u32) -> bool {
    const FIRST_FOLDED: u32 = 'A' as u32;
    // The last of Adlam's small letters.
    const LAST_FOLDED: u32 = 0x1E943;
    high < FIRST_FOLDED || low > LAST_FOLDED || (low <= FIRST_FOLDED && high >= LAST_FOLDED)
}

/// Whether `c` may be part of a name in a replacement template: a letter, a
/// decimal digit or `_`.
pub(crate) fn is_name_char(c: char) -> bool {
    static NON_ASCII: LazyLock<ClassUnicode> = LazyLock::new(|| table(r"\p{gc=L}\p{gc=Nd}"));
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let ranges = NON_ASCII.ranges();
    let after = ranges.partition_point(|range| range.start() <= c);
    after.checked_sub(1).and_then(|i| ranges.get(i)).is_some_and(|range| c <= range.end())
}

/// The general categories that Go 1.24 knows, but for `C` and `Cs`.
const CATEGORIES: [&str; 34] = [
    "Cc", "Cf", "Co", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd",
    "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
];

/// The scripts of Unicode 15.0.
#[rustfmt::skip]
const SCRIPTS: [&str; 163] = [
    "Adlam", "Ahom", "Anatolian_Hieroglyphs", "Arabic", "Armenian", "Avestan", "Balinese", "Bamum", "Bassa_Vah",
    "Batak", "Bengali", "Bhaiksuki", "Bopomofo", "Brahmi", "Braille", "Buginese", "Buhid", "Canadian_Aboriginal",
    "Carian", "Caucasian_Albanian", "Chakma", "Cham", "Cherokee", "Chorasmian", "Common", "Coptic", "Cuneiform",
    "Cypriot", "Cypro_Minoan", "Cyrillic", "Deseret", "Devanagari", "Dives_Akuru", "Dogra", "Duployan",
    "Egyptian_Hieroglyphs", "Elbasan", "Elymaic", "Ethiopic", "Georgian", "Glagolitic", "Gothic", "Grantha", "Greek",
    "Gujarati", "Gunjala_Gondi", "Gurmukhi", "Han", "Hangul", "Hanifi_Rohingya", "Hanunoo", "Hatran", "Hebrew",
    "Hiragana", "Imperial_Aramaic", "Inherited", "Inscriptional_Pahlavi", "Inscriptional_Parthian", "Javanese",
    "Kaithi", "Kannada", "Katakana", "Kawi", "Kayah_Li", "Kharoshthi", "Khitan_Small_Script", "Khmer", "Khojki",
    "Khudawadi", "Lao", "Latin", "Lepcha", "Limbu", "Linear_A", "Linear_B", "Lisu", "Lycian", "Lydian", "Mahajani",
    "Makasar", "Malayalam", "Mandaic", "Manichaean", "Marchen", "Masaram_Gondi", "Medefaidrin", "Meetei_Mayek",
    "Mende_Kikakui", "Meroitic_Cursive", "Meroitic_Hieroglyphs", "Miao", "Modi", "Mongolian", "Mro", "Multani",
    "Myanmar", "Nabataean", "Nag_Mundari", "Nandinagari", "New_Tai_Lue", "Newa", "Nko", "Nushu",
    "Nyiakeng_Puachue_Hmong", "Ogham", "Ol_Chiki", "Old_Hungarian", "Old_Italic", "Old_North_Arabian", "Old_Permic",
    "Old_Persian", "Old_Sogdian", "Old_South_Arabian", "Old_Turkic", "Old_Uyghur", "Oriya", "Osage", "Osmanya",
    "Pahawh_Hmong", "Palmyrene", "Pau_Cin_Hau", "Phags_Pa", "Phoenician", "Psalter_Pahlavi", "Rejang", "Runic",
    "Samaritan", "Saurashtra", "Sharada", "Shavian", "Siddham", "SignWriting", "Sinhala", "Sogdian", "Sora_Sompeng",
    "Soyombo", "Sundanese", "Syloti_Nagri", "Syriac", "Tagalog", "Tagbanwa", "Tai_Le", "Tai_Tham", "Tai_Viet",
    "Takri", "Tamil", "Tangsa", "Tangut", "Telugu", "Thaana", "Thai", "Tibetan", "Tifinagh", "Tirhuta", "Toto",
    "Ugaritic", "Vai", "Vithkuqi", "Wancho", "Warang_Citi", "Yezidi", "Yi", "Zanabazar_Square",
];

/// The characters of a bracket class body in Rust's syntax, as of Unicode 15.0.
fn table(body: &str) -> ClassUnicode {
    let parsed = regex_syntax::parse(&format!("[[{body}]&&\\p{{age=15.0}}]")).map(Hir::into_kind);
    match parsed {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        // A class of one character is simplified to that character.
        Ok(HirKind::Literal(literal)) => {
            let chars = std::str::from_utf8(&literal.0).unwrap_or("").chars();
            ClassUnicode::new(chars.map(|c| ClassUnicodeRange::new(c, c)))
        }
        // Every body above is parsed by the tests of this file.
        _ => ClassUnicode::empty(),
    }
}
