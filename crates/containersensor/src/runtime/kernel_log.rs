//! The kernel's messages: when it kills a process for want of memory it names the process's cgroup, at once. No runtime tells that reliably, and the
//! cgroup's own counter goes with the container.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Clock;
use rustix::fs::OFlags;
use tokio::net::unix::pipe::Receiver;
use tracing::debug;

use crate::Registry;
use crate::kernel::container_ids;

/// Where the kernel's messages are, on the host.
pub(super) const PLACE: &str = "/dev/kmsg";
/// Longer than any message; the kernel refuses to cut one.
const BUFFER_BYTES: usize = 16 << 10;

/// Tells a registry of kills for want of memory.
pub(super) struct KernelLog {
    pub(super) path: PathBuf,
    pub(super) registry: Arc<Registry>,
    pub(super) clock: Arc<dyn Clock>,
}

impl KernelLog {
    /// Reads messages as they come, and never returns: without permission, or where there are none, it does nothing.
    pub(super) async fn run(self) {
        if let Err(error) = self.follow().await {
            debug!("{}: {error}; kills for want of memory are learned from counters", self.path.display());
        }
        std::future::pending::<()>().await;
    }

    async fn follow(&self) -> io::Result<()> {
        // It is no pipe, but is read as one.
        let log = Receiver::from_file_unchecked(open(&self.path)?)?;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            log.readable().await?;
            match log.try_read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.read(&buffer[..length]),
                Err(error) => match error.kind() {
                    // With a broken pipe, messages were overwritten before they were read; the next ones are there.
                    ErrorKind::BrokenPipe | ErrorKind::Interrupted | ErrorKind::WouldBlock => {}
                    _ => return Err(error),
                },
            }
        }
    }

    fn read(&self, messages: &[u8]) {
        for message in messages.split(|byte| *byte == b'\n') {
            for id in killed_in(message).into_iter().flat_map(container_ids) {
                self.registry.see_oom(id, self.clock.now_ns());
            }
        }
    }
}

/// Opens the messages behind those that there are.
fn open(path: &Path) -> io::Result<File> {
    // The flags of the system call are those of the kernel on every platform that has it.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    match file.seek(SeekFrom::End(0)) {
        Ok(_) => Ok(file),
        // A pipe has nothing behind which one could go.
        Err(error) if error.kind() == ErrorKind::NotSeekable => Ok(file),
        Err(error) => Err(error),
    }
}

/// The cgroup of a process that the kernel killed for want of memory, if a message tells of one.
fn killed_in(message: &[u8]) -> Option<&str> {
    let message = std::str::from_utf8(message).ok()?;
    let (head, details) = message.split_once(";oom-kill:")?;
    // Programs may write here as well; the kernel's own facility is 0, so that what stands first is the level alone.
    head.split(',').next()?.parse::<u32>().ok().filter(|facility_and_level| *facility_and_level < 8)?;
    details.split(',').find_map(|detail| detail.strip_prefix("task_memcg="))
}

#[cfg(test)]
mod tests {
    use model::ManualClock;
    use tokio::io::AsyncWriteExt;
    use tokio::net::unix::pipe;

    use super::*;
    use crate::registry::Sighting;
    use crate::{Container, EventKind, Runtime, SourceState, SourceStatus, State};

    #[test]
    fn kills_are_read() {
        for (message, expected) in [
            (
                "6,14127,16545581321,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=a,mems_allowed=0,\
                 oom_memcg=/docker,task_memcg=/docker/a,task=busybox,pid=31001,uid=0",
                Some("/docker/a"),
            ),
            (
                "6,1,1,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a.slice,task=b,pid=1,uid=0",
                Some("/a.slice"),
            ),
            (
                "4,14129,16545787167,-;tail invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
                None,
            ),
            ("12,1,1,-;oom-kill:somebody wrote,task_memcg=/docker/a", None),
            (" SUBSYSTEM=pci", None),
            ("", None),
        ] {
            assert_eq!(killed_in(message.as_bytes()), expected, "{message}");
        }
        assert_eq!(killed_in(b"6,1,1,-;oom-kill:task_memcg=\xff"), None);
    }

    #[tokio::test]
    async fn the_registry_is_told() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("kmsg");
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a pipe");
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(9_000));
        let registry = Arc::new(Registry::new(Arc::clone(&clock)));
        let status = SourceStatus {
            runtime: Runtime::Docker,
            place: PathBuf::new(),
            state: SourceState::Files,
            version: String::new(),
        };
        let source = registry.add_source(status);
        let container = Container { id: "ab".repeat(32), state: State::Running, ..Container::default() };
        registry.sync(source, vec![Sighting { container, at_ns: 1, ..Sighting::default() }]);
        let (told, mut tells) = tokio::sync::mpsc::unbounded_channel();
        registry.on_change(Box::new(move || {
            told.send(()).ok();
        }));

        // Open for reading as well, so that it may be opened before anybody reads.
        let mut kernel = pipe::OpenOptions::new().read_write(true).open_sender(&path).expect("a pipe");
        let log = KernelLog { path, registry: Arc::clone(&registry), clock };
        let reading = tokio::spawn(log.run());
        let message = format!("6,1,1,-;oom-kill:constraint=x,task_memcg=/docker/{},task=b,pid=1\n", "ab".repeat(32));
        kernel.write_all(message.as_bytes()).await.expect("it is written");
        tells.recv().await.expect("it is told");
        let events = registry.take_events();
        assert_eq!(events.iter().map(|event| &event.kind).collect::<Vec<_>>(), [&EventKind::Oom]);
        reading.abort();
    }
}
