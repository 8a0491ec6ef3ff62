//! What messages say in English.

use super::{Level, Words};

pub(super) const WORDS: Words = Words {
    thousands: ',',
    clock: ':',
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    units: ["d", "h", "min", "s"],
    nameless: "Alert without a name",
    severity: |level| match level {
        Level::Critical => "critical",
        Level::Warning => "warning",
        Level::Info => "info",
    },
    firing: |count| format!("{count} firing"),
    resolved: |count| format!("{count} resolved"),
    since: |moment, span| format!("since {moment} ({span})"),
    lasting: |span| format!("for {span}"),
    over: |subject| format!("Over: {subject}"),
    was_critical: |span| format!("was critical for {span}"),
    was_warning: |span| format!("was a warning for {span}"),
    lasted: |span| format!("lasted {span}"),
    over_after: |span| format!("over after {span}"),
    from_to: |from, to| format!("{from} to {to}"),
    more: |count| format!("…and {count} more"),
    runbook: "Runbook",
};
