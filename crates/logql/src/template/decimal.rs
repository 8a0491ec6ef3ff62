//! Numbers by their decimal digits.

/// Digits behind the point of a quotient.
const QUOTIENT_DIGITS: u32 = 16;

/// A number of so many digits, some of them behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    /// The shortest digits that read back to a float; none if there are too many.
    pub(super) fn of(value: f64) -> Option<Decimal> {
        let text = format!("{value}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Decimal { digits, scale: u32::try_from(fraction.len()).ok()? })
    }

    pub(super) fn to_float(self) -> f64 {
        let sign = if self.digits < 0 { "-" } else { "" };
        // Digits and an exponent are always a number.
        format!("{sign}{}e-{}", self.digits.unsigned_abs(), self.scale).parse().unwrap_or(f64::NAN)
    }

    pub(super) fn add(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Decimal { digits: a.checked_add(b)?, scale })
    }

    pub(super) fn subtract(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Decimal { digits: a.checked_sub(b)?, scale })
    }

    pub(super) fn multiply(self, other: Decimal) -> Option<Decimal> {
        Some(Decimal { digits: self.digits.checked_mul(other.digits)?, scale: self.scale.checked_add(other.scale)? })
    }

    /// Rounded, halves away from zero.
    pub(super) fn divide(self, other: Decimal) -> Option<Decimal> {
        // a·10^-s / (b·10^-t) = a·10^(d+t-s) / b · 10^-d
        let shift = i64::from(QUOTIENT_DIGITS) + i64::from(other.scale) - i64::from(self.scale);
        let factor = 10i128.checked_pow(u32::try_from(shift.unsigned_abs()).ok()?)?;
        let (a, b) = if shift >= 0 {
            (self.digits.checked_mul(factor)?, other.digits)
        } else {
            (self.digits, other.digits.checked_mul(factor)?)
        };
        let (quotient, rest) = (a.checked_div(b)?, a.checked_rem(b)?);
        let rounds = rest.unsigned_abs() >= b.unsigned_abs() - rest.unsigned_abs();
        let away = if (a < 0) == (b < 0) { 1 } else { -1 };
        Some(Decimal { digits: if rounds { quotient.checked_add(away)? } else { quotient }, scale: QUOTIENT_DIGITS })
    }

    /// The digits of two numbers with the same number behind the point.
    fn aligned(self, other: Decimal) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let scaled = |number: Decimal| number.digits.checked_mul(10i128.checked_pow(scale - number.scale)?);
        Some((scaled(self)?, scaled(other)?, scale))
    }
}
