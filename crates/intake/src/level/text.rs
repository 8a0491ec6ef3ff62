//! The level of a line without fields: the first level word that stands by itself.

use super::Level;

/// Words that tell a level, in any case.
const WORDS: [(&[u8], Level); 9] = [
    (b"trace", Level::Trace),
    (b"debug", Level::Debug),
    (b"info", Level::Info),
    (b"warning", Level::Warn),
    (b"warn", Level::Warn),
    (b"error", Level::Error),
    (b"err", Level::Error),
    (b"critical", Level::Critical),
    (b"fatal", Level::Fatal),
];

/// May stand before a word.
const OPENS: u8 = 1;
/// May stand behind a word.
const CLOSES: u8 = 2;
/// Begins a word.
const BEGINS: u8 = 4;

/// What a byte may be. Colons, dots, slashes and hyphens join a word to what stands before it (`misc:error`, `api/error-handler`), so they do not open one.
const ROLES: [u8; 256] = {
    let mut roles = [0; 256];
    let both = b" \t\n\r\x0b\x0c[](){}<>\"'`|=,;!*";
    let mut i = 0;
    while i < both.len() {
        roles[both[i] as usize] = OPENS | CLOSES;
        i += 1;
    }
    let closes = b":?\\\x1b";
    let mut i = 0;
    while i < closes.len() {
        roles[closes[i] as usize] |= CLOSES;
        i += 1;
    }
    let begins = b"tdiwecfTDIWECF";
    let mut i = 0;
    while i < begins.len() {
        roles[begins[i] as usize] |= BEGINS;
        i += 1;
    }
    roles
};

/// The level that the first level word of a line tells; a word counts only where it is not part of a longer one.
#[must_use]
pub fn detect_level_in_text(line: &[u8]) -> Level {
    let mut before = OPENS;
    for (at, byte) in line.iter().enumerate() {
        let roles = ROLES[usize::from(*byte)];
        if roles & BEGINS != 0
            && (before & OPENS != 0 || ends_colour(&line[..at]))
            && let Some(level) = word_at(&line[at..])
        {
            return level;
        }
        before = roles;
    }
    Level::Unknown
}

fn word_at(rest: &[u8]) -> Option<Level> {
    let is_word = |word: &[u8]| {
        let end = word.len();
        rest.len() >= end && rest[..end].eq_ignore_ascii_case(word) && is_closed(&rest[end..])
    };
    WORDS.iter().find(|(word, _)| is_word(word)).map(|(_, level)| *level)
}

fn is_closed(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        // The end of a sentence, but not a file name such as `error.go`.
        [b'.', after @ ..] => after.first().is_none_or(u8::is_ascii_whitespace),
        [byte, ..] => ROLES[usize::from(*byte)] & CLOSES != 0,
    }
}

/// Whether a text ends with a terminal's sequence for a colour, `ESC [ 3 1 m`.
fn ends_colour(before: &[u8]) -> bool {
    let Some((b'm', rest)) = before.split_last() else { return false };
    let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    rest[..rest.len() - digits].ends_with(b"\x1b[")
}
