//! Timestamp columns of a block and which of their rows a series has.

use std::sync::Arc;

use durable::varint::{self, Reader};

/// The timestamps that some series of a block share, such as those of one target; ascending.
pub(crate) type TimeColumn = Arc<[i64]>;

/// The rows of its column that a series has: runs of (first row, number of rows), ascending; all rows when there is no run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Runs(pub(crate) Vec<(u32, u32)>);

impl Runs {
    /// From ascending rows of a column with `n_rows`.
    pub(crate) fn from_rows(rows: &[u32], n_rows: usize) -> Runs {
        if rows.len() == n_rows {
            return Runs::default();
        }
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for &row in rows {
            match runs.last_mut() {
                Some((start, len)) if *start + *len == row => *len += 1,
                _ => runs.push((row, 1)),
            }
        }
        Runs(runs)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.0.is_empty()
    }

    /// The timestamps of the rows. `None` when the column has not so many rows.
    pub(crate) fn select(&self, times_ms: &Arc<[i64]>) -> Option<Arc<[i64]>> {
        if self.is_full() {
            return Some(Arc::clone(times_ms));
        }
        // Checked first: runs that make no sense may claim more rows than memory holds.
        times_ms.get(..self.0.last().map_or(0, |&(start, len)| start as usize + len as usize))?;
        let rows = self.0.iter().flat_map(|&(start, len)| start as usize..start as usize + len as usize);
        rows.map(|row| times_ms.get(row).copied()).collect()
    }
}

pub(crate) fn encode_columns(columns: &[TimeColumn]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::put(&mut out, columns.len() as u64);
    for column in columns {
        varint::put(&mut out, column.len() as u64);
        let (mut previous, mut distance) = (0i64, 0i64);
        for &time_ms in column.iter() {
            let next_distance = time_ms.wrapping_sub(previous);
            varint::put_signed(&mut out, next_distance.wrapping_sub(distance));
            (previous, distance) = (time_ms, next_distance);
        }
    }
    out
}

pub(crate) fn decode_columns(bytes: &[u8]) -> Option<Vec<TimeColumn>> {
    let mut reader = Reader::new(bytes);
    let n = reader.count()?;
    let mut columns = Vec::with_capacity(n.min(bytes.len()));
    for _ in 0..n {
        let n_times = reader.count()?;
        let mut times_ms = Vec::with_capacity(n_times.min(bytes.len()));
        let (mut previous, mut distance) = (0i64, 0i64);
        for _ in 0..n_times {
            distance = distance.wrapping_add(reader.signed()?);
            previous = previous.wrapping_add(distance);
            times_ms.push(previous);
        }
        times_ms.windows(2).all(|pair| pair[0] < pair[1]).then_some(())?;
        columns.push(times_ms.into());
    }
    reader.is_empty().then_some(columns)
}

pub(crate) fn encode_runs(out: &mut Vec<u8>, table: &[Runs]) {
    varint::put(out, table.len() as u64);
    for runs in table {
        varint::put(out, runs.0.len() as u64);
        let mut end = 0;
        for &(start, len) in &runs.0 {
            varint::put(out, u64::from(start - end));
            varint::put(out, u64::from(len));
            end = start + len;
        }
    }
}

pub(crate) fn decode_runs(reader: &mut Reader<'_>) -> Option<Vec<Runs>> {
    let n = reader.count()?;
    let mut table = Vec::with_capacity(n.min(reader.rest().len()));
    for _ in 0..n {
        let n_runs = reader.count()?;
        let mut runs = Vec::with_capacity(n_runs.min(reader.rest().len()));
        let mut end = 0u32;
        for _ in 0..n_runs {
            let start = end.checked_add(u32::try_from(reader.varint()?).ok()?)?;
            let len = u32::try_from(reader.varint()?).ok()?;
            end = start.checked_add(len)?;
            runs.push((start, len));
        }
        table.push(Runs(runs));
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_read_back() {
        let columns: [TimeColumn; 3] =
            [[15_000, 30_000, 45_001, 60_000, 3_600_000].into(), [i64::MIN, -1, 0, i64::MAX].into(), [].into()];
        let bytes = encode_columns(&columns);
        assert_eq!(decode_columns(&bytes).as_deref(), Some(&columns[..]));
        for len in 0..bytes.len() {
            assert_eq!(decode_columns(&bytes[..len]), None);
        }
        let regular: TimeColumn = (0..1000).map(|i| 1_700_000_000_000 + i * 15_000).collect();
        assert!(encode_columns(&[regular]).len() < 1030, "a steady column costs a byte a row");
    }

    #[test]
    fn runs_select_rows() {
        let times: Arc<[i64]> = (0..10).collect();
        for (rows, runs) in [
            (&[0u32, 1, 2, 3, 4, 5, 6, 7, 8, 9][..], &[][..]),
            (&[0, 1, 2], &[(0, 3)]),
            (&[3, 4, 7, 9], &[(3, 2), (7, 1), (9, 1)]),
        ] {
            let made = Runs::from_rows(rows, 10);
            assert_eq!(made.0, runs);
            let selected: Vec<u32> =
                made.select(&times).expect("within the column").iter().map(|&t| t as u32).collect();
            assert_eq!(selected, rows);
            let mut bytes = Vec::new();
            encode_runs(&mut bytes, std::slice::from_ref(&made));
            assert_eq!(decode_runs(&mut Reader::new(&bytes)), Some(vec![made]));
        }
        assert_eq!(Runs(vec![(5, 6)]).select(&times), None);
        assert_eq!(Runs(vec![(5, u32::MAX - 5)]).select(&times), None);
    }
}
