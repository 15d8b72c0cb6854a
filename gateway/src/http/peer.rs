//! Who is calling: the [`Peer`] of a request, from its headers and its connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::{HeaderMap, HeaderName, header, request::Parts};

use super::{backend::Peer, errors::Rejection, params, request_id::RequestId, server::Connection};

const USER_AGENT_BYTES: usize = 512;

/// Reads the headers once.
///
/// # Errors
/// `BAD_REQUEST` for an idempotency key that is none: ignoring it would promise what we do not keep.
pub(super) fn of(parts: &Parts, proxies: &[IpAddr]) -> Result<Peer, Rejection> {
    let headers = &parts.headers;
    let idempotency_key = match headers.get("idempotency-key") {
        None => None,
        Some(value) => Some(
            value
                .to_str()
                .ok()
                .filter(|key| params::is_key(key))
                .ok_or_else(|| Rejection::malformed(format!("`Idempotency-Key` must be {}", params::KEY)))?
                .to_owned(),
        ),
    };
    let direct = parts.extensions.get::<Connection>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), Connection::address);
    let mut user_agent = text(headers, &header::USER_AGENT);
    if let Some(agent) = &mut user_agent {
        // Visible ASCII, so every byte is a boundary.
        agent.truncate(USER_AGENT_BYTES);
    }
    Ok(Peer {
        address: client(direct, headers, proxies),
        user_agent,
        request_id: RequestId::of(&parts.extensions),
        trace: RequestId::trace_of(&parts.extensions),
        host: host(parts).map(str::to_owned),
        tenant: text(headers, &HeaderName::from_static("x-tenant")),
        authorization: text(headers, &header::AUTHORIZATION),
        idempotency_key,
    })
}

/// The host the client asked for, port included.
pub(super) fn host(parts: &Parts) -> Option<&str> {
    match parts.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => parts.headers.get(header::HOST)?.to_str().ok(),
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The address of the client: read from the right, the first in `X-Forwarded-For` that is not one of our proxies. What
/// stands left of it is the client's own claim.
fn client(direct: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut address = direct.to_canonical();
    if !proxies.contains(&address) {
        return address;
    }
    let hops = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect::<Vec<_>>();
    for hop in hops.into_iter().rev() {
        let hop = hop.trim();
        let Some(parsed) =
            hop.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        else {
            break;
        };
        address = parsed.to_canonical();
        if !proxies.contains(&address) {
            break;
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use http::{HeaderMap, HeaderValue};

    use super::client;

    #[test]
    fn only_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        for (direct, forwarded, expected) in [
            ("9.9.9.9", "1.1.1.1", "9.9.9.9"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
            ("::ffff:10.0.0.1", "::ffff:1.1.1.1", "1.1.1.1"),
            ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
            ("10.0.0.1", "6.6.6.6, 1.1.1.1:4711", "1.1.1.1"),
            ("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
            assert_eq!(client(ip(direct), &headers, &proxies), ip(expected), "{forwarded}");
        }
    }
}
