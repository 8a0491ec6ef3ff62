//! Floats that are short decimals, as integers.
//!
//! Most measured values are integers or have a few decimals. Such a column compresses far better as integers times a power of ten;
//! a column is turned only when every value comes back with the very same bits.

/// Powers of ten that a float holds exactly, up to the largest exponent used.
const POWERS: [f64; MAX_EXPONENT as usize + 1] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/// More decimals than this are noise that gains nothing.
pub(crate) const MAX_EXPONENT: u8 = 12;

/// Above this an integer is not exact in a float.
const MAX_MANTISSA: f64 = 9_007_199_254_740_992.0;

/// Integers `m` and an exponent `k` such that `m / 10^k` is each value to the bit; `None` if there are none.
pub(crate) fn encode(values: &[f64], mantissas: &mut Vec<i64>) -> Option<u8> {
    let mut exponent = 0;
    for &value in values {
        while mantissa(value, exponent).is_none() {
            if exponent == MAX_EXPONENT || !value.is_finite() {
                return None;
            }
            exponent += 1;
        }
    }
    // A value found with fewer decimals has them with more as well, unless its mantissa grows too large.
    mantissas.clear();
    for &value in values {
        mantissas.push(mantissa(value, exponent)?);
    }
    Some(exponent)
}

/// Back to floats.
pub(crate) fn decode(mantissas: &[i64], exponent: u8, values: &mut Vec<f64>) {
    let power = POWERS[usize::from(exponent.min(MAX_EXPONENT))];
    if exponent == 0 {
        values.extend(mantissas.iter().map(|&m| m as f64));
    } else {
        values.extend(mantissas.iter().map(|&m| m as f64 / power));
    }
}

fn mantissa(value: f64, exponent: u8) -> Option<i64> {
    let power = POWERS[usize::from(exponent)];
    let scaled = (value * power).round();
    let exact = scaled.abs() < MAX_MANTISSA && (scaled as i64 as f64 / power).to_bits() == value.to_bits();
    exact.then_some(scaled as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], exponent: Option<u8>) {
        let mut mantissas = Vec::new();
        assert_eq!(encode(values, &mut mantissas), exponent, "{values:?}");
        if let Some(exponent) = exponent {
            let mut decoded = Vec::new();
            decode(&mantissas, exponent, &mut decoded);
            assert!(values.iter().zip(&decoded).all(|(a, b)| a.to_bits() == b.to_bits()), "{values:?} {decoded:?}");
        }
    }

    #[test]
    fn finds_the_fewest_decimals() {
        check(&[], Some(0));
        check(&[0.0, 1.0, -5.0, 1e15], Some(0));
        check(&[0.5, 1.0], Some(1));
        check(&[1.0, 0.25, 123_456.01], Some(2));
        check(&[0.1 + 0.2], None);
        check(&[1e-12], Some(12));
        check(&[1e-13], None);
        check(&[-0.0], None);
        check(&[9_007_199_254_740_991.0], Some(0));
        check(&[9_007_199_254_740_992.0], None);
        check(&[9_007_199_254_740_991.0, 0.5], None);
        check(&[f64::NAN], None);
        check(&[f64::INFINITY], None);
        check(&[1.0 / 3.0], None);
    }
}
