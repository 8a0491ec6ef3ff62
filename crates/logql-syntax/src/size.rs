//! Sizes in bytes, in queries and in labels.

/// Bytes of a size such as `20MB`, `2.5 KiB` or `42`; units in any case, `B` may be left out; the part below a byte is cut off.
/// `None` if the text is not of this form, or too large.
#[must_use]
pub fn parse_bytes(text: &str) -> Option<u64> {
    let unit_at = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let number = number.replace(',', "");
    // Rust reads all that Go does here: digits with at most one point, but not the point alone.
    let number: f64 = if number.contains(|c: char| c.is_ascii_digit()) { number.parse().ok()? } else { return None };
    let bytes = number * unit_bytes(&unit.trim().to_lowercase())? as f64;
    (bytes < u64::MAX as f64).then_some(bytes as u64)
}

fn unit_bytes(unit: &str) -> Option<u64> {
    if unit.is_empty() || unit == "b" {
        return Some(1);
    }
    let power = "kmgtpe".find(unit.chars().next()?)? as u32 + 1;
    match &unit[1..] {
        "" | "b" => Some(1000u64.pow(power)),
        "i" | "ib" => Some(1024u64.pow(power)),
        _ => None,
    }
}

/// A size in the largest decimal unit, with at most one digit behind the point, where that says it exactly; otherwise in bytes.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes}B");
    }
    let power = bytes.ilog(1000);
    let value = bytes as f64 / 1000f64.powi(power as i32);
    // Larger units than these are not read.
    let Some(unit) = ["B", "kB", "MB", "GB", "TB", "PB"].get(power as usize) else { return format!("{bytes}B") };
    let rounded = (value * 10.0 + 0.5).floor() / 10.0;
    let text = if rounded < 10.0 { format!("{rounded:.1}{unit}") } else { format!("{rounded:.0}{unit}") };
    if parse_bytes(&text) == Some(bytes) { text } else { format!("{bytes}B") }
}
