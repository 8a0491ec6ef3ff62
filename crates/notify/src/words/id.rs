//! What messages say in Indonesian.

use super::{Level, Words};

pub(super) const WORDS: Words = Words {
    thousands: '.',
    clock: '.',
    months: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    units: ["hari", "jam", "menit", "dtk"],
    nameless: "Peringatan tanpa nama",
    severity: |level| match level {
        Level::Critical => "kritis",
        Level::Warning => "peringatan",
        Level::Info => "informasi",
    },
    firing: |count| format!("{count} menyala"),
    resolved: |count| format!("{count} pulih"),
    since: |moment, span| format!("sejak {moment} ({span})"),
    lasting: |span| format!("selama {span}"),
    over: |subject| format!("Pulih: {subject}"),
    was_critical: |span| format!("kritis selama {span}"),
    was_warning: |span| format!("peringatan selama {span}"),
    lasted: |span| format!("berlangsung {span}"),
    over_after: |span| format!("pulih setelah {span}"),
    from_to: |from, to| format!("{from} sampai {to}"),
    more: |count| format!("…dan {count} lagi"),
    runbook: "Panduan",
};
