//! Opening a store: what a crash left behind is put in order here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use durable::atomic::UNFINISHED_SUFFIX;
use durable::{FileSystem, LogReader, LogWriter};
use model::Clock;
use storage::{Error, ErrorKind, Result};

use crate::block::{self, BlockReader};
use crate::error::io_error;
use crate::head::Head;
use crate::metadata::MetadataFile;
use crate::options::Options;
use crate::query::BlockSource;
use crate::stats::Counters;
use crate::store::{Parts, Tsdb};
use crate::wal;
use durable::varint::Reader;

const MAGIC: [u8; 8] = *b"MenaraTS";
const VERSION: u32 = 1;
const IDENTITY_FILE: &str = "store";
const METADATA_FILE: &str = "metadata";
/// A log or block that failed its checks keeps its bytes under this ending, for whoever wants to look.
const DAMAGED_SUFFIX: &str = ".damaged";

impl Tsdb {
    /// Opens the store in a directory, or creates it there. The directory must not be open elsewhere: the caller holds its lock.
    ///
    /// Blocks that fail their checks are set aside and counted; so are the ends of logs behind the first damaged record.
    ///
    /// # Errors
    /// `Corrupt` when a file is of an unknown version or the store's identity cannot be read, `Io` and `Full` as the
    /// operating system says.
    pub fn open(dir: &Path, fs: Arc<dyn FileSystem>, clock: Arc<dyn Clock>, options: Options) -> Result<Tsdb> {
        let failed = |e| io_error("cannot open the metric store", e);
        for dir in [dir.to_owned(), Tsdb::blocks_dir(dir), Tsdb::wal_dir(dir)] {
            fs.create_dir_all(&dir).map_err(failed)?;
            remove_unfinished(&*fs, &dir).map_err(failed)?;
        }
        let seed = identity(&*fs, dir, options.new_store_seed)?;
        let counters = Counters::default();
        let (blocks, next_sequence) = open_blocks(&*fs, dir, &counters)?;
        let sealed = blocks.iter().map(|block| block.meta.generation).max().unwrap_or(0);
        let (head, wal) = replay(&*fs, dir, seed, sealed, &counters)?;
        let metadata = open_metadata(&*fs, dir, &counters)?;
        let parts = Parts { head, wal, blocks, next_sequence, metadata, counters };
        let store = Tsdb::assemble(dir.to_owned(), fs, clock, options, parts);
        store.check_space();
        Ok(store)
    }
}

fn remove_unfinished(fs: &dyn FileSystem, dir: &Path) -> std::io::Result<()> {
    for name in fs.list(dir)? {
        if name.to_str().is_some_and(|name| name.ends_with(UNFINISHED_SUFFIX)) {
            fs.remove(&dir.join(name))?;
        }
    }
    Ok(())
}

/// Reads the seed of the store, or writes it once. See `docs/format/store.md`.
fn identity(fs: &dyn FileSystem, dir: &Path, new_seed: u64) -> Result<u64> {
    let path = dir.join(IDENTITY_FILE);
    match durable::fs::read_all(fs, &path, 4096) {
        Ok(bytes) => decode_identity(&bytes)
            .map_err(|what| Error::new(ErrorKind::Corrupt, format!("{}: {what}", path.display()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut bytes = Vec::new();
            bytes.extend_from_slice(&MAGIC);
            bytes.extend_from_slice(&VERSION.to_le_bytes());
            bytes.extend_from_slice(&new_seed.to_le_bytes());
            let checksum = crc32c::crc32c(&bytes);
            bytes.extend_from_slice(&checksum.to_le_bytes());
            durable::write_atomic(fs, &path, &bytes).map_err(|e| io_error("cannot create the metric store", e))?;
            Ok(new_seed)
        }
        Err(e) => Err(io_error("cannot read the store's identity", e)),
    }
}

fn decode_identity(bytes: &[u8]) -> std::result::Result<u64, String> {
    let mut reader = Reader::new(bytes);
    if reader.take(8) != Some(&MAGIC[..]) {
        return Err("not a metric store, its first bytes differ".to_owned());
    }
    match reader.u32() {
        Some(VERSION) => {}
        Some(version) => {
            return Err(format!("store version {version} is not known to this program, which writes {VERSION}"));
        }
        None => return Err("identity is cut short".to_owned()),
    }
    let (seed, checksum) = (reader.u64(), reader.u32());
    match seed {
        Some(seed) if checksum == Some(crc32c::crc32c(&bytes[..20])) && reader.is_empty() => Ok(seed),
        _ => Err("checksum of the identity is wrong".to_owned()),
    }
}

/// Opens all blocks, without those that another one replaces. Returns also the first free sequence number.
fn open_blocks(fs: &dyn FileSystem, dir: &Path, counters: &Counters) -> Result<(Vec<Arc<BlockReader>>, u64)> {
    let blocks_dir = Tsdb::blocks_dir(dir);
    let mut blocks: Vec<Arc<BlockReader>> = Vec::new();
    let mut next_sequence = 1;
    for name in fs.list(&blocks_dir).map_err(|e| io_error("cannot list the blocks", e))? {
        let Some(sequence) = block::parse_file_name(&name) else { continue };
        next_sequence = next_sequence.max(sequence + 1);
        let path = blocks_dir.join(&name);
        match BlockReader::open(fs, &path) {
            Ok(block) => blocks.push(Arc::new(block)),
            Err(error) if error.kind() == ErrorKind::Corrupt && !names_version(&error) => {
                tracing::error!(%error, "block is damaged and was set aside");
                Counters::add(&counters.corruptions, 1);
                set_aside(fs, &path)?;
            }
            Err(error) => return Err(error),
        }
    }
    // A block may have been put in place by a process that was stopped before its name was safe; logs and replaced blocks go only
    // when it is.
    fs.sync_dir(&blocks_dir).map_err(|e| io_error("cannot sync the blocks", e))?;
    set_unsound_merges_aside(fs, &mut blocks, counters)?;
    let replaced: Vec<u64> = blocks.iter().flat_map(|block| block.sources.iter().copied()).collect();
    for block in blocks.extract_if(.., |block| replaced.contains(&block.meta.sequence)) {
        fs.remove(block.path()).map_err(|e| io_error("cannot remove a replaced block", e))?;
    }
    blocks.sort_by_key(|block| block.age());
    Ok((blocks, next_sequence))
}

/// A merge that was interrupted left the blocks that it replaces beside the new one. These go only when every byte of that is right.
fn set_unsound_merges_aside(
    fs: &dyn FileSystem,
    blocks: &mut Vec<Arc<BlockReader>>,
    counters: &Counters,
) -> Result<()> {
    let present: Vec<u64> = blocks.iter().map(|block| block.meta.sequence).collect();
    let replaces = |block: &BlockReader| block.sources.iter().any(|sequence| present.contains(sequence));
    let unsound = |block: &mut Arc<BlockReader>| replaces(block) && BlockSource::verify(block).is_err();
    for block in blocks.extract_if(.., unsound) {
        tracing::error!(path = %block.path().display(), "merged block is damaged and was set aside; its sources are still there");
        Counters::add(&counters.corruptions, 1);
        set_aside(fs, block.path())?;
    }
    Ok(())
}

/// A file of a later program is not damaged: it is refused, and stays where it is.
fn names_version(error: &Error) -> bool {
    error.to_string().contains("is not known to this program")
}

pub(crate) fn set_aside(fs: &dyn FileSystem, path: &Path) -> Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(DAMAGED_SUFFIX);
    fs.rename(path, &PathBuf::from(aside)).map_err(|e| io_error("cannot set a damaged file aside", e))
}

fn open_metadata(fs: &dyn FileSystem, dir: &Path, counters: &Counters) -> Result<MetadataFile> {
    let path = dir.join(METADATA_FILE);
    match MetadataFile::open(fs, path.clone()) {
        Err(error) if error.kind() == ErrorKind::Corrupt && !names_version(&error) => {
            tracing::error!(%error, "metadata file is damaged and was set aside; sources will tell it again");
            Counters::add(&counters.corruptions, 1);
            set_aside(fs, &path)?;
            Ok(MetadataFile::empty(path))
        }
        result => result,
    }
}

/// Reads the logs of the generations that are in no block yet into a head, and goes on with the last one.
///
/// A start that finds two logs was interrupted between the beginning of a generation and the end of the seal of the one before;
/// the older one is frozen again, to be sealed at the next tick.
fn replay(fs: &dyn FileSystem, dir: &Path, seed: u64, sealed: u64, counters: &Counters) -> Result<(Head, LogWriter)> {
    let wal_dir = Tsdb::wal_dir(dir);
    let failed = |e| io_error("cannot read the log", e);
    let mut generations: Vec<u64> =
        fs.list(&wal_dir).map_err(failed)?.iter().filter_map(|n| wal::generation_of(n)).collect();
    generations.sort_unstable();
    for &generation in generations.iter().filter(|&&generation| generation <= sealed) {
        fs.remove(&wal::path(&wal_dir, generation)).map_err(failed)?;
    }
    generations.retain(|&generation| generation > sealed);
    let first = generations.first().copied().unwrap_or(sealed + 1);
    let mut head = Head::new(seed, first);
    let mut resumed = None;
    for (i, &generation) in generations.iter().enumerate() {
        if i > 0 {
            head.freeze(generation);
        }
        let good_bytes = replay_log(fs, &wal_dir, generation, &mut head, counters)?;
        resumed = Some((generation, good_bytes));
    }
    let log = match resumed {
        Some((generation, good_bytes)) if good_bytes > 0 => {
            LogWriter::resume(fs, &wal::path(&wal_dir, generation), good_bytes)
        }
        Some((generation, _)) => {
            // Its creation was interrupted before the header was whole.
            let path = wal::path(&wal_dir, generation);
            fs.remove(&path).and_then(|()| LogWriter::create(fs, &path, wal::MAGIC, wal::VERSION))
        }
        None => LogWriter::create(fs, &wal::path(&wal_dir, first), wal::MAGIC, wal::VERSION),
    };
    let log = log.map_err(failed)?;
    if !head.frozen.is_empty()
        && let Some(tokens) = wal::encode_tokens(&head)
    {
        // The log that holds them goes when its generation is sealed, and the newer one may have been started without them.
        log.append(&tokens).and_then(|_| log.sync()).map_err(failed)?;
    }
    Ok((head, log))
}

/// Reads one log into the head's active generation; returns where its good records end.
fn replay_log(
    fs: &dyn FileSystem,
    wal_dir: &Path,
    generation: u64,
    head: &mut Head,
    counters: &Counters,
) -> Result<u64> {
    let path = wal::path(wal_dir, generation);
    let failed = |e| io_error("cannot read the log", e);
    let mut reader = LogReader::open(fs, &path, wal::MAGIC, wal::VERSION).map_err(failed)?;
    let mut decoder = wal::Decoder::default();
    let mut undecodable = false;
    let mut good_bytes = reader.position();
    while let Some(record) = reader.next_record().map_err(failed)? {
        if decoder.replay(record, head).is_none() {
            undecodable = true;
            break;
        }
        Counters::add(&counters.replayed_batches, 1);
        good_bytes = reader.position();
    }
    let outcome = reader.outcome().map_err(failed)?;
    if undecodable || outcome.damaged {
        tracing::error!(
            path = %path.display(), good_bytes, file_bytes = reader.len_bytes(),
            "log is damaged; what stands behind the damage was set aside"
        );
        Counters::add(&counters.corruptions, 1);
        keep_copy(fs, &path, good_bytes)?;
    } else if outcome.discarded_bytes > 0 {
        tracing::warn!(path = %path.display(), bytes = outcome.discarded_bytes, "last record of the log was cut short, so it was never acknowledged");
    }
    Counters::add(&counters.wal_discarded_bytes, reader.len_bytes() - good_bytes);
    Ok(good_bytes)
}

/// Copies the end of a damaged log to a file of its own before it is cut off.
fn keep_copy(fs: &dyn FileSystem, path: &Path, from_bytes: u64) -> Result<()> {
    let failed = |e| io_error("cannot set the end of a damaged log aside", e);
    let bytes = durable::fs::read_all(fs, path, u64::MAX).map_err(failed)?;
    let mut aside = path.as_os_str().to_owned();
    aside.push(DAMAGED_SUFFIX);
    let end = bytes.get(from_bytes as usize..).unwrap_or_default();
    durable::write_atomic(fs, &PathBuf::from(aside), end).map_err(failed)
}
