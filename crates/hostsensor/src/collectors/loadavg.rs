//! `loadavg`: the load averages of `/proc/loadavg`.

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

const AVERAGES: [(&str, &str); 3] =
    [("node_load1", "1m load average."), ("node_load5", "5m load average."), ("node_load15", "15m load average.")];

#[derive(Debug, Default)]
pub(crate) struct Loadavg;

impl Collector for Loadavg {
    fn collect(&mut self, _paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let path = procfs.path("loadavg");
        let content = procfs.read("loadavg")?;
        let mut fields = kerneltext::fields(content);
        for (name, help) in AVERAGES {
            let load =
                fields.next().and_then(kerneltext::number).ok_or_else(|| CollectError::malformed(&path, content))?;
            let family = sink.gauge(name, help);
            sink.sample(family, &[], load);
        }
        Ok(())
    }
}
