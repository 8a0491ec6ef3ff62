//! Writing a batch in two steps: decide what each row becomes, then, once the log has it, do so.
//!
//! Deciding changes nothing but the table of series, so a batch whose log write failed leaves no trace; and replaying the log
//! makes the same decisions again.

use storage::{Ack, BatchToken, TimeRange};

use super::{Generation, Head, HeadSeries};

/// A row whose series is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowInput {
    pub(crate) slot: u32,
    /// Index into the batch's times.
    pub(crate) time: u32,
    pub(crate) value_bits: u64,
}

/// What a batch will do.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) group: u32,
    pub(crate) accepted: Accepted,
    pub(crate) ack: Ack,
}

/// The rows to log and apply.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    pub(crate) token: Option<BatchToken>,
    pub(crate) times_ms: Vec<i64>,
    pub(crate) rows: Vec<AcceptedRow>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct AcceptedRow {
    pub(crate) input: RowInput,
    place: Place,
}

/// Where a sample goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A row of the group's timestamp column.
    Row(u32),
    Late,
}

impl Head {
    /// Decides what becomes of each row. `bounds` are the times that are accepted.
    pub(crate) fn plan(
        &mut self,
        group: &str,
        token: Option<BatchToken>,
        times_ms: &[i64],
        rows: &[RowInput],
        bounds: TimeRange,
    ) -> Plan {
        let mut ack = Ack::default();
        let group = self.active.group(group);
        if token.is_some_and(|token| self.tokens.known.contains(&token)) {
            ack.repeated = rows.len() as u64;
            return Plan { group, accepted: Accepted::default(), ack };
        }
        let first = times_ms.partition_point(|&t| t < bounds.start_ms);
        let end = times_ms.partition_point(|&t| t <= bounds.end_ms);
        let kept_ms = &times_ms[first..end.max(first)];
        let places = places_of_times(&self.active.groups[group as usize].times_ms, kept_ms);
        let mut accepted = Vec::with_capacity(rows.len());
        // Rows of one series may follow each other within the batch; what an earlier one will have done is looked up here.
        let mut pending = Pending::new(times_ms.len() > 1 || has_repeats(rows));
        for row in rows {
            let Some(time) = (row.time as usize).checked_sub(first).filter(|&time| time < kept_ms.len()) else {
                ack.out_of_bounds += 1;
                continue;
            };
            let input = RowInput { time: time as u32, ..*row };
            match self.active.decide(group, &input, kept_ms[time], places[time], &mut pending) {
                Decision::Take(place) => {
                    ack.appended += 1;
                    accepted.push(AcceptedRow { input, place });
                }
                Decision::Repeated => ack.repeated += 1,
                Decision::Conflicting => ack.conflicting += 1,
            }
        }
        Plan { group, accepted: Accepted { token, times_ms: kept_ms.to_vec(), rows: accepted }, ack }
    }

    /// Does what was decided.
    pub(crate) fn apply(&mut self, group: u32, accepted: &Accepted) {
        if let Some(token) = accepted.token {
            self.tokens.remember(token);
        }
        self.active.apply(group, accepted);
    }
}

#[derive(Debug)]
enum Decision {
    Take(Place),
    Repeated,
    Conflicting,
}

impl Generation {
    fn decide(&self, group: u32, input: &RowInput, time_ms: i64, row: Option<u32>, pending: &mut Pending) -> Decision {
        let series = self.series.get(input.slot as usize);
        let fresh = series.is_none_or(|s| s.tail.is_empty());
        let in_group = fresh || series.is_some_and(|s| s.group == group);
        let last_row = pending.last_row(input.slot).or_else(|| series.and_then(|s| s.tail.last()).map(|(row, _)| row));
        if let Some(row) = row.filter(|_| in_group)
            && last_row.is_none_or(|last| row > last)
            && !self.late.contains_key(&(input.slot, time_ms))
        {
            pending.row(input.slot, row, time_ms, input.value_bits);
            return Decision::Take(Place::Row(row));
        }
        let present = pending.value_at(input.slot, time_ms).or_else(|| self.value_at(input.slot, time_ms));
        match present {
            Some(bits) if bits == input.value_bits => Decision::Repeated,
            Some(_) => Decision::Conflicting,
            None => {
                pending.late(input.slot, time_ms, input.value_bits);
                Decision::Take(Place::Late)
            }
        }
    }

    /// The value that a series has at a time in this generation.
    fn value_at(&self, slot: u32, time_ms: i64) -> Option<u64> {
        let late = self.late.get(&(slot, time_ms)).copied();
        late.or_else(|| {
            let series = self.series.get(slot as usize)?;
            let times_ms = &self.groups.get(series.group as usize)?.times_ms;
            let row = times_ms.binary_search(&time_ms).ok()?;
            series.tail.value_at(row as u32)
        })
    }

    fn apply(&mut self, group: u32, accepted: &Accepted) {
        let column = &mut self.groups[group as usize].times_ms;
        let newest = column.last().copied();
        column.extend(accepted.times_ms.iter().filter(|&&t| newest.is_none_or(|newest| t > newest)));
        for row in &accepted.rows {
            let RowInput { slot, time, value_bits } = row.input;
            let time_ms = accepted.times_ms[time as usize];
            if self.series.len() <= slot as usize {
                self.series.resize_with(slot as usize + 1, HeadSeries::default);
            }
            match row.place {
                Place::Row(row) => {
                    let series = &mut self.series[slot as usize];
                    series.group = group;
                    series.tail.push(row, value_bits);
                }
                Place::Late => {
                    self.late.insert((slot, time_ms), value_bits);
                }
            }
            let range = self.range.get_or_insert(TimeRange { start_ms: time_ms, end_ms: time_ms });
            range.start_ms = range.start_ms.min(time_ms);
            range.end_ms = range.end_ms.max(time_ms);
        }
        self.n_samples += accepted.rows.len() as u64;
    }
}

/// The row of each batch time in a group's column: present already, or to be appended; `None` for a time that lies before the column's end
/// and is not in it.
fn places_of_times(column_ms: &[i64], times_ms: &[i64]) -> Vec<Option<u32>> {
    let newest = column_ms.last().copied();
    let mut next_row = column_ms.len() as u32;
    let mut places = Vec::with_capacity(times_ms.len());
    for &time_ms in times_ms {
        places.push(if newest.is_none_or(|newest| time_ms > newest) {
            next_row += 1;
            Some(next_row - 1)
        } else {
            column_ms.binary_search(&time_ms).ok().map(|row| row as u32)
        });
    }
    places
}

/// Whether a batch with one timestamp names a series twice; its rows usually ascend in nothing, so this looks for real
/// repeats only.
fn has_repeats(rows: &[RowInput]) -> bool {
    let mut slots: Vec<u32> = rows.iter().map(|row| row.slot).collect();
    slots.sort_unstable();
    slots.windows(2).any(|pair| pair[0] == pair[1])
}

/// What the rows decided so far will do, when a batch can hold several rows of a series.
#[derive(Debug)]
struct Pending {
    used: bool,
    last_rows: hashbrown::HashMap<u32, u32, foldhash::fast::RandomState>,
    values: hashbrown::HashMap<(u32, i64), u64, foldhash::fast::RandomState>,
}

impl Pending {
    fn new(used: bool) -> Pending {
        Pending { used, last_rows: hashbrown::HashMap::default(), values: hashbrown::HashMap::default() }
    }

    fn last_row(&self, slot: u32) -> Option<u32> {
        if self.used { self.last_rows.get(&slot).copied() } else { None }
    }

    fn value_at(&self, slot: u32, time_ms: i64) -> Option<u64> {
        if self.used { self.values.get(&(slot, time_ms)).copied() } else { None }
    }

    fn row(&mut self, slot: u32, row: u32, time_ms: i64, value_bits: u64) {
        if self.used {
            self.last_rows.insert(slot, row);
            self.values.insert((slot, time_ms), value_bits);
        }
    }

    fn late(&mut self, slot: u32, time_ms: i64, value_bits: u64) {
        if self.used {
            self.values.insert((slot, time_ms), value_bits);
        }
    }
}
