//! Entries of the Kubernetes runtime interface: `time output tags text`.

use memchr::memchr;

use super::{Entry, Output, Text, time};

/// Reads an entry that begins at `at` in the bytes of the file.
pub(super) fn decode(line: &[u8], at: usize) -> Option<Entry> {
    let (time, rest) = word(line)?;
    let (output, rest) = word(rest)?;
    // The space behind the tags may be missing where there is no text.
    let (tags, text) = word(rest).unwrap_or((rest, &[]));
    // Tags are separated by colons; the first tells whether the line ends.
    let ended = match tags.split(|byte| *byte == b':').next()? {
        b"F" => true,
        b"P" => false,
        _ => return None,
    };
    let text = if ended { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
    let start = at + line.len() - rest.len() + (tags.len() + 1).min(rest.len());
    Some(Entry {
        time_ns: time::parse(time)?,
        output: Output::of(output)?,
        text: Text::Read(start..start + text.len()),
        ended,
    })
}

/// What stands before the first space, and behind it.
fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr(b' ', bytes)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}
