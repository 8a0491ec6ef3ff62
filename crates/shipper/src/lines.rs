//! Cutting bytes into lines.

use std::ops::Range;

use memchr::memchr;

/// The longest line that is handed on in one piece. A longer one is cut into parts of at most this, so that none of it is lost.
pub const MAX_LINE_BYTES: usize = 256 << 10;

/// The lines that stand in a piece of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Split {
    /// Where the lines lie, without their ends.
    pub(crate) lines: Vec<Range<usize>>,
    /// Bytes that need not be read again.
    pub(crate) consumed: usize,
    /// How many of the lines are parts of one that is too long.
    pub(crate) parts: u64,
}

/// Cuts whole lines off. A line ends with `\n` or `\r\n`; what stands behind the last end is left, unless it is longer than a line
/// may be, or nothing can follow (`finished`). Zero bytes before a line are a hole that a truncated file got, and are passed over.
pub(crate) fn split(bytes: &[u8], finished: bool) -> Split {
    split_within(bytes, finished, MAX_LINE_BYTES)
}

/// As [`split`], for another length than that of the longest line.
pub(crate) fn split_within(bytes: &[u8], finished: bool, max_bytes: usize) -> Split {
    let mut split = Split::default();
    while let Some(rest) = bytes.get(split.consumed..).filter(|rest| !rest.is_empty()) {
        let hole = rest.iter().take_while(|b| **b == 0).count();
        if hole > 0 {
            split.consumed += hole;
            continue;
        }
        let start = split.consumed;
        // Room for the two bytes of a line end, so that a part never leaves an empty rest.
        let window = rest.get(..max_bytes + 2).unwrap_or(rest);
        match memchr(b'\n', window) {
            Some(end) => {
                let line = window.get(..end).unwrap_or_default();
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                if line.len() > max_bytes {
                    let part = part_len(line, max_bytes);
                    split.parts += 1;
                    split.lines.push(start..start + part);
                    split.consumed += part;
                } else {
                    split.lines.push(start..start + line.len());
                    split.consumed += end + 1;
                }
            }
            None if window.len() == max_bytes + 2 => {
                let part = part_len(window, max_bytes);
                split.parts += 1;
                split.lines.push(start..start + part);
                split.consumed += part;
            }
            None if finished => {
                split.lines.push(start..start + rest.len());
                split.consumed += rest.len();
            }
            None => break,
        }
    }
    split
}

/// How much of a line that is too long goes into one part: as much as may be, not cutting a character.
pub(crate) fn part_len(line: &[u8], max_bytes: usize) -> usize {
    let is_continuation = |at: usize| line.get(at).is_some_and(|b| b & 0xc0 == 0x80);
    (max_bytes - 3..=max_bytes).rev().find(|at| !is_continuation(*at)).unwrap_or(max_bytes)
}

#[cfg(test)]
mod tests;
