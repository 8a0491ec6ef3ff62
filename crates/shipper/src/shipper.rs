//! The shipper: rounds of looking for files and reading them on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use durable::FileSystem;
use model::{Clock, Labels};
use parking_lot::Mutex;
use tracing::warn;

use crate::containers::{ContainerLogs, Containers};
use crate::identity::FileKey;
use crate::positions::{self, Records};
use crate::settings::Settings;
use crate::sink::LineSink;
use crate::status::{Counters, Status, add};
use crate::tail::{Tail, TailId};
use crate::watch::{Stop, Watch, Woken};

/// How often files are looked for.
const LOOK_MS: i64 = 2_000;
/// How often open files are looked at.
const POLL_MS: u32 = 250;
/// The pause after something happened to a directory, so that a burst is one look.
const SETTLE_MS: u32 = 100;
/// How often positions that only moved are written; the store has them as well.
const SAVE_MS: i64 = 2_000;

/// What the shipper stands on.
#[derive(Debug)]
pub struct Options {
    /// Where the positions file lies.
    pub positions: PathBuf,
    /// The directory of this program's data, from which nothing is shipped.
    pub data_dir: Option<PathBuf>,
    /// Other files that this program writes; its standard output and error are known.
    pub own_files: Vec<PathBuf>,
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Lines acknowledged.
    pub lines: u64,
    /// Bytes of files acknowledged.
    pub bytes: u64,
}

/// Follows files and delivers their lines.
pub struct Shipper {
    pub(crate) settings: Settings,
    pub(crate) sink: Arc<dyn LineSink>,
    pub(crate) options: Options,
    fs: Arc<dyn FileSystem>,
    clock: Arc<dyn Clock>,
    /// The time of this round.
    pub(crate) now_ms: i64,
    pub(crate) records: Records,
    pub(crate) unsaved: Unsaved,
    saved_ms: i64,
    pub(crate) tails: BTreeMap<TailId, Tail>,
    pub(crate) by_file: HashMap<(FileKey, u16), TailId>,
    pub(crate) last_tail: TailId,
    /// Files about which there is nothing to do until they change.
    pub(crate) settled: HashMap<(FileKey, u16), Settled>,
    pub(crate) own_files: BTreeSet<FileKey>,
    pub(crate) dirs: BTreeSet<PathBuf>,
    looked_ms: Option<i64>,
    pub(crate) looks: u64,
    /// The last time given to a line of each stream.
    pub(crate) last_ns: HashMap<Labels, i64>,
    pub(crate) buffer: Vec<u8>,
    /// Whether there is more to read at once.
    pub(crate) more: bool,
    pub(crate) progress: Progress,
    pub(crate) passed: Vec<(PathBuf, String)>,
    /// What was passed over at first sight.
    pub(crate) cuts: BTreeMap<PathBuf, String>,
    /// What went wrong with a file and is tried again.
    pub(crate) troubles: BTreeMap<PathBuf, String>,
    pub(crate) container_logs: Arc<ContainerLogs>,
    pub(crate) containers: Containers,
    /// Entries of containers' logs that could not be read.
    pub(crate) malformed: BTreeMap<PathBuf, u64>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) status: Arc<Mutex<Status>>,
}

/// What the positions file does not say yet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unsaved {
    /// Which sources there are.
    pub(crate) structure: bool,
    /// How far they were read.
    pub(crate) offsets: bool,
}

/// A file that needs nothing.
#[derive(Debug)]
pub(crate) struct Settled {
    /// Its size and time when that was found.
    pub(crate) look: (u64, i64),
    /// Why it is passed over, if it is.
    pub(crate) why: Option<(PathBuf, &'static str)>,
    /// Whether the last look came across it.
    pub(crate) seen: bool,
}

impl fmt::Debug for Shipper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shipper").field("tails", &self.tails).field("options", &self.options).finish_non_exhaustive()
    }
}

impl Shipper {
    /// A shipper that has not looked at anything yet. A damaged positions file is set aside and named in the status.
    ///
    /// # Errors
    /// When the positions file cannot be read, or is of another version; when the process has no file descriptors left.
    pub fn new(
        settings: Settings,
        sink: Arc<dyn LineSink>,
        fs: Arc<dyn FileSystem>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> io::Result<Shipper> {
        let (records, damaged) = positions::load(&*fs, &options.positions)?;
        if let Some(reason) = &damaged {
            warn!("{reason}");
        }
        let own = ["/proc/self/fd/1", "/proc/self/fd/2"].map(Path::new);
        let own = own.into_iter().chain(options.own_files.iter().map(PathBuf::as_path));
        let own_files = own.filter_map(|path| crate::scan::stat(path).ok().flatten()).map(|stat| stat.key).collect();
        let mut options = options;
        options.data_dir = options.data_dir.map(|dir| dir.canonicalize().unwrap_or(dir));
        Ok(Shipper {
            settings,
            sink,
            options,
            fs,
            now_ms: clock.now_ms(),
            clock,
            records,
            unsaved: Unsaved::default(),
            saved_ms: i64::MIN,
            tails: BTreeMap::new(),
            by_file: HashMap::new(),
            last_tail: 0,
            settled: HashMap::new(),
            own_files,
            dirs: BTreeSet::new(),
            looked_ms: None,
            looks: 0,
            last_ns: HashMap::new(),
            buffer: Vec::new(),
            more: false,
            progress: Progress::default(),
            passed: Vec::new(),
            cuts: BTreeMap::new(),
            troubles: BTreeMap::new(),
            container_logs: Arc::new(ContainerLogs::new()?),
            containers: Containers::new(),
            malformed: BTreeMap::new(),
            counters: Arc::default(),
            status: Arc::new(Mutex::new(Status { positions_damaged: damaged, ..Status::default() })),
        })
    }

    /// The totals, which go on counting.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// The state, renewed at each look for files.
    #[must_use]
    pub fn status(&self) -> Arc<Mutex<Status>> {
        Arc::clone(&self.status)
    }

    /// Says which logs of containers are shipped; none as long as nothing is said.
    #[must_use]
    pub fn container_logs(&self) -> Arc<ContainerLogs> {
        Arc::clone(&self.container_logs)
    }

    /// Ships by other settings from the next round on. Files that are wanted as before are read on where they are.
    pub fn reconfigure(&mut self, settings: Settings) {
        self.settings = settings;
        self.tails.clear();
        self.by_file.clear();
        self.settled.clear();
        self.looked_ms = None;
        self.looks = 0;
    }

    /// One round: looks for files if it is time to, reads what is new, and writes positions down.
    pub fn step(&mut self) -> Progress {
        self.now_ms = self.clock.now_ms();
        self.progress = Progress::default();
        self.more = false;
        if self.take_containers() {
            self.look_soon();
        }
        // A clock that was set back must not put the look off.
        if self.looked_ms.is_none_or(|looked| !(0..LOOK_MS).contains(&self.now_ms.saturating_sub(looked))) {
            self.looked_ms = Some(self.now_ms);
            self.look();
        }
        let ids: Vec<TailId> = self.tails.keys().copied().collect();
        for id in ids {
            self.poll(id);
        }
        if self.progress.lines == 0 {
            self.buffer = Vec::new();
        }
        self.save(false);
        self.progress
    }

    /// Looks for files at the next round, whatever the time.
    pub fn look_soon(&mut self) {
        self.looked_ms = None;
    }

    /// Rounds until the end is wanted, then writes the positions down.
    pub fn run(&mut self, stop: &Stop) {
        let mut watch = Watch::new();
        let mut watched = BTreeSet::new();
        while !stop.is_wanted() {
            self.step();
            if watched != self.dirs {
                watch.set(&self.dirs);
                watched.clone_from(&self.dirs);
            }
            let wait_ms = if self.more { 0 } else { POLL_MS };
            match watch.wait(stop, Some(&self.container_logs), wait_ms) {
                Woken::Directory => {
                    Watch::pause(stop, SETTLE_MS);
                    self.look_soon();
                }
                Woken::Containers | Woken::Time => {}
            }
        }
        self.save(true);
    }

    /// Writes the positions down, durably: at once when sources came or went, else now and then.
    pub(crate) fn save(&mut self, at_once: bool) {
        let due = !(0..SAVE_MS).contains(&self.now_ms.saturating_sub(self.saved_ms));
        let wanted = self.unsaved.structure || (self.unsaved.offsets && (due || at_once));
        if !wanted {
            return;
        }
        let result = positions::save(&*self.fs, &self.options.positions, &self.records);
        self.saved_ms = self.now_ms;
        match result {
            Ok(()) => {
                self.unsaved = Unsaved::default();
                self.status.lock().save_error = None;
            }
            Err(error) => {
                add(&self.counters.save_errors, 1);
                let first = self.status.lock().save_error.replace(error.to_string()).is_none();
                if first {
                    warn!("positions are not written: {error}; the log store keeps its own");
                }
            }
        }
    }
}
