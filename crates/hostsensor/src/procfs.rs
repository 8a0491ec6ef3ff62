//! Files of the process information file system: kept open, and read at most once per round.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::CollectError;

/// More than any file read here ever has: the interrupt line of a large machine is some hundred kilobytes.
const MAX_FILE_BYTES: usize = 16 << 20;

/// The first guess at a file's size; the kernel hands most files out in one page.
const FIRST_READ_BYTES: usize = 8 << 10;

/// The files that collectors have asked for so far, below one directory.
///
/// A file is kept open between rounds, because opening costs more than reading; two collectors that want the same
/// file in a round share one reading.
#[derive(Debug)]
pub(crate) struct ProcFiles {
    root: PathBuf,
    files: Vec<ProcFile>,
    round: u64,
}

#[derive(Debug)]
struct ProcFile {
    name: &'static str,
    file: Option<File>,
    content: Vec<u8>,
    /// The round in which `content` was read.
    read_in: Option<u64>,
}

impl ProcFiles {
    pub(crate) fn new(root: PathBuf) -> ProcFiles {
        ProcFiles { root, files: Vec::new(), round: 0 }
    }

    /// From here on, every file is read anew when it is first asked for.
    pub(crate) fn begin_round(&mut self) {
        self.round += 1;
    }

    /// The path of a file, for messages.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The whole content of a file in this round.
    pub(crate) fn read(&mut self, name: &'static str) -> Result<&[u8], CollectError> {
        let at = self.files.iter().position(|file| file.name == name).unwrap_or_else(|| {
            self.files.push(ProcFile { name, file: None, content: Vec::new(), read_in: None });
            self.files.len() - 1
        });
        let path = self.root.join(name);
        let file = &mut self.files[at];
        if file.read_in != Some(self.round) {
            file.read_in = None;
            file.refresh(&path).map_err(|source| CollectError::read(&path, source))?;
            file.read_in = Some(self.round);
        }
        Ok(&file.content)
    }
}

impl ProcFile {
    fn refresh(&mut self, path: &Path) -> io::Result<()> {
        if let Some(file) = &self.file
            && read_from_start(file, &mut self.content).is_ok()
        {
            return Ok(());
        }
        // Never opened, or what it was opened on has gone (`ENODEV`, `ESTALE`): look again.
        self.file = None;
        let file = File::open(path)?;
        read_from_start(&file, &mut self.content)?;
        self.file = Some(file);
        Ok(())
    }
}

/// Reads the whole file without moving its position. Files of many records come in pieces of about a page.
fn read_from_start(file: &File, content: &mut Vec<u8>) -> io::Result<()> {
    let mut length = 0;
    loop {
        if content.len() < length + FIRST_READ_BYTES {
            content.resize((content.len() * 2).max(FIRST_READ_BYTES), 0);
        }
        let read = file.read_at(&mut content[length..], length as u64)?;
        length += read;
        if read == 0 {
            break;
        }
        if length > MAX_FILE_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than any file of its kind"));
        }
    }
    content.truncate(length);
    Ok(())
}

#[cfg(test)]
mod tests;
