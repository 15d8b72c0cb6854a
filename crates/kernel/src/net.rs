//! Addresses that people give us to connect to: a mail server, a webhook. Whoever can name one must not reach what only
//! this machine can reach (SSRF), so a name is looked up once, every answer is judged, and the connection goes to the
//! address that was judged.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use crate::{Error, ProblemCode, Result};

/// How long a name may take to be looked up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks up a host name or reads an address, and refuses what is not public. With `allow_private`, loopback and private
/// networks are taken too; what no honest service is at (link-local with the clouds' metadata, multicast, unspecified)
/// is refused still.
///
/// Connect to the address returned and to nothing else: asked again, a name may answer differently.
///
/// # Errors
/// [`Error::Invalid`] at `host`: `InvalidFormat` for what is neither name nor address, `NotAvailable` for a name that
/// nobody knows, `NotAllowed` for one of which any address is not public.
pub async fn resolve_public(host: &str, port: u16, allow_private: bool) -> Result<SocketAddr> {
    let addresses = match Host::parse(host)? {
        Host::Address(address) => vec![address],
        Host::Name(name) => {
            let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((name, port))).await;
            match found {
                Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
                Ok(Err(_)) | Err(_) => Vec::new(),
            }
        }
    };
    let first = addresses.first().ok_or_else(|| {
        Error::invalid("host", ProblemCode::NotAvailable, "no address is known for this host name")
    })?;
    // One bad answer among good ones is how a name is made to pass a check and to lead elsewhere.
    if !addresses.iter().all(|address| permitted(*address, allow_private)) {
        return Err(Error::invalid("host", ProblemCode::NotAllowed, "this host is not on the public internet"));
    }
    Ok(SocketAddr::new(*first, port))
}

/// Whether a text can be a host at all, without looking it up.
///
/// # Errors
/// [`Error::Invalid`] at `host`.
pub fn check_host(host: &str) -> Result<()> {
    Host::parse(host).map(drop)
}

/// What a host's text says.
enum Host<'a> {
    Address(IpAddr),
    Name(&'a str),
}

impl<'a> Host<'a> {
    fn parse(text: &'a str) -> Result<Self> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse() {
            return Ok(Self::Address(address));
        }
        let bad = || Error::invalid("host", ProblemCode::InvalidFormat, "must be a host name such as mail.example.com");
        let name = text.strip_suffix('.').unwrap_or(text);
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        // 2130706433, 0177.1 and 0x7f.0.0.1 are addresses to some and names to others: they are nothing here.
        let last = name.rsplit('.').next().unwrap_or_default();
        let number = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
        if name.len() > 253 || number || !name.split('.').all(label) {
            return Err(bad());
        }
        Ok(Self::Name(text))
    }
}

fn permitted(address: IpAddr, allow_private: bool) -> bool {
    match plain(address) {
        IpAddr::V4(address) => public_v4(address) || allow_private && private_v4(address),
        IpAddr::V6(address) => public_v6(address) || allow_private && private_v6(address),
    }
}

/// An IPv4 address that is written as one of IPv6, as what it is.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Everything but the special-purpose networks (IANA's registry, RFC 6890).
fn public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || private_v4(address)
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || a == 198 && matches!(b, 18 | 19)
        || a >= 240)
}

fn private_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    // RFC 1918, loopback, and what carriers share (RFC 6598).
    address.is_private() || address.is_loopback() || a == 100 && (64..128).contains(&b)
}

/// Global unicast, without what leads to an IPv4 address inside (6to4, Teredo) and documentation.
fn public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    a & 0xe000 == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b < 0x0200 || b == 0x0db8)) && a != 0x3fff
}

fn private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.segments()[0] & 0xfe00 == 0xfc00
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn code(host: &str, allow_private: bool) -> Option<ProblemCode> {
        match resolve_public(host, 443, allow_private).await {
            Ok(_) => None,
            Err(Error::Invalid(problems)) => Some(problems[0].code),
            Err(other) => panic!("{host}: {other:?}"),
        }
    }

    #[tokio::test]
    async fn public_addresses_are_taken() {
        for host in ["93.184.216.34", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "[2606:4700::1111]", "2a00::1"] {
            assert_eq!(code(host, false).await, None, "{host}");
        }
        assert_eq!(resolve_public("8.8.8.8", 25, false).await.unwrap(), "8.8.8.8:25".parse().unwrap());
    }

    #[tokio::test]
    async fn what_only_we_can_reach_is_refused() {
        for host in [
            "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
            "100.127.255.255", "::1", "[::1]", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "[::ffff:10.0.0.1]",
            "::ffff:7f00:1", "localhost",
        ] {
            assert_eq!(code(host, false).await, Some(ProblemCode::NotAllowed), "{host}");
            assert_eq!(code(host, true).await, None, "{host} where private hosts are allowed");
        }
    }

    #[tokio::test]
    async fn what_nobody_honest_is_at_is_always_refused() {
        for host in [
            "0.0.0.0", "0.1.2.3", "169.254.169.254", "::ffff:169.254.169.254", "224.0.0.1", "240.0.0.1", "255.255.255.255",
            "192.0.0.170", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "::", "[::]",
            "::127.0.0.1", "fe80::1", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
            "2001:db8::1", "100::1", "3fff::1",
        ] {
            assert_eq!(code(host, false).await, Some(ProblemCode::NotAllowed), "{host}");
            assert_eq!(code(host, true).await, Some(ProblemCode::NotAllowed), "{host} where private hosts are allowed");
        }
    }

    #[tokio::test]
    async fn addresses_in_disguise_are_no_hosts() {
        for host in [
            "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "127.0.1", "10.0.0.0x1", "127.0.0.1.",
            "017700000001", "1.2.3.4.5", "256.1.1.1", "", ".", "a..b", "-a.example", "a b.example", "a\u{0}.example",
            "exa_mple.com:80", "user@example.com", "example.com/path", "１２７.0.0.1", "①.example", "fe80::1%lo",
            "[127.0.0.1", "[example.com]",
        ] {
            assert_eq!(code(host, true).await, Some(ProblemCode::InvalidFormat), "{host:?}");
        }
        assert_eq!(code("nothing.invalid", true).await, Some(ProblemCode::NotAvailable));
    }
}
