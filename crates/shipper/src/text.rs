//! Which files hold text.

/// Bytes looked at.
pub(crate) const SAMPLE_BYTES: usize = 8 << 10;

/// Why a packed file is passed over.
pub(crate) const COMPRESSED: &str = "compressed";
/// Endings of files that are packed; what they hold was text once and has been shipped then.
const PACKED: &[&str] = &["gz", "xz", "zst", "bz2", "zip", "z", "lz4", "lzma", "tgz", "br", "7z"];
/// Files of a system that lie among its logs and are tables.
const TABLES: &[&str] = &["wtmp", "btmp", "utmp", "lastlog", "faillog", "tallylog"];

/// Why a file of this name holds no lines of text; `None` when its content must tell.
pub(crate) fn refused_by_name(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if PACKED.contains(&ending.as_str()) {
        return Some(COMPRESSED);
    }
    if ending == "journal" || ending == "journal~" {
        return Some("binary: a journal");
    }
    let base = name.split(['.', '-']).next().unwrap_or(name);
    TABLES.contains(&base).then_some("binary: a table of logins")
}

/// Whether the beginning of a file is not text: zero bytes behind the first other byte, or more than three bytes in ten that no text has.
pub(crate) fn is_binary(sample: &[u8]) -> bool {
    let hole = sample.iter().take_while(|b| **b == 0).count();
    let sample = sample.get(hole..).unwrap_or_default();
    if sample.contains(&0) {
        return true;
    }
    let control = |b: &u8| matches!(b, 0x01..=0x06 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let strange = sample.iter().filter(|b| control(b)).count() + invalid_utf8(sample);
    strange * 10 > sample.len() * 3
}

fn invalid_utf8(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_text_from_the_rest() {
        for (name, expected) in [
            ("syslog", false),
            ("syslog.1", false),
            ("syslog.2.gz", true),
            ("dpkg.log.XZ", true),
            ("wtmp", true),
            ("btmp.1", true),
            ("wtmp-20261101", true),
            ("system.journal", true),
            ("journal.log", false),
        ] {
            assert_eq!(refused_by_name(name).is_some(), expected, "{name}");
        }
        for (sample, expected) in [
            (&b""[..], false),
            (b"a line\n\x1b[31mred\x1b[0m\ttab\r\n", false),
            ("zeilen mit ümläuten".as_bytes(), false),
            (b"latin1: caf\xe9\n", false),
            (b"\0\0\0after a hole\n", false),
            (b"a\0b", true),
            (b"\xff\xfea\0b\0", true),
            (b"\x7fELF\x02\x01\x01", true),
            (b"\x1f\x8b\x08\xff\xff\xfe\x91\x92", true),
        ] {
            assert_eq!(is_binary(sample), expected, "{sample:?}");
        }
    }
}
