//! Addresses within a text.

use std::net::IpAddr;

use logql_syntax::ast::IpRange;

/// Whether an address of the range stands anywhere in a text.
///
/// What looks like the beginning of an address is taken with all that an address may consist of, and must then be one as a whole.
pub(crate) fn contains(text: &[u8], range: &IpRange) -> bool {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = if looks_like_v4(rest) {
            run(rest, |byte| byte.is_ascii_digit() || byte == b'.')
        } else if looks_like_v6(rest) {
            run(rest, |byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.')
        } else {
            at += 1;
            continue;
        };
        let address = std::str::from_utf8(&rest[..length]).ok().and_then(|text| text.parse::<IpAddr>().ok());
        if address.is_some_and(|address| range.contains(address)) {
            return true;
        }
        at += length + 1;
    }
    false
}

/// A digit, and a dot behind one to three of them.
fn looks_like_v4(rest: &[u8]) -> bool {
    rest[0].is_ascii_digit() && rest.iter().take(4).skip(1).any(|byte| *byte == b'.')
}

/// `::`, or a colon behind one to four hexadecimal digits.
fn looks_like_v6(rest: &[u8]) -> bool {
    let digits = run(rest, |byte| byte.is_ascii_hexdigit());
    if digits == 0 { rest.starts_with(b"::") } else { digits <= 4 && rest.get(digits) == Some(&b':') }
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: &str, last: &str) -> IpRange {
        let parse = |text: &str| text.parse().expect("an address");
        IpRange { first: parse(first), last: parse(last) }
    }

    #[test]
    fn finds_addresses() {
        let four = range("10.0.0.0", "10.255.255.255");
        let six = range("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
        for (text, in_four, in_six) in [
            ("10.0.0.7", true, false),
            ("client 10.0.0.7:80", true, false),
            ("8.8.8.8 and 10.1.1.1", true, false),
            ("10.0.0.7.", false, false),
            ("110.0.0.1", false, false),
            ("1.2.3", false, false),
            ("2001:db8::1", false, true),
            ("from 2001:dc8::1 to [2001:db8::2]", false, true),
            ("12:30:01 10.0.0.1", true, false),
            ("", false, false),
            (":", false, false),
        ] {
            assert_eq!(
                (contains(text.as_bytes(), &four), contains(text.as_bytes(), &six)),
                (in_four, in_six),
                "{text}"
            );
        }
        assert!(contains(b"::1", &range("::1", "::1")));
    }
}
