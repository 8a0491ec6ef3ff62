//! A file system in memory that can cut the power, fill up and fail, for crash tests.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use durable::fs::{FileSystem, LogFile, ReadFile, Space};

/// A simulated file system; clones share it. Cutting the power drops what was not synced: the ends of files behind their
/// last sync (at a random byte), and creations, renames and removals in directories that were not synced since.
#[derive(Clone, Debug, Default)]
pub struct SimFs(Arc<Mutex<State>>, Arc<Gate>);

/// Where appends wait while the disk hangs.
#[derive(Debug, Default)]
struct Gate {
    /// Whether it is shut, and how many wait.
    state: Mutex<(bool, usize)>,
    changed: Condvar,
}

/// A disk that hangs: appends wait until this goes out of scope.
#[derive(Debug)]
pub struct Hanging(Arc<Gate>);

impl Hanging {
    /// Returns when an append waits.
    pub fn wait_for_append(&self) {
        let mut state = lock(&self.0.state);
        while state.1 == 0 {
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        lock(&self.0.state).0 = false;
        self.0.changed.notify_all();
    }
}

impl Gate {
    fn pass(&self) {
        let mut state = lock(&self.state);
        if !state.0 {
            return;
        }
        state.1 += 1;
        self.changed.notify_all();
        while state.0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.1 -= 1;
    }
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<PathBuf, Arc<Mutex<Content>>>,
    /// What the directories hold after a power cut.
    durable_names: BTreeMap<PathBuf, Arc<Mutex<Content>>>,
    capacity_bytes: Option<u64>,
    /// Operations that change something, counted down; at zero each fails.
    fail_after: Option<u64>,
    changes: u64,
}

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    /// Prefix that survives a power cut.
    synced_bytes: usize,
}

impl SimFs {
    /// An empty file system without limits.
    #[must_use]
    pub fn new() -> SimFs {
        SimFs::default()
    }

    /// Loses what was not synced. `keep` is asked, for each file with unsynced bytes, how many of them reached the disk
    /// all the same (0..=n).
    pub fn cut_power(&self, mut keep: impl FnMut(usize) -> usize) {
        let mut state = self.state();
        state.files = state.durable_names.clone();
        for content in state.files.values() {
            let mut content = lock(content);
            let unsynced = content.bytes.len() - content.synced_bytes;
            let kept = content.synced_bytes + keep(unsynced).min(unsynced);
            content.bytes.truncate(kept);
            content.synced_bytes = kept;
        }
        state.fail_after = None;
    }

    /// Limits the space; `None` lifts the limit.
    pub fn set_capacity_bytes(&self, capacity_bytes: Option<u64>) {
        self.state().capacity_bytes = capacity_bytes;
    }

    /// Lets `n` more changing operations succeed, then fails each; `None` ends the failing. An append that fails leaves a part of its
    /// bytes behind.
    pub fn fail_after(&self, n: Option<u64>) {
        self.state().fail_after = n;
    }

    /// Lets appends hang until what is returned goes out of scope.
    #[must_use]
    pub fn hang_appends(&self) -> Hanging {
        lock(&self.1.state).0 = true;
        Hanging(Arc::clone(&self.1))
    }

    /// The number of changing operations so far.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// All files.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        self.state().files.keys().cloned().collect()
    }

    /// The content of a file.
    #[must_use]
    pub fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        self.state().files.get(path).map(|content| lock(content).bytes.clone())
    }

    /// Changes the content of a file, as a failing disk would.
    pub fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        if let Some(content) = self.state().files.get(path) {
            let mut content = lock(content);
            change(&mut content.bytes);
            content.synced_bytes = content.bytes.len();
        }
    }

    /// A deep copy, to try different fates from one moment.
    #[must_use]
    pub fn fork(&self) -> SimFs {
        let state = self.state();
        let copy = |content: &Arc<Mutex<Content>>| {
            let content = lock(content);
            Arc::new(Mutex::new(Content { bytes: content.bytes.clone(), synced_bytes: content.synced_bytes }))
        };
        let mut copies: BTreeMap<*const Mutex<Content>, Arc<Mutex<Content>>> = BTreeMap::new();
        let mut names = |from: &BTreeMap<PathBuf, Arc<Mutex<Content>>>| {
            from.iter()
                .map(|(path, c)| (path.clone(), Arc::clone(copies.entry(Arc::as_ptr(c)).or_insert_with(|| copy(c)))))
                .collect::<BTreeMap<_, _>>()
        };
        let (files, durable_names) = (names(&state.files), names(&state.durable_names));
        SimFs(
            Arc::new(Mutex::new(State {
                files,
                durable_names,
                capacity_bytes: state.capacity_bytes,
                fail_after: None,
                changes: 0,
            })),
            Arc::default(),
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl State {
    fn change(&mut self) -> io::Result<()> {
        self.changes += 1;
        match &mut self.fail_after {
            Some(0) => Err(io::Error::other("simulated input/output error")),
            Some(n) => {
                *n -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn used_bytes(&self) -> u64 {
        self.files.values().map(|content| lock(content).bytes.len() as u64).sum()
    }
}

impl FileSystem for SimFs {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let mut state = self.state();
        state.change()?;
        if state.files.contains_key(path) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{}: file exists", path.display())));
        }
        let content = Arc::new(Mutex::new(Content::default()));
        state.files.insert(path.to_owned(), Arc::clone(&content));
        Ok(Arc::new(SimFile { fs: self.clone(), content }))
    }

    fn open_append(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let content = self.state().files.get(path).cloned().ok_or_else(|| not_found(path))?;
        Ok(Arc::new(SimFile { fs: self.clone(), content }))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn ReadFile>> {
        let content = self.state().files.get(path).cloned().ok_or_else(|| not_found(path))?;
        Ok(Arc::new(SimFile { fs: self.clone(), content }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        let content = state.files.remove(from).ok_or_else(|| not_found(from))?;
        state.files.insert(to.to_owned(), content);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        state.files.remove(path);
        Ok(())
    }

    fn create_dir_all(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let state = self.state();
        let in_dir = state.files.keys().filter(|path| path.parent() == Some(dir));
        Ok(in_dir.filter_map(|path| path.file_name().map(PathBuf::from)).collect())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        let state = &mut *state;
        state.durable_names.retain(|path, _| path.parent() != Some(dir));
        for (path, content) in &state.files {
            if path.parent() == Some(dir) {
                state.durable_names.insert(path.clone(), Arc::clone(content));
            }
        }
        Ok(())
    }

    fn space(&self, _path: &Path) -> io::Result<Space> {
        let state = self.state();
        let total_bytes = state.capacity_bytes.unwrap_or(1 << 40);
        Ok(Space { total_bytes, available_bytes: total_bytes.saturating_sub(state.used_bytes()) })
    }
}

#[derive(Debug)]
struct SimFile {
    fs: SimFs,
    content: Arc<Mutex<Content>>,
}

impl LogFile for SimFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        self.fs.1.pass();
        let mut state = self.fs.state();
        let failure = state.change().err();
        let room = state.capacity_bytes.map_or(u64::MAX, |c| c.saturating_sub(state.used_bytes()));
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let mut content = lock(&self.content);
        if let Some(failure) = failure {
            content.bytes.extend_from_slice(&bytes[..bytes.len() / 2]);
            return Err(failure);
        }
        if bytes.len() > room {
            content.bytes.extend_from_slice(&bytes[..room]);
            return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on device"));
        }
        content.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn truncate(&self, len_bytes: u64) -> io::Result<()> {
        self.fs.state().change()?;
        let mut content = lock(&self.content);
        content.bytes.truncate(usize::try_from(len_bytes).unwrap_or(usize::MAX));
        content.synced_bytes = content.synced_bytes.min(content.bytes.len());
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.fs.state().change()?;
        let mut content = lock(&self.content);
        content.synced_bytes = content.bytes.len();
        Ok(())
    }
}

impl ReadFile for SimFile {
    fn len_bytes(&self) -> io::Result<u64> {
        Ok(lock(&self.content).bytes.len() as u64)
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset_bytes: u64) -> io::Result<()> {
        let content = lock(&self.content);
        let start = usize::try_from(offset_bytes).unwrap_or(usize::MAX);
        let bytes = start.checked_add(buffer.len()).and_then(|end| content.bytes.get(start..end));
        buffer.copy_from_slice(bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }
}

fn not_found(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{}: no such file", path.display()))
}

/// A panic of another test thread must not hide behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
