//! What is asked without a proxy, as Go's clients read `NO_PROXY`.

use std::net::IpAddr;

/// A list such as `.home.arpa,10.0.0.0/8,nas:8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exceptions(Vec<Exception>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    Everything,
    /// A network, by an address of it and the length of its prefix.
    Network(IpAddr, u32),
    Address(IpAddr, Option<u16>),
    /// A name that begins with a dot; `itself` if the name without the dot counts too.
    Domain {
        suffix: String,
        itself: bool,
        port: Option<u16>,
    },
}

impl Exceptions {
    /// Reads a list. As in Go, an entry that makes no sense is none.
    pub(super) fn parse(list: &str) -> Exceptions {
        Exceptions(list.split(',').filter_map(|entry| Exception::parse(&entry.trim().to_ascii_lowercase())).collect())
    }

    /// Whether a host is asked directly. This machine itself always is.
    pub(super) fn has(&self, host: &str, port: u16) -> bool {
        let host = host.to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok().map(|address: IpAddr| address.to_canonical());
        host == "localhost"
            || address.is_some_and(|address| address.is_loopback())
            || self.0.iter().any(|exception| exception.matches(&host, address, port))
    }
}

impl Exception {
    fn parse(entry: &str) -> Option<Exception> {
        if entry == "*" {
            return Some(Exception::Everything);
        }
        if let Some((address, length)) = entry.split_once('/') {
            return network(address, length);
        }
        let (host, port) = split(entry)?;
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Exception::Address(address.to_canonical(), port));
        }
        let host = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        match host.strip_prefix('.') {
            _ if host.is_empty() => None,
            Some(_) => Some(Exception::Domain { suffix: host.to_owned(), itself: false, port }),
            None => Some(Exception::Domain { suffix: format!(".{host}"), itself: true, port }),
        }
    }

    fn matches(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        let is_port = |own: &Option<u16>| own.is_none_or(|own| own == port);
        match self {
            Exception::Everything => true,
            Exception::Network(network, length) => address.is_some_and(|address| is_in(address, *network, *length)),
            Exception::Address(own, own_port) => address == Some(*own) && is_port(own_port),
            Exception::Domain { suffix, itself, port: own_port } => {
                let is_itself = *itself && suffix.strip_prefix('.') == Some(host);
                (is_itself || host.ends_with(suffix.as_str())) && is_port(own_port)
            }
        }
    }
}

fn network(address: &str, length: &str) -> Option<Exception> {
    let address: IpAddr = address.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    (length <= bits(address).1).then_some(Exception::Network(address, length))
}

/// A host, without brackets, and the port behind it.
fn split(entry: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match entry.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, port.strip_prefix(':'))
        }
        None => match entry.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            _ => (entry, None),
        },
    };
    match port {
        None | Some("") => Some((host, None)),
        Some(port) => Some((host, Some(port.parse().ok()?))),
    }
}

fn is_in(address: IpAddr, network: IpAddr, length: u32) -> bool {
    let ((address, size), (network, network_size)) = (bits(address), bits(network));
    let hosts = size - length.min(size);
    size == network_size && (hosts == u128::BITS || address >> hosts == network >> hosts)
}

/// An address as a number, and how many bits it has.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_go_reads_them() {
        for (list, host, port, expected) in [
            ("", "example.org", 80, false),
            ("", "localhost", 80, true),
            ("", "127.0.0.9", 80, true),
            ("", "::1", 80, true),
            ("*", "example.org", 80, true),
            ("x, *", "192.0.2.1", 443, true),
            ("example.org", "example.org", 443, true),
            ("EXAMPLE.org", "a.example.ORG", 443, true),
            ("example.org", "notexample.org", 443, false),
            (".example.org", "a.example.org", 443, true),
            (".example.org", "example.org", 443, false),
            ("*.example.org", "a.example.org", 443, true),
            ("*.example.org", "example.org", 443, false),
            ("example.org:8080", "example.org", 8080, true),
            ("example.org:8080", "example.org", 80, false),
            ("example.org:x", "example.org", 80, false),
            ("192.0.2.7", "192.0.2.7", 80, true),
            ("192.0.2.7:81", "192.0.2.7", 80, false),
            ("192.0.2.0/24", "192.0.2.200", 80, true),
            ("192.0.2.77/24", "192.0.2.200", 80, true),
            ("192.0.2.0/24", "192.0.3.1", 80, false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", 80, true),
            ("0.0.0.0/0", "8.8.8.8", 80, true),
            ("0.0.0.0/0", "2001:db8::1", 80, false),
            ("::/0", "2001:db8::1", 80, true),
            ("2001:db8::/32", "2001:db8:7::1", 80, true),
            ("2001:db8::/32", "2001:db9::1", 80, false),
            ("[2001:db8::1]:80", "2001:db8::1", 80, true),
            ("2001:db8::1", "2001:db8::1", 443, true),
            ("192.0.2.0/33", "192.0.2.1", 80, false),
            (":80, , [, .", "example.org", 80, false),
            ("a,b , example.org", "example.org", 80, true),
        ] {
            assert_eq!(Exceptions::parse(list).has(host, port), expected, "{list:?} {host}:{port}");
        }
    }
}
