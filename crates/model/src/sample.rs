//! What a single value can mean besides its number.

/// The value that marks the end of a series: a quiet NaN whose bits differ from every NaN that arithmetic makes.
/// Compare bits, never values.
pub const STALE_NAN: f64 = f64::from_bits(STALE_NAN_BITS);

const STALE_NAN_BITS: u64 = 0x7ff0_0000_0000_0002;

/// Whether a value is the staleness marker.
#[must_use]
#[inline]
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE_NAN_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_bits_are_stale() {
        assert!(is_stale(STALE_NAN));
        for value in
            [f64::NAN, 0.0, f64::INFINITY, f64::from_bits(0x7ff8_0000_0000_0002), f64::from_bits(0x7ff0_0000_0000_0001)]
        {
            assert!(!is_stale(value), "{:x}", value.to_bits());
        }
    }
}
