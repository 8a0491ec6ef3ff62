//! Where a line belongs: its tenant, its day and its group.

use std::cmp::Ordering;

use model::{Labels, Matcher};

const DAY_NS: i64 = 86_400_000_000_000;

/// Labels whose values tell programs apart. Streams that agree on all of them look alike, so they share blocks; hosts, pods
/// and file names do not, of which there may be thousands.
const GROUP_LABELS: [&str; 11] = [
    "app",
    "application",
    "component",
    "container",
    "container_name",
    "job",
    "k8s_container_name",
    "namespace",
    "service",
    "service_name",
    "workload",
];

/// What shares a head, and blocks. All lines of one stream and one day have the same key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) tenant: u32,
    /// Days since the epoch.
    pub(crate) day: i32,
    /// The group labels of its streams.
    pub(crate) group: Labels,
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let numbers = (self.tenant, self.day).cmp(&(other.tenant, other.day));
        numbers.then_with(|| self.group.as_bytes().cmp(other.group.as_bytes()))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Key {
    /// Whether a stream of the group could pass: its group labels are known, the others are not.
    pub(crate) fn may_match(&self, matchers: &[Matcher]) -> bool {
        matchers.iter().all(|matcher| !is_group_label(matcher.name()) || matcher.matches_labels(&self.group))
    }
}

fn is_group_label(name: &str) -> bool {
    GROUP_LABELS.contains(&name)
}

/// The group of a stream.
pub(crate) fn group_of(labels: &Labels) -> Labels {
    labels.filter(is_group_label)
}

/// The day of a time; any `i64` of nanoseconds has one.
pub(crate) fn day_of(time_ns: i64) -> i32 {
    time_ns.div_euclid(DAY_NS) as i32
}

/// A day as `YYYYMMDD`, of the proleptic Gregorian calendar.
pub(crate) fn day_name(day: i32) -> String {
    // Days are counted from 1 March of year 0, so that the leap day is the last of its year.
    let days = i64::from(day) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}{month:02}{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_days() {
        for (day, expected) in [(0, "19700101"), (-1, "19691231"), (19_782, "20240229"), (20_782, "20261125")] {
            assert_eq!(day_name(day), expected, "{day}");
        }
        assert_eq!(day_name(day_of(i64::MIN)), "16770921");
        assert_eq!(day_name(day_of(i64::MAX)), "22620411");
        assert_eq!(day_of(-1), -1);
    }

    #[test]
    fn groups_leave_hosts_out() {
        let labels = Labels::from_pairs([("job", "a"), ("pod", "x"), ("namespace", "n"), ("filename", "/f")]);
        let group = group_of(&labels);
        assert_eq!(group, Labels::from_pairs([("job", "a"), ("namespace", "n")]));
        let key = Key { tenant: 0, day: 0, group };
        assert!(key.may_match(&[Matcher::equal("job", "a"), Matcher::equal("pod", "other")]));
        assert!(!key.may_match(&[Matcher::equal("job", "b")]));
        assert!(!key.may_match(&[Matcher::equal("app", "b")]));
        assert!(key.may_match(&[Matcher::equal("app", "")]));
    }
}
