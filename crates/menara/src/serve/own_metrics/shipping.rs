//! What the shipper says of itself.

use std::sync::atomic::{AtomicU64, Ordering};

use exposition::Family;
use shipper::Counters;

use super::{counter, gauge};

/// Its totals; Promtail's names where it has the same.
pub(super) fn families(counters: &Counters) -> Vec<Family> {
    let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
    vec![
        counter("promtail_read_bytes_total", "Bytes of files whose lines were stored.", value(&counters.read_bytes)),
        counter("promtail_read_lines_total", "Lines of files that were stored.", value(&counters.read_lines)),
        gauge("promtail_files_active", "Files that are followed.", value(&counters.files_active)),
        counter(
            "menara_shipper_split_lines_total",
            "Parts of lines that were too long to be stored whole.",
            value(&counters.split_lines),
        ),
        counter(
            "menara_shipper_unfinished_lines_total",
            "Last lines without an end, stored when their file was given up.",
            value(&counters.unfinished_lines),
        ),
        counter(
            "menara_shipper_malformed_entries_total",
            "Entries of containers' logs that could not be read and were stored as they stand.",
            value(&counters.malformed_entries),
        ),
        counter(
            "menara_shipper_deliveries_refused_total",
            "Deliveries that the store refused and that are tried again.",
            value(&counters.refused),
        ),
        counter(
            "menara_shipper_lost_bytes_total",
            "Bytes that a file was truncated over before they were read.",
            value(&counters.lost_bytes),
        ),
        counter(
            "menara_shipper_cut_bytes_total",
            "Bytes passed over at the first sight of files that are old or large.",
            value(&counters.cut_bytes),
        ),
        counter(
            "menara_shipper_read_errors_total",
            "Failures to read a file or directory.",
            value(&counters.read_errors),
        ),
        counter(
            "menara_shipper_save_errors_total",
            "Failures to write the positions file.",
            value(&counters.save_errors),
        ),
    ]
}
