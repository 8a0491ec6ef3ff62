//! The compressed samples of one series in the head.
//!
//! A sample is a row of its group's timestamp column and a value. The first value stands in full; each further sample is
//! a bit for the row (0: the next one; 1: five bits of width and the distance), then the XOR with the value before: 0 when equal; 10 and
//! the bits within the window used last; 11, six bits of leading zeros, six bits of width less one, and the bits. An unchanged value costs
//! two bits.

use crate::bits::{self, BitReader};

/// Rows and values of one series since the last seal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    bytes: Vec<u8>,
    used_bits: u32,
    n_samples: u32,
    first_row: u32,
    last_row: u32,
    last_bits: u64,
    /// Leading zeros and width of the window of significant bits that was used last; width 0 before the first.
    window: (u8, u8),
}

impl Tail {
    pub(crate) fn len(&self) -> usize {
        self.n_samples as usize
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.n_samples == 0
    }

    /// The row and value written last.
    pub(crate) fn last(&self) -> Option<(u32, u64)> {
        (self.n_samples > 0).then_some((self.last_row, self.last_bits))
    }

    /// The value bits that a log may take as the base of differences: those of the last sample, zero without one.
    pub(crate) fn last_bits(&self) -> u64 {
        self.last_bits
    }

    /// First and last row when no row between is missing.
    pub(crate) fn solid_rows(&self) -> Option<(u32, u32)> {
        let solid = self.n_samples > 0 && self.last_row - self.first_row == self.n_samples - 1;
        solid.then_some((self.first_row, self.last_row))
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Appends a sample; its row must be behind the last one.
    pub(crate) fn push(&mut self, row: u32, value_bits: u64) {
        if self.n_samples == 0 {
            self.first_row = row;
            self.put(value_bits, 64);
        } else {
            debug_assert!(row > self.last_row, "rows ascend");
            self.put_row(row - self.last_row);
            self.put_value(value_bits ^ self.last_bits);
        }
        self.last_row = row;
        self.last_bits = value_bits;
        self.n_samples += 1;
    }

    /// Appends all rows and values to the two columns.
    pub(crate) fn decode(&self, rows: &mut Vec<u32>, values: &mut Vec<f64>) {
        if self.n_samples == 0 {
            return;
        }
        let mut reader = BitReader::new(&self.bytes);
        let (mut row, mut bits) = (self.first_row, reader.bits(64));
        let mut window = (0, 0);
        rows.push(row);
        values.push(f64::from_bits(bits));
        for _ in 1..self.n_samples {
            row += read_distance(&mut reader);
            bits ^= read_value(&mut reader, &mut window);
            rows.push(row);
            values.push(f64::from_bits(bits));
        }
    }

    /// The value at a row, if there is one.
    pub(crate) fn value_at(&self, row: u32) -> Option<u64> {
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        self.decode(&mut rows, &mut values);
        rows.binary_search(&row).ok().map(|i| values[i].to_bits())
    }

    fn put_row(&mut self, distance: u32) {
        if distance == 1 {
            self.put(0, 1);
        } else {
            let width = u32::BITS - distance.leading_zeros();
            self.put(1, 1);
            self.put(u64::from(width - 1), 5);
            self.put(u64::from(distance), width);
        }
    }

    fn put_value(&mut self, xor: u64) {
        if xor == 0 {
            return self.put(0, 1);
        }
        let (leading, trailing) = (xor.leading_zeros() as u8, xor.trailing_zeros() as u8);
        let (window_leading, window_width) = self.window;
        let window_trailing = 64u8.saturating_sub(window_leading + window_width);
        if window_width > 0 && leading >= window_leading && trailing >= window_trailing {
            self.put(0b10, 2);
            self.put(xor >> window_trailing, u32::from(window_width));
        } else {
            let width = 64 - leading - trailing;
            self.put(0b11, 2);
            self.put(u64::from(leading), 6);
            self.put(u64::from(width - 1), 6);
            self.put(xor >> trailing, u32::from(width));
            self.window = (leading, width);
        }
    }

    fn put(&mut self, value: u64, n_bits: u32) {
        if self.bytes.capacity() - self.bytes.len() < 9 {
            // Small steps: there may be a million of these, and doubling would waste half of them.
            self.bytes.reserve_exact((self.bytes.len() / 4).max(24));
        }
        bits::push(&mut self.bytes, &mut self.used_bits, value, n_bits);
    }
}

fn read_distance(reader: &mut BitReader<'_>) -> u32 {
    if !reader.bit() {
        return 1;
    }
    let width = reader.bits(5) as u32 + 1;
    reader.bits(width) as u32
}

fn read_value(reader: &mut BitReader<'_>, window: &mut (u8, u8)) -> u64 {
    if !reader.bit() {
        return 0;
    }
    if reader.bit() {
        *window = (reader.bits(6) as u8, reader.bits(6) as u8 + 1);
    }
    let (leading, width) = *window;
    reader.bits(u32::from(width)) << 64u8.saturating_sub(leading + width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(samples: &[(u32, f64)]) {
        let mut tail = Tail::default();
        for &(row, value) in samples {
            tail.push(row, value.to_bits());
        }
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        tail.decode(&mut rows, &mut values);
        let got: Vec<(u32, u64)> = rows.into_iter().zip(values.iter().map(|v| v.to_bits())).collect();
        let expected: Vec<(u32, u64)> = samples.iter().map(|&(row, value)| (row, value.to_bits())).collect();
        assert_eq!(got, expected);
        assert_eq!(tail.last(), expected.last().copied());
        for &(row, value) in samples {
            assert_eq!(tail.value_at(row), Some(value.to_bits()));
        }
    }

    #[test]
    fn samples_read_back() {
        check(&[]);
        check(&[(0, 1.0)]);
        check(&[(7, -0.0), (8, 0.0), (9, f64::INFINITY), (20, f64::NEG_INFINITY), (u32::MAX, model::STALE_NAN)]);
        check(&[(0, f64::from_bits(1)), (1, f64::from_bits(u64::MAX)), (2, f64::from_bits(1 << 63)), (3, 1.0)]);
        let constant: Vec<(u32, f64)> = (0..128).map(|i| (i, 42.5)).collect();
        check(&constant);
        let counter: Vec<(u32, f64)> = (0..500).map(|i| (i * 3, f64::from(i) * 17.25)).collect();
        check(&counter);
    }

    #[test]
    fn an_unchanged_value_costs_two_bits() {
        let mut tail = Tail::default();
        for row in 0..129 {
            tail.push(row, 42.5f64.to_bits());
        }
        assert_eq!(tail.used_bits, 64 + 2 * 128);
    }
}
