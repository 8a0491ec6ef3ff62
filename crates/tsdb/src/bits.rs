//! Bit strings, most significant bit first.

/// Appends bits to bytes that someone else owns. `used_bits` says where the string ends.
pub(crate) fn push(bytes: &mut Vec<u8>, used_bits: &mut u32, value: u64, n_bits: u32) {
    debug_assert!(n_bits <= 64 && (n_bits == 64 || value >> n_bits == 0), "value wider than its bits");
    if n_bits == 0 {
        return;
    }
    let aligned = value << (64 - n_bits);
    let free = (8 - *used_bits % 8) % 8;
    if let Some(last) = bytes.last_mut().filter(|_| free > 0) {
        *last |= (aligned >> (64 - free)) as u8;
    }
    let rest = (aligned << free).to_be_bytes();
    bytes.extend_from_slice(&rest[..n_bits.saturating_sub(free).div_ceil(8) as usize]);
    *used_bits += n_bits;
}

fn low_mask(n_bits: u32) -> u8 {
    if n_bits >= 8 { 0xff } else { (1 << n_bits) - 1 }
}

/// Reads bits from the front of a slice; past its end it reads zeros.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> BitReader<'a> {
        BitReader { bytes, position: 0 }
    }

    pub(crate) fn bit(&mut self) -> bool {
        let byte = self.bytes.get(self.position / 8).copied().unwrap_or(0);
        let bit = byte >> (7 - self.position % 8) & 1;
        self.position += 1;
        bit == 1
    }

    pub(crate) fn bits(&mut self, n_bits: u32) -> u64 {
        let (byte, shift) = (self.position / 8, self.position % 8);
        // Nearly always eight bytes can be read and hold what is wanted.
        if (1..=56).contains(&n_bits)
            && let Some(word) = self.bytes.get(byte..byte + 8).and_then(|bytes| bytes.try_into().ok())
        {
            self.position += n_bits as usize;
            return (u64::from_be_bytes(word) << shift) >> (64 - n_bits);
        }
        let mut value = 0u64;
        let mut left = n_bits as usize;
        while left > 0 {
            let byte = self.bytes.get(self.position / 8).copied().unwrap_or(0);
            let available = 8 - self.position % 8;
            let take = available.min(left);
            let part = (byte >> (available - take)) & low_mask(take as u32);
            value = (value << take) | u64::from(part);
            self.position += take;
            left -= take;
        }
        value
    }
}

/// Unsigned integers of equal width packed without gaps, lowest bit first, for random access.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackedColumn<'a> {
    bytes: &'a [u8],
    width: u32,
}

/// The width that holds values up to `max`.
pub(crate) fn width_of(max: u32) -> u32 {
    u32::BITS - max.leading_zeros()
}

/// The bytes that a packed column of `n` values takes; eight spare bytes let a reader always load a whole word. Numbers that no memory
/// could hold give a length that no slice has.
pub(crate) fn packed_bytes(n: usize, width: u32) -> usize {
    if width == 0 { 0 } else { n.saturating_mul(width as usize).div_ceil(8).saturating_add(8) }
}

/// Appends a packed column.
pub(crate) fn pack(out: &mut Vec<u8>, values: impl ExactSizeIterator<Item = u32>, width: u32) {
    if width == 0 {
        return;
    }
    let start = out.len();
    out.resize(start + packed_bytes(values.len(), width), 0);
    let column = &mut out[start..];
    for (i, value) in values.enumerate() {
        let bit = i * width as usize;
        let shifted = (u64::from(value) << (bit % 8)).to_le_bytes();
        for (target, part) in column[bit / 8..].iter_mut().zip(shifted) {
            *target |= part;
        }
    }
}

impl<'a> PackedColumn<'a> {
    /// A column over `bytes`; `None` when they are fewer than `n` values take or the width makes no sense.
    pub(crate) fn new(bytes: &'a [u8], n: usize, width: u32) -> Option<PackedColumn<'a>> {
        (width <= 32 && bytes.len() >= packed_bytes(n, width)).then_some(PackedColumn { bytes, width })
    }

    /// The value at an index; zero behind the end.
    pub(crate) fn get(&self, index: usize) -> u32 {
        if self.width == 0 {
            return 0;
        }
        let bit = index * self.width as usize;
        let Some(word) = self.bytes.get(bit / 8..bit / 8 + 8).and_then(|b| b.try_into().ok()) else { return 0 };
        let mask = (1u64 << self.width) - 1;
        (u64::from_le_bytes(word) >> (bit % 8) & mask) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_strings_read_back() {
        let parts = [(1u64, 1), (0, 1), (5, 3), (0, 7), (u64::MAX, 64), (0x1234_5678_9abc, 48), (1, 64)];
        let (mut bytes, mut used) = (Vec::new(), 0);
        for (value, n) in parts {
            push(&mut bytes, &mut used, value, n);
        }
        let mut reader = BitReader::new(&bytes);
        for (value, n) in parts {
            assert_eq!(reader.bits(n), value);
        }
        assert_eq!(bytes.len(), (used as usize).div_ceil(8));
        assert_eq!((reader.bits(64), reader.bit()), (0, false));
    }

    #[test]
    fn packed_columns_read_back() {
        for width in 0..=32 {
            let max = if width == 32 { u32::MAX } else { (1 << width) - 1 };
            let values: Vec<u32> = (0..100u32).map(|i| i.wrapping_mul(2_654_435_761) & max).collect();
            let mut bytes = Vec::new();
            pack(&mut bytes, values.iter().copied(), width);
            let column = PackedColumn::new(&bytes, values.len(), width).expect("enough bytes");
            for (i, &value) in values.iter().enumerate() {
                assert_eq!(column.get(i), value, "width {width} index {i}");
            }
            assert_eq!(column.get(usize::MAX / 64), 0);
            assert!(width == 0 || PackedColumn::new(&bytes[1..], values.len(), width).is_none());
        }
        assert_eq!([0, 1, 2, 255, 256, u32::MAX].map(width_of), [0, 1, 2, 8, 9, 32]);
    }
}
