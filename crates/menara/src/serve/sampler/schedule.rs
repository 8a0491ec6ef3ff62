//! When a target is read.

use std::time::{Duration, Instant};

/// Readings right after the start and after a change, so that rates can be shown within seconds.
const FIRST_READINGS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(2), Duration::from_secs(5)];
const INTERVAL: Duration = Duration::from_secs(15);
/// How long a first reading waits for a change.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// What changes together, such as the containers of a compose file, gives one reading.
const SETTLE: Duration = Duration::from_millis(150);
/// Readings after changes are not closer to each other than this, whatever happens.
const SPACING: Duration = Duration::from_millis(500);

/// The times at which one target is due.
#[derive(Debug)]
pub(super) struct Schedule {
    /// The next reading of the regular rhythm.
    regular: Instant,
    /// Further readings, in order.
    early: Vec<Instant>,
    last: Option<Instant>,
}

impl Schedule {
    pub(super) fn new(start: Instant) -> Schedule {
        let early = FIRST_READINGS.iter().map(|after| start + *after).collect();
        Schedule { regular: start + INTERVAL, early, last: None }
    }

    /// As [`Schedule::new`], but the first reading comes with the first change, or after a while without one.
    pub(super) fn waiting(start: Instant) -> Schedule {
        Schedule { regular: start + INTERVAL, early: vec![start + LONGEST_WAIT], last: None }
    }

    /// The next time at which the target is due.
    pub(super) fn next(&self) -> Instant {
        self.early.first().map_or(self.regular, |early| self.regular.min(*early))
    }

    /// Something changed: it is due soon, and again so that the change has a rate.
    pub(super) fn changed(&mut self, now: Instant) {
        let soon = now + SETTLE;
        let soon = self.last.map_or(soon, |last| soon.max(last + SPACING));
        // A reading that stands before the one that this change asks for sees it as well.
        let pending = self.early.first().copied().filter(|first| *first >= now && *first <= soon);
        let first = pending.unwrap_or(soon);
        self.early = FIRST_READINGS.iter().map(|after| first + *after).collect();
    }

    /// The target was read. What was missed meanwhile, because the machine slept, is not made up for.
    pub(super) fn was_read(&mut self, now: Instant) {
        self.last = Some(now);
        self.early.retain(|due| *due > now);
        while self.regular <= now {
            self.regular += INTERVAL;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// The readings of a schedule within a minute, when changes come at these times, in milliseconds.
    fn readings(changes: &[u64]) -> Vec<u64> {
        let start = Instant::now();
        let mut schedule = Schedule::new(start);
        let mut changes = changes.iter().map(|at| start + ms(*at)).peekable();
        let mut seen = Vec::new();
        loop {
            let next = schedule.next();
            if let Some(change) = changes.next_if(|change| *change < next) {
                schedule.changed(change);
                continue;
            }
            if next > start + ms(60_000) {
                return seen;
            }
            seen.push(u64::try_from((next - start).as_millis()).expect("less than a minute"));
            schedule.was_read(next);
        }
    }

    #[test]
    fn reads_at_the_start_then_regularly() {
        assert_eq!(readings(&[]), [0, 2_000, 5_000, 15_000, 30_000, 45_000, 60_000]);
    }

    #[test]
    fn reads_soon_after_a_change() {
        assert_eq!(readings(&[20_000])[4..8], [20_150, 22_150, 25_150, 30_000]);
        // A burst is one reading, and the rates that it asks for come once.
        assert_eq!(readings(&[20_000, 20_010, 20_100])[4..8], [20_150, 22_150, 25_150, 30_000]);
        // What changes right after a reading is read after the pause.
        assert_eq!(readings(&[20_000, 20_200])[4..7], [20_150, 20_650, 22_650]);
    }

    #[test]
    fn a_first_reading_may_wait() {
        let start = Instant::now();
        let mut schedule = Schedule::waiting(start);
        assert_eq!(schedule.next(), start + ms(2_000), "without a change");
        schedule.changed(start + ms(300));
        assert_eq!(schedule.next(), start + ms(450));
    }

    #[test]
    fn a_restart_loop_is_read_at_most_twice_a_second() {
        let changes: Vec<u64> = (0..500).map(|n| 20_000 + n * 20).collect();
        let seen = readings(&changes);
        let within = seen.iter().filter(|at| (20_000..30_000).contains(*at)).count();
        assert!((15..=21).contains(&within), "{within} readings in ten seconds: {seen:?}");
    }

    #[test]
    fn a_pause_of_the_machine_is_not_made_up_for() {
        let start = Instant::now();
        let mut schedule = Schedule::new(start);
        schedule.was_read(start + ms(100_000));
        assert_eq!(schedule.next(), start + ms(105_000));
    }
}
