//! `vmstat`: paging, swapping and out-of-memory kills, from `/proc/vmstat`.

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

#[derive(Debug, Default)]
pub(crate) struct Vmstat;

impl Collector for Vmstat {
    fn collect(&mut self, _paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let path = procfs.path("vmstat");
        for line in kerneltext::lines(procfs.read("vmstat")?).filter(|line| is_shown(line)) {
            let mut fields = kerneltext::fields(line);
            let (Some(key), Some(value)) = (fields.next(), fields.next().and_then(kerneltext::number)) else {
                return Err(CollectError::malformed(path, line));
            };
            if !key.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                return Err(CollectError::malformed(path, line));
            }
            let key = kerneltext::text(key);
            let family = sink.untyped(format!("node_vmstat_{key}"), format!("/proc/vmstat information field {key}."));
            sink.sample_once(family, &[], value);
        }
        Ok(())
    }
}

/// node_exporter's default for the fields, `^(oom_kill|pgpg|pswp|pg.*fault).*`, without a regular expression for each
/// of the kernel's two hundred lines.
fn is_shown(line: &[u8]) -> bool {
    const FAULT: &[u8] = b"fault";
    [&b"oom_kill"[..], b"pgpg", b"pswp"].iter().any(|prefix| line.starts_with(prefix))
        || line.strip_prefix(b"pg").is_some_and(|rest| rest.windows(FAULT.len()).any(|part| part == FAULT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_fields() {
        for (line, expected) in [
            ("oom_kill 1", true),
            ("pgpgin 1", true),
            ("pswpout 1", true),
            ("pgfault 1", true),
            ("pgmajfault 1", true),
            ("pgfree 1", false),
            ("nr_free_pages 1", false),
            ("xpgfault 1", false),
            ("p", false),
        ] {
            assert_eq!(is_shown(line.as_bytes()), expected, "{line}");
        }
    }
}
