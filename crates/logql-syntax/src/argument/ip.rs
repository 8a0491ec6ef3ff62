//! Addresses, ranges and networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::ast::{IpPattern, IpRange};

/// The argument of `ip("…")`; without addresses if it is of no known form.
pub(crate) fn pattern(text: &str) -> IpPattern {
    IpPattern { text: text.to_owned(), range: parse(text) }
}

/// Reads an address, a network such as `10.0.0.0/8`, or a range such as `10.0.0.1-10.0.0.9`.
fn parse(text: &str) -> Option<IpRange> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(IpRange { first: address, last: address });
    }
    if let Some((address, bits)) = text.split_once('/') {
        return network(address.parse().ok()?, bits);
    }
    let (first, last) = text.split_once('-')?;
    let range = IpRange { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? };
    let is_one_family = range.first.is_ipv4() == range.last.is_ipv4();
    (is_one_family && range.first <= range.last).then_some(range)
}

fn network(address: IpAddr, bits: &str) -> Option<IpRange> {
    let is_plain = bits == "0" || (!bits.starts_with(['0', '+']) && bits.len() <= 3);
    let bits: u32 = if is_plain { bits.parse().ok()? } else { return None };
    match address {
        IpAddr::V4(address) => {
            let host = u32::MAX.checked_shr(bits).unwrap_or(0);
            let first = address.to_bits() & !host;
            let ends = (Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(first | host));
            (bits <= 32).then_some(IpRange { first: ends.0.into(), last: ends.1.into() })
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(bits).unwrap_or(0);
            let first = address.to_bits() & !host;
            let ends = (Ipv6Addr::from_bits(first), Ipv6Addr::from_bits(first | host));
            (bits <= 128).then_some(IpRange { first: ends.0.into(), last: ends.1.into() })
        }
    }
}
