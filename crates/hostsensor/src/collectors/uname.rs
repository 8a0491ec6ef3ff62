//! `uname`: the kernel's name and version, and the host's name.

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

#[derive(Debug, Default)]
pub(crate) struct Uname;

impl Collector for Uname {
    fn collect(&mut self, _paths: &Paths, _procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let uname = rustix::system::uname();
        let family = sink.gauge("node_uname_info", "Labeled system information as provided by the uname system call.");
        let labels = [
            ("domainname", kerneltext::text(uname.domainname().to_bytes())),
            ("machine", kerneltext::text(uname.machine().to_bytes())),
            ("nodename", kerneltext::text(uname.nodename().to_bytes())),
            ("release", kerneltext::text(uname.release().to_bytes())),
            ("sysname", kerneltext::text(uname.sysname().to_bytes())),
            ("version", kerneltext::text(uname.version().to_bytes())),
        ];
        sink.sample(family, &labels.each_ref().map(|(name, value)| (*name, &**value)), 1.0);
        Ok(())
    }
}
