//! What the stores say of themselves.

use exposition::Family;
use logstore::EmbeddedLogStore;
use tsdb::Tsdb;

use super::{counter, gauge};

/// What the metric store says of itself.
pub(super) fn metric_store(store: &Tsdb) -> Vec<Family> {
    let stats = store.stats();
    vec![
        counter(
            "menara_tsdb_samples_appended_total",
            "Samples written to the metric store.",
            stats.samples_appended as f64,
        ),
        counter(
            "menara_tsdb_samples_refused_total",
            "Samples refused one by one: conflicting, out of bounds or badly labelled.",
            stats.samples_refused as f64,
        ),
        counter(
            "menara_tsdb_batches_failed_total",
            "Batches of which nothing was acknowledged.",
            stats.batches_failed as f64,
        ),
        counter("menara_tsdb_seals_total", "Generations of the head that became blocks.", stats.seals as f64),
        counter(
            "menara_tsdb_seals_failed_total",
            "Attempts to write a block that failed and are repeated.",
            stats.seals_failed as f64,
        ),
        counter("menara_tsdb_merges_total", "Merges of blocks.", stats.merges as f64),
        counter("menara_tsdb_blocks_dropped_total", "Blocks dropped by retention.", stats.blocks_dropped as f64),
        counter("menara_tsdb_corruptions_total", "Damaged blocks and logs found.", stats.corruptions as f64),
        counter(
            "menara_tsdb_replayed_batches_total",
            "Batches read back from the log at the start.",
            stats.replayed_batches as f64,
        ),
        counter(
            "menara_tsdb_wal_discarded_bytes_total",
            "Bytes at the end of logs that were cut short or damaged.",
            stats.wal_discarded_bytes as f64,
        ),
        gauge("menara_tsdb_head_series", "Series known to the head.", stats.head_series as f64),
        gauge("menara_tsdb_head_samples", "Samples that are not in a block yet.", stats.head_samples as f64),
        gauge("menara_tsdb_head_bytes", "Memory that the samples of the head take.", stats.head_bytes as f64),
        gauge("menara_tsdb_blocks", "Blocks.", stats.blocks as f64),
        gauge("menara_tsdb_block_bytes", "Disk space of all blocks.", stats.block_bytes as f64),
        gauge("menara_tsdb_block_samples", "Samples in blocks.", stats.block_samples as f64),
        gauge("menara_tsdb_wal_bytes", "Disk space of the log being written.", stats.wal_bytes as f64),
        gauge(
            "menara_tsdb_full",
            "1 while samples are refused because the disk is nearly full.",
            f64::from(u8::from(stats.full)),
        ),
    ]
}

/// What the log store says of itself.
pub(super) fn log_store(store: &EmbeddedLogStore) -> Vec<Family> {
    let stats = store.stats();
    vec![
        counter("menara_logs_lines_appended_total", "Lines written to the log store.", stats.lines_appended as f64),
        counter("menara_logs_bytes_appended_total", "Bytes of the texts of these lines.", stats.bytes_appended as f64),
        counter(
            "menara_logs_batches_repeated_total",
            "Batches recognised as retries and not written again.",
            stats.batches_repeated as f64,
        ),
        counter(
            "menara_logs_batches_failed_total",
            "Batches of which nothing was acknowledged.",
            stats.batches_failed as f64,
        ),
        counter("menara_logs_seals_total", "Groups of lines in memory that became blocks.", stats.seals as f64),
        counter(
            "menara_logs_seals_failed_total",
            "Attempts to write a block that failed and are repeated.",
            stats.seals_failed as f64,
        ),
        counter("menara_logs_merges_total", "Merges of blocks.", stats.merges as f64),
        counter("menara_logs_blocks_dropped_total", "Blocks dropped by retention.", stats.blocks_dropped as f64),
        counter("menara_logs_corruptions_total", "Damaged blocks and logs found.", stats.corruptions as f64),
        counter(
            "menara_logs_replayed_batches_total",
            "Batches read back from the log at the start.",
            stats.replayed_batches as f64,
        ),
        counter(
            "menara_logs_wal_discarded_bytes_total",
            "Bytes at the end of logs that were cut short or damaged.",
            stats.wal_discarded_bytes as f64,
        ),
        gauge("menara_logs_head_lines", "Lines that are not in a block yet.", stats.head_lines as f64),
        gauge("menara_logs_head_bytes", "Memory that these lines take.", stats.head_bytes as f64),
        gauge("menara_logs_blocks", "Blocks.", stats.blocks as f64),
        gauge("menara_logs_block_bytes", "Disk space of all blocks.", stats.block_bytes as f64),
        gauge("menara_logs_block_lines", "Lines in blocks.", stats.block_lines as f64),
        gauge("menara_logs_block_text_bytes", "Bytes of the texts of these lines.", stats.block_text_bytes as f64),
        gauge("menara_logs_wal_bytes", "Disk space of the log of what is not in a block yet.", stats.wal_bytes as f64),
        gauge(
            "menara_logs_full",
            "1 while lines are refused because the disk is nearly full.",
            f64::from(u8::from(stats.full)),
        ),
    ]
}
