//! Determines the address of a client: the peer, or the address reported by a trusted proxy.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Returns the address of the client that sent a request. Behind trusted proxies it is the last
/// address in `X-Forwarded-For` that does not belong to a trusted proxy; a client may have forged
/// the addresses before it. Returns `None` if the peer's address is unknown.
pub(super) fn client(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    if !is_trusted(peer, trusted) {
        return Some(peer);
    }
    Some(last_untrusted(request.headers(), peer, trusted))
}

/// Returns `true` if the peer is a trusted proxy.
pub(super) fn is_proxied(request: &HttpRequest, trusted: &[IpNet]) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    peer.is_some_and(|peer| is_trusted(peer, trusted))
}

/// Returns `true` if the request came through a proxy that is not configured as trusted.
pub(super) fn has_unknown_proxy(request: &HttpRequest, trusted: &[IpNet]) -> bool {
    request.headers().contains_key(FORWARDED_FOR) && !is_proxied(request, trusted)
}

/// Returns the network that counts as one address: of IPv6 the first 64 bits, the least that a
/// subscriber gets (RFC 6177).
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

fn last_untrusted(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> IpAddr {
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).collect();
    let hops = lines
        .iter()
        .rev()
        .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let mut last = peer;
    for hop in hops {
        // A trusted proxy would not write an unreadable address.
        let Some(address) = std::str::from_utf8(hop).ok().and_then(parse) else {
            return last;
        };
        last = address;
        if !is_trusted(address, trusted) {
            return last;
        }
    }
    last
}

/// Parses an address with an optional port. IPv6 may be in brackets.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: IpAddr = text.parse().ok().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn from(peer: &str, forwarded: &[&str], trusted: &[&str]) -> Option<String> {
        let mut request =
            TestRequest::default().peer_addr(SocketAddr::new(peer.parse().unwrap(), 4711));
        for line in forwarded {
            request = request.append_header((FORWARDED_FOR, *line));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client(&request.to_http_request(), &trusted).map(|address| address.to_string())
    }

    #[test]
    fn forwarding_headers_of_untrusted_peers_are_ignored() {
        for (forwarded, trusted) in [
            (&[][..], &[][..]),
            (&["9.9.9.9"], &[]),
            (&["9.9.9.9"], &["10.0.0.0/8"]),
            (
                &["10.0.0.1, 9.9.9.9", "8.8.8.8"],
                &["10.0.0.0/8", "::1/128"],
            ),
        ] {
            assert_eq!(from("192.0.2.1", forwarded, trusted).unwrap(), "192.0.2.1");
        }
    }

    #[test]
    fn last_untrusted_forwarded_address_is_used() {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"];
        for (forwarded, expected) in [
            (&["9.9.9.9"][..], "9.9.9.9"),
            // The client's forged addresses are further left.
            (&["1.1.1.1, 9.9.9.9"], "9.9.9.9"),
            (&["1.1.1.1", "9.9.9.9"], "9.9.9.9"),
            (&["1.1.1.1, 9.9.9.9, 10.1.2.3"], "9.9.9.9"),
            (&["1.1.1.1, 9.9.9.9", "2001:db8:1::7,10.1.2.3"], "9.9.9.9"),
            (&["9.9.9.9:80 , 10.1.2.3:4711"], "9.9.9.9"),
            (&["[2001:db8::9]:80"], "2001:db8::9"),
            (&["[2001:db8::9]"], "2001:db8::9"),
            (&["2001:db8::9"], "2001:db8::9"),
            (&["::ffff:9.9.9.9"], "9.9.9.9"),
            // All hops are trusted proxies: the first one counts.
            (&["10.0.0.7, 10.0.0.8"], "10.0.0.7"),
            // An unreadable address ends the search.
            (&["1.1.1.1, unknown"], "10.0.0.1"),
            (&["1.1.1.1, unknown, 10.0.0.8"], "10.0.0.8"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(
                from("10.0.0.1", forwarded, &trusted).unwrap(),
                expected,
                "{forwarded:?}"
            );
        }
        assert_eq!(
            from("::ffff:10.0.0.1", &["9.9.9.9"], &trusted).unwrap(),
            "9.9.9.9"
        );
    }

    #[test]
    fn ipv6_addresses_are_grouped_by_network() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2::"), of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
    }
}
