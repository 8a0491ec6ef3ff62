//! The file layer on the operating system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fs::{FileSystem, LogFile, ReadFile, Space, at};

/// The machine's own file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealFs;

impl FileSystem for RealFs {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let file = OpenOptions::new().append(true).create_new(true).open(path).map_err(|e| at(path, &e))?;
        Ok(Arc::new(RealLogFile { file, path: path.to_owned() }))
    }

    fn open_append(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let file = OpenOptions::new().append(true).open(path).map_err(|e| at(path, &e))?;
        Ok(Arc::new(RealLogFile { file, path: path.to_owned() }))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn ReadFile>> {
        let file = File::open(path).map_err(|e| at(path, &e))?;
        Ok(Arc::new(RealReadFile { file, path: path.to_owned() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to).map_err(|e| at(from, &e))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(at(path, &e)),
            _ => Ok(()),
        }
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path).map_err(|e| at(path, &e))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(|e| at(dir, &e))? {
            let entry = entry.map_err(|e| at(dir, &e))?;
            if entry.file_type().map_err(|e| at(dir, &e))?.is_file() {
                names.push(PathBuf::from(entry.file_name()));
            }
        }
        names.sort();
        Ok(names)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir).and_then(|d| d.sync_all()).map_err(|e| at(dir, &e))
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        let stat = rustix::fs::statvfs(path).map_err(|e| at(path, &e.into()))?;
        let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Ok(Space { total_bytes: bytes(stat.f_blocks), available_bytes: bytes(stat.f_bavail) })
    }
}

#[derive(Debug)]
struct RealLogFile {
    file: File,
    path: PathBuf,
}

impl LogFile for RealLogFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.file).write_all(bytes).map_err(|e| at(&self.path, &e))
    }

    fn append_both(&self, first: &[u8], second: &[u8]) -> io::Result<()> {
        write_both(&self.file, first, second).map_err(|e| at(&self.path, &e))
    }

    fn truncate(&self, len_bytes: u64) -> io::Result<()> {
        self.file.set_len(len_bytes).map_err(|e| at(&self.path, &e))
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data().map_err(|e| at(&self.path, &e))
    }
}

/// One system call, unless the system takes less than it was given.
fn write_both(mut file: &File, first: &[u8], second: &[u8]) -> io::Result<()> {
    let mut pieces = [IoSlice::new(first), IoSlice::new(second)];
    let mut left = &mut pieces[..];
    IoSlice::advance_slices(&mut left, 0);
    while !left.is_empty() {
        match file.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[derive(Debug)]
struct RealReadFile {
    file: File,
    path: PathBuf,
}

impl ReadFile for RealReadFile {
    fn len_bytes(&self) -> io::Result<u64> {
        self.file.metadata().map(|m| m.len()).map_err(|e| at(&self.path, &e))
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset_bytes: u64) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset_bytes).map_err(|e| at(&self.path, &e))
    }
}
