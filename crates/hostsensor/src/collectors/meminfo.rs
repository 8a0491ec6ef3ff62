//! `meminfo`: every field of `/proc/meminfo`, in bytes where the kernel says kilobytes.

use std::borrow::Cow;

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

const BYTES_PER_KILOBYTE: f64 = 1024.0;

/// Fields that the kernel adds in time are shown without our knowing them.
#[derive(Debug, Default)]
pub(crate) struct Meminfo;

impl Collector for Meminfo {
    fn collect(&mut self, _paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let path = procfs.path("meminfo");
        for line in kerneltext::lines(procfs.read("meminfo")?) {
            let (key, value) = parse_line(line).ok_or_else(|| CollectError::malformed(&path, line))?;
            let family = sink.gauge(format!("node_memory_{key}"), format!("Memory information field {key}."));
            sink.sample_once(family, &[], value);
        }
        Ok(())
    }
}

/// The name's end and the value of a line such as `Active(anon): 12 kB`.
fn parse_line(line: &[u8]) -> Option<(Cow<'_, str>, f64)> {
    let mut fields = kerneltext::fields(line);
    let key = fields.next()?;
    let key = std::str::from_utf8(key.strip_suffix(b":").unwrap_or(key)).ok()?;
    let value = kerneltext::number(fields.next()?)?;
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')')) {
        return None;
    }
    let key = if key.contains(['(', ')']) { Cow::Owned(without_parentheses(key)) } else { Cow::Borrowed(key) };
    match fields.next() {
        None => Some((key, value)),
        Some(b"kB") => Some((key + "_bytes", value * BYTES_PER_KILOBYTE)),
        Some(_) => None,
    }
}

/// `Active(anon)` is `Active_anon`.
fn without_parentheses(key: &str) -> String {
    key.replace('(', "_").replace(')', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (line, expected) in [
            ("MemTotal:       16042172 kB", Some(("MemTotal_bytes", 16_427_184_128.0))),
            ("HugePages_Total:       3", Some(("HugePages_Total", 3.0))),
            ("Active(anon):       1 kB", Some(("Active_anon_bytes", 1024.0))),
            ("DirectMap4k:        2 kB", Some(("DirectMap4k_bytes", 2048.0))),
            ("MemTotal:", None),
            ("MemTotal: x kB", None),
            ("Mem Total: 1 kB", None),
            ("MemTotal: 1 MB", None),
            ("Mem\"Total: 1 kB", None),
        ] {
            let parsed = parse_line(line.as_bytes());
            assert_eq!(parsed, expected.map(|(key, value)| (Cow::Borrowed(key), value)), "{line}");
        }
    }
}
