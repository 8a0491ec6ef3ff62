//! Base 64.

/// Bytes in base 64 with padding, in the usual alphabet or in the one for URLs.
#[must_use]
pub fn base64_encode(bytes: &[u8], is_for_urls: bool) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            out.push(if i <= chunk.len() { digit(group >> (18 - 6 * i) & 63, is_for_urls) } else { '=' });
        }
    }
    out
}

fn digit(value: u32, is_for_urls: bool) -> char {
    let value = value as u8;
    char::from(match value {
        0..26 => b'A' + value,
        26..52 => b'a' + value - 26,
        52..62 => b'0' + value - 52,
        62 if is_for_urls => b'-',
        62 => b'+',
        _ if is_for_urls => b'_',
        _ => b'/',
    })
}

/// A text from base 64 with padding; line breaks do not count, and bytes that are no UTF-8 become U+FFFD.
///
/// # Errors
/// Go's text, with the place of the first byte that is wrong.
pub fn base64_decode(text: &str, is_for_urls: bool) -> Result<String, String> {
    let corrupt = |at: usize| format!("illegal base64 data at input byte {at}");
    let (mut bytes, mut group, mut count, mut padding) = (Vec::new(), 0u32, 0, 0);
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n')) {
        let value = match byte {
            b'=' if count >= 2 => {
                padding += 1;
                0
            }
            _ if padding > 0 => return Err(corrupt(at)),
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' if is_for_urls => 62,
            b'_' if is_for_urls => 63,
            b'+' if !is_for_urls => 62,
            b'/' if !is_for_urls => 63,
            _ => return Err(corrupt(at)),
        };
        group = group << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            bytes.extend_from_slice(group.to_be_bytes().get(1..4 - padding).unwrap_or_default());
            (group, count) = (0, 0);
        }
    }
    if count > 0 {
        return Err(corrupt(text.len()));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
