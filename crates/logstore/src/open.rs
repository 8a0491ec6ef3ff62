//! Opening a store: what a crash left behind is put in order here.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use durable::atomic::UNFINISHED_SUFFIX;
use durable::{FileSystem, LogReader, LogWriter};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use model::Clock;
use storage::logs::{Body, BodyDecoder};
use storage::{Error, ErrorKind, Result};

use crate::block::{self, Block, Cache, Codec, Reading};
use crate::error::{io_error, names_version};
use crate::head::{Heads, Moment};
use crate::key::Key;
use crate::options::LogStoreOptions;
use crate::retries::Retries;
use crate::stats::Counters;
use crate::store::{EmbeddedLogStore, Inner, State};
use crate::wal::{self, BatchRecord, Content, Position, Record};

/// A log or block that failed its checks keeps its bytes under this ending, for whoever wants to look.
const DAMAGED_SUFFIX: &str = ".damaged";
const RECORD_HEADER_BYTES: u64 = 8;

/// Up to which record of the log the lines of a key are in blocks.
type Marks = HashMap<Key, Position, RandomState>;

impl EmbeddedLogStore {
    /// Opens the store in a directory, or creates it there. The directory must not be open elsewhere: the caller holds its lock.
    ///
    /// Blocks that fail their checks are set aside and counted; so are the ends of logs behind the first damaged record.
    ///
    /// # Errors
    /// `Corrupt` when a file is of an unknown version, `NotBuilt` when the decoder does not know the format of a logged body, `Io` and `Full`
    /// as the operating system says.
    pub fn open(
        fs: Arc<dyn FileSystem>,
        dir: &Path,
        options: LogStoreOptions,
        decoder: Arc<dyn BodyDecoder>,
        clock: Arc<dyn Clock>,
    ) -> Result<EmbeddedLogStore> {
        let failed = |e| io_error("cannot open the log store", e);
        for dir in [dir.to_owned(), Inner::blocks_dir(dir), Inner::wal_dir(dir)] {
            fs.create_dir_all(&dir).map_err(failed)?;
            remove_unfinished(&*fs, &dir).map_err(failed)?;
        }
        let counters = Counters::default();
        let (blocks, next_sequence) = open_blocks(&fs, dir, &counters)?;
        let mut marks = Marks::default();
        for block in &blocks {
            let mark = marks.entry(block.meta.key.clone()).or_default();
            *mark = block.meta.through.max(*mark);
        }
        let wal_dir = Inner::wal_dir(dir);
        let mut segments: Vec<u64> =
            fs.list(&wal_dir).map_err(failed)?.iter().filter_map(|name| wal::segment_of(name)).collect();
        segments.sort_unstable();
        let marked = marks.values().map(|mark| mark.segment);
        // Never a position that was used before, also of a file whose end was lost.
        let segment = marked.chain(segments.iter().copied()).max().unwrap_or(0) + 1;
        let wal = LogWriter::create(&*fs, &wal::path(&wal_dir, segment), wal::MAGIC, wal::VERSION).map_err(failed)?;
        let state = State {
            heads: Heads::new(options.block_bytes),
            blocks: Arc::new(blocks.into_iter().map(Arc::new).collect()),
            retries: Retries::default(),
            wal: Arc::new(wal),
            segment,
            old_segments: Vec::new(),
            doubtful_segment: 0,
            is_closed: false,
        };
        let store =
            EmbeddedLogStore(Arc::new(Inner::new((dir.to_owned(), fs), options, decoder, clock, state, counters)));
        store.0.next_sequence.store(next_sequence, Ordering::Relaxed);
        store.recover(&segments, &marks)?;
        store.0.check_space();
        Ok(store)
    }

    /// Reads the log back, and goes on with a file of its own.
    fn recover(&self, segments: &[u64], marks: &Marks) -> Result<()> {
        let inner = &*self.0;
        let failed = |e| io_error("cannot read the log", e);
        let mut old_segments = Vec::with_capacity(segments.len());
        for &segment in segments {
            let path = wal::path(&Inner::wal_dir(&inner.dir), segment);
            // Lines may become a block below, and it must not be safer than what recognises their retry.
            inner.fs.open_append(&path).and_then(|file| file.sync()).map_err(failed)?;
            let len_bytes = self.replay(&path, segment, marks)?;
            old_segments.push((segment, len_bytes));
        }
        {
            let mut state = inner.state.lock();
            state.old_segments.splice(0..0, old_segments);
            let checkpoint = inner.checkpoint(&state);
            state.wal.append(&checkpoint).and_then(|_| state.wal.sync()).map_err(failed)?;
        }
        self.drop_segments()
    }

    /// Reads one file of the log into the heads; returns its length. Heads are sealed meanwhile as in normal work, so that memory is bounded.
    fn replay(&self, path: &Path, segment: u64, marks: &Marks) -> Result<u64> {
        let inner = &*self.0;
        let failed = |e| io_error("cannot read the log", e);
        let mut reader = LogReader::open(&*inner.fs, path, wal::MAGIC, wal::VERSION).map_err(failed)?;
        loop {
            let start_bytes = reader.position();
            let Some(record) = reader.next_record().map_err(failed)? else { break };
            let position = Position { segment, end_bytes: start_bytes + RECORD_HEADER_BYTES + record.len() as u64 };
            if !self.replay_record(record, position, marks)? {
                tracing::error!(path = %path.display(), start_bytes, "record of the log makes no sense and was set aside");
                Counters::add(&inner.counters.corruptions, 1);
                let aside = with_suffix(path, &format!("-{start_bytes}{DAMAGED_SUFFIX}"));
                durable::write_atomic(&*inner.fs, &aside, record).map_err(failed)?;
                continue;
            }
            Counters::add(&inner.counters.replayed_batches, 1);
            self.relieve_head();
        }
        let outcome = reader.outcome().map_err(failed)?;
        if outcome.damaged {
            tracing::error!(path = %path.display(), good_bytes = outcome.good_bytes, "log is damaged; what stands behind the damage was set aside");
            Counters::add(&inner.counters.corruptions, 1);
            keep_copy(&*inner.fs, path, outcome.good_bytes)?;
        } else if outcome.discarded_bytes > 0 {
            tracing::warn!(path = %path.display(), bytes = outcome.discarded_bytes, "last record of the log was cut short, so it was never acknowledged");
        }
        Counters::add(&inner.counters.wal_discarded_bytes, outcome.discarded_bytes);
        Ok(reader.len_bytes())
    }

    /// Does what the record says. False when it makes no sense; it then has done nothing.
    fn replay_record(&self, record: &[u8], position: Position, marks: &Marks) -> Result<bool> {
        let inner = &*self.0;
        let now_ms = inner.clock.now_ms();
        match wal::decode(record) {
            Some(Record::Batch(batch)) => self.replay_batch(&batch, Moment { position, now_ms }, marks),
            Some(Record::Checkpoint(next_sequence, mut rest)) => {
                inner.next_sequence.fetch_max(next_sequence, Ordering::Relaxed);
                let decoded = inner.state.lock().retries.decode(&mut rest, now_ms);
                Ok(decoded.is_some() && rest.is_empty())
            }
            None => Ok(false),
        }
    }

    fn replay_batch(&self, batch: &BatchRecord<'_>, moment: Moment, marks: &Marks) -> Result<bool> {
        let inner = &*self.0;
        let is_sealed = |key: &Key| marks.get(key).is_some_and(|mark| *mark >= moment.position);
        // Everything is decoded twice: once to know that it can be, then for good.
        match &batch.content {
            Content::Lines(reader) => {
                if wal::decode_lines(*reader, |_, _| {}).is_none() {
                    return Ok(false);
                }
                let mut state = inner.state.lock();
                wal::decode_lines(*reader, |labels, lines| {
                    if let Ok(stream) = state.heads.stream(labels) {
                        state.heads.push(batch.tenant.0, &stream, lines, moment, &is_sealed);
                    }
                });
            }
            Content::Body { format, received_ns, left_out, bytes } => {
                let body = Body { format: *format, received_ns: *received_ns, bytes, left_out };
                let mut is_sound = true;
                let decoded = inner.decoder.decode(&body, &mut |labels, _| {
                    is_sound &= inner.state.lock().heads.stream(labels).is_ok();
                });
                match decoded {
                    Err(error) if error.kind() == ErrorKind::NotBuilt => return Err(error),
                    Ok(()) if is_sound => {}
                    _ => return Ok(false),
                }
                let (mut number, mut skipped) = (0u32, left_out.iter().peekable());
                inner.decoder.decode(&body, &mut |labels, line| {
                    if skipped.next_if(|&&left_out| left_out == number).is_none() {
                        let mut state = inner.state.lock();
                        if let Ok(stream) = state.heads.stream(labels) {
                            state.heads.push(batch.tenant.0, &stream, &[line], moment, &is_sealed);
                        }
                    }
                    number = number.wrapping_add(1);
                })?;
            }
        }
        inner.state.lock().retries.remember(batch.tenant, batch.token, batch.source, moment.now_ms);
        Ok(true)
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

/// Opens all blocks, without those that another one replaces. Returns also the first free sequence number.
fn open_blocks(fs: &Arc<dyn FileSystem>, dir: &Path, counters: &Counters) -> Result<(Vec<Block>, u64)> {
    let blocks_dir = Inner::blocks_dir(dir);
    let mut blocks: Vec<Block> = Vec::new();
    let mut next_sequence = 1;
    for name in fs.list(&blocks_dir).map_err(|e| io_error("cannot list the blocks", e))? {
        let Some(sequence) = block::parse_file_name(&name) else { continue };
        next_sequence = next_sequence.max(sequence.saturating_add(1));
        let path = blocks_dir.join(&name);
        match Block::open(fs, &path) {
            Ok(block) if block.meta.sequence == sequence => blocks.push(block),
            Err(error) if error.kind() != ErrorKind::Corrupt || names_version(&error) => return Err(error),
            opened => {
                let error = opened.err().unwrap_or_else(|| Error::new(ErrorKind::Corrupt, "its name is another's"));
                tracing::error!(path = %path.display(), %error, "block is damaged and was set aside");
                Counters::add(&counters.corruptions, 1);
                set_aside(&**fs, &path)?;
            }
        }
    }
    // A block may have been put in place by a process that was stopped before its name was safe; replaced blocks and logs go only
    // when it is.
    fs.sync_dir(&blocks_dir).map_err(|e| io_error("cannot sync the blocks", e))?;
    set_unsound_merges_aside(&**fs, &mut blocks, counters)?;
    let replaced: Vec<u64> = blocks.iter().flat_map(|block| block.meta.sources.iter().copied()).collect();
    for block in blocks.extract_if(.., |block| replaced.contains(&block.meta.sequence)) {
        fs.remove(&block.path).map_err(|e| io_error("cannot remove a replaced block", e))?;
    }
    Ok((blocks, next_sequence))
}

/// A merge that was interrupted left the blocks that it replaces beside the new one. These go only when every byte of that is right.
fn set_unsound_merges_aside(fs: &dyn FileSystem, blocks: &mut Vec<Block>, counters: &Counters) -> Result<()> {
    let present: Vec<u64> = blocks.iter().map(|block| block.meta.sequence).collect();
    let (cache, codec) = (Cache::new(0), Codec::default());
    let unsound = |block: &mut Block| {
        let replaces = block.meta.sources.iter().any(|sequence| present.contains(sequence));
        replaces && Reading { block, cache: &cache, codec: &codec }.verify().is_err()
    };
    for block in blocks.extract_if(.., unsound) {
        tracing::error!(path = %block.path.display(), "merged block is damaged and was set aside; its sources are still there");
        Counters::add(&counters.corruptions, 1);
        set_aside(fs, &block.path)?;
    }
    Ok(())
}

pub(crate) fn set_aside(fs: &dyn FileSystem, path: &Path) -> Result<()> {
    fs.rename(path, &with_suffix(path, DAMAGED_SUFFIX)).map_err(|e| io_error("cannot set a damaged file aside", e))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut with_suffix = path.as_os_str().to_owned();
    with_suffix.push(suffix);
    PathBuf::from(with_suffix)
}

/// Copies the end of a damaged log to a file of its own.
fn keep_copy(fs: &dyn FileSystem, path: &Path, from_bytes: u64) -> Result<()> {
    let failed = |e| io_error("cannot set the end of a damaged log aside", e);
    let bytes = durable::fs::read_all(fs, path, u64::MAX).map_err(failed)?;
    let end = bytes.get(from_bytes as usize..).unwrap_or_default();
    durable::write_atomic(fs, &with_suffix(path, DAMAGED_SUFFIX), end).map_err(failed)
}
