//! Directories of the device information file system, whose files hold one value each.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// The kernel gives out at most a page per attribute.
const MAX_ATTRIBUTE_BYTES: usize = 4096;

/// A directory of attributes, held open so that each is found without walking the whole path.
#[derive(Debug)]
pub(crate) struct Directory(OwnedFd);

impl Directory {
    pub(crate) fn open(path: &Path) -> io::Result<Directory> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Directory(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// A directory within this one.
    pub(crate) fn open_child(&self, name: &str) -> io::Result<Directory> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Directory(rustix::fs::openat(&self.0, name, flags, Mode::empty())?))
    }

    /// The value of an attribute without the white space around it.
    pub(crate) fn attribute<'b>(&self, name: &str, buffer: &'b mut Buffer) -> io::Result<&'b [u8]> {
        Ok(self.content(name, buffer)?.trim_ascii())
    }

    /// What an attribute's file holds. One read, as broken drivers answer a second one with a wait.
    pub(crate) fn content<'b>(&self, name: &str, buffer: &'b mut Buffer) -> io::Result<&'b [u8]> {
        // Not waiting for a writer, should somebody have put a pipe there.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(&self.0, name, flags, Mode::empty())?);
        let read = file.read(&mut buffer.0)?;
        Ok(&buffer.0[..read])
    }
}

/// Reads an attribute by its whole path.
pub(crate) fn attribute<'b>(path: &Path, buffer: &'b mut Buffer) -> io::Result<&'b [u8]> {
    let read = File::open(path)?.read(&mut buffer.0)?;
    Ok(buffer.0[..read].trim_ascii())
}

/// Room for one attribute, to be used again and again.
#[derive(Debug)]
pub(crate) struct Buffer(Box<[u8]>);

impl Default for Buffer {
    fn default() -> Buffer {
        Buffer(vec![0; MAX_ATTRIBUTE_BYTES].into_boxed_slice())
    }
}

/// The names in a directory in their order; those that are not UTF-8 are left out, as the kernel has none.
pub(crate) fn entries(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path)? {
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The names in a directory that are `prefix` and then a digit and whatever follows it, in their order; none if there
/// is no such directory.
pub(crate) fn numbered_entries(path: &Path, prefix: &str) -> Vec<String> {
    let is_numbered =
        |name: &String| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let mut names = entries(path).unwrap_or_default();
    names.retain(is_numbered);
    names
}
