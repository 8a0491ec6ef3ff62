//! Counting the blocks of files, as du(1) does.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Stat};

/// The unit in which file systems count, whatever their blocks are.
const BLOCK_BYTES: u64 = 512;

/// After so many entries others get the disk.
const PIECE_ENTRIES: usize = 512;

/// Files with several names that are remembered, so as to count them once.
const MAX_LINKS: usize = 1 << 16;

const DIRECTORY_BYTES: usize = 32 << 10;
const DIRECTORY_FLAGS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The bytes that files and directories occupy, each file once, without other file systems that are mounted among them.
///
/// Stops counting after `max_entries`. Calls `pause` now and then; the walk ends without a number when that says `false`, as it does when the first
/// of the paths is not there.
pub(super) fn occupied_bytes(paths: &[PathBuf], max_entries: usize, pause: &mut dyn FnMut() -> bool) -> Option<u64> {
    let mut walk = Walk { bytes: 0, entries: 0, max_entries, links: HashSet::new(), pause };
    for (at, path) in paths.iter().enumerate() {
        match rustix::fs::stat(path) {
            Ok(stat) => {
                walk.count(&stat);
                if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
                    walk.tree(path, stat.st_dev)?;
                }
            }
            Err(_) if at == 0 => return None,
            Err(_) => {}
        }
    }
    Some(walk.bytes)
}

struct Walk<'a> {
    bytes: u64,
    entries: usize,
    max_entries: usize,
    /// Device and number of files with several names.
    links: HashSet<(u64, u64)>,
    pause: &'a mut dyn FnMut() -> bool,
}

impl Walk<'_> {
    /// Counts what is below a directory. None when the walk is to end.
    fn tree(&mut self, root: &Path, device: u64) -> Option<()> {
        let Ok(root) = rustix::fs::open(root, DIRECTORY_FLAGS, Mode::empty()) else { return Some(()) };
        let mut open = vec![PathBuf::from(".")];
        let mut buffer = Vec::with_capacity(DIRECTORY_BYTES);
        while let Some(path) = open.pop() {
            // What was removed since its name was read, or may not be read, holds nothing that could be counted.
            let Ok(directory) = open_below(&root, &path) else { continue };
            let mut entries = RawDir::new(directory.as_fd(), buffer.spare_capacity_mut());
            while let Some(Ok(entry)) = entries.next() {
                let name = entry.file_name();
                if matches!(name.to_bytes(), b"." | b"..") {
                    continue;
                }
                if self.entries >= self.max_entries {
                    return Some(());
                }
                self.entries += 1;
                if self.entries.is_multiple_of(PIECE_ENTRIES) && !(self.pause)() {
                    return None;
                }
                let Ok(stat) = rustix::fs::statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
                if stat.st_dev != device {
                    continue;
                }
                self.count(&stat);
                if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
                    open.push(path.join(OsStr::from_bytes(name.to_bytes())));
                }
            }
        }
        Some(())
    }

    #[allow(clippy::useless_conversion, reason = "the number of links has half the bits on other processors")]
    fn count(&mut self, stat: &Stat) {
        let bytes = u64::try_from(stat.st_blocks).unwrap_or(0).saturating_mul(BLOCK_BYTES);
        let names = u64::from(stat.st_nlink);
        let has_more_names = names > 1 && FileType::from_raw_mode(stat.st_mode) != FileType::Directory;
        let counted = if !has_more_names {
            bytes
        } else if self.links.len() >= MAX_LINKS {
            // Too many to remember: each name bears its share.
            bytes / names
        } else if self.links.insert((stat.st_dev, stat.st_ino)) {
            bytes
        } else {
            0
        };
        self.bytes = self.bytes.saturating_add(counted);
    }
}

/// Opens a directory without following a link, which whoever owns the files may put in its place at any time.
fn open_below(root: &OwnedFd, path: &Path) -> io::Result<OwnedFd> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match rustix::fs::openat2(root, path, DIRECTORY_FLAGS, Mode::empty(), resolve) {
        // Kernels before 5.6, and some sandboxes, do not have it.
        Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => {
            Ok(rustix::fs::openat(root, path, DIRECTORY_FLAGS | OFlags::NOFOLLOW, Mode::empty())?)
        }
        opened => Ok(opened?),
    }
}
