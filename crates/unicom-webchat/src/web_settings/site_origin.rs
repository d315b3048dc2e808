//! [`SiteOrigin`]: the origins of a site whose pages may use a channel.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::invalid_web_setting::{InvalidWebSetting, parse};

/// The origin of a site (RFC 6454), or those of all names directly below a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteOrigin {
    scheme: String,
    /// The host, without the leading `*.` of a pattern.
    host: String,
    port: u16,
    is_pattern: bool,
}

impl SiteOrigin {
    /// Returns `true` if `origin`, as in an `Origin` header, is this one or one that the pattern
    /// stands for. `https://*.shop.example` stands for `https://www.shop.example`, but neither for
    /// `https://shop.example` nor for `https://a.www.shop.example`.
    pub fn includes(&self, origin: &str) -> bool {
        let Some((scheme, host, port)) = parts(origin) else {
            return false;
        };
        if scheme != self.scheme || port != self.port {
            return false;
        }
        match self.is_pattern {
            true => host
                .split_once('.')
                .is_some_and(|(label, rest)| !label.is_empty() && rest == self.host),
            false => self.host == host,
        }
    }
}

/// The longest host name (RFC 1035, 2.3.4).
const LONGEST_HOST: usize = 253;

/// Returns scheme, host and port of an origin as browsers write it (RFC 6454, 6.2).
fn parts(origin: &str) -> Option<(String, String, u16)> {
    let origin = origin.to_ascii_lowercase();
    let (scheme, authority) = origin.split_once("://")?;
    let default = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            (format!("[{}]", address.parse::<Ipv6Addr>().ok()?), rest)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (name, rest) = authority.split_at(end);
            (name.to_owned(), is_host_name(name).then_some(rest)?)
        }
    };
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        None if port.is_empty() => default,
        _ => return None,
    };
    Some((scheme.to_owned(), host, port))
}

/// Returns `true` if this is a host name in ASCII, or an IPv4 address.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_allowed)
    };
    name.len() <= LONGEST_HOST && name.split('.').all(is_label)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Returns `true` if the host is a name and not an address.
fn is_name(host: &str) -> bool {
    !host.starts_with('[') && host.parse::<Ipv4Addr>().is_err()
}

impl FromStr for SiteOrigin {
    type Err = InvalidWebSetting;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |problem: &str| {
            let text: String = text.chars().take(200).collect();
            Err(InvalidWebSetting(format!(
                "invalid origin `{text}`: {problem}"
            )))
        };
        let without_pattern = text.replacen("://*.", "://", 1);
        let is_pattern = without_pattern != text;
        let Some((scheme, host, port)) = parts(&without_pattern) else {
            let problem = match (text.contains('*'), text.is_ascii()) {
                (true, _) => {
                    "`*` stands only for the whole first label, as in `https://*.shop.example`"
                }
                (false, false) => {
                    "write the host as browsers send it, as in `https://xn--caf-dma.example`"
                }
                (false, true) => "expected `https://shop.example` or `https://*.shop.example`",
            };
            return invalid(problem);
        };
        if is_pattern && !(is_name(&host) && host.contains('.')) {
            return invalid(
                "a pattern must name a domain with a dot, as in `https://*.shop.example`",
            );
        }
        if scheme == "http" && !is_loopback(&host) {
            return invalid("http is for localhost and loopback addresses only");
        }
        Ok(Self {
            scheme,
            host,
            port,
            is_pattern,
        })
    }
}

impl fmt::Display for SiteOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = if self.is_pattern { "*." } else { "" };
        write!(f, "{}://{pattern}{}", self.scheme, self.host)?;
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => Ok(()),
            (_, port) => write!(f, ":{port}"),
        }
    }
}

impl<'de> Deserialize<'de> for SiteOrigin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> SiteOrigin {
        text.parse().unwrap()
    }

    #[test]
    fn an_origin_includes_itself_only() {
        let shop = origin("https://shop.example");
        for same in [
            "https://shop.example",
            "https://shop.example:443",
            "https://SHOP.example",
        ] {
            assert!(shop.includes(same), "{same}");
        }
        for other in [
            "https://www.shop.example",
            "https://evilshop.example",
            "https://shop.example.evil",
            "https://shop.example:8443",
            "http://shop.example",
            "https://shop.example/",
            "https://shop.example@evil.example",
            "https://shop.example:",
            "https://shop.example:+443",
            "https://shop.example.",
            "https://shop.example\\.evil.example",
            "https://shop.example%00",
            "https://evil.example#https://shop.example",
            "null",
            "",
        ] {
            assert!(!shop.includes(other), "{other}");
        }
    }

    #[test]
    fn a_pattern_stands_for_one_label() {
        let shops = origin("https://*.shop.example");
        assert_eq!(shops.to_string(), "https://*.shop.example");
        assert!(shops.includes("https://www.shop.example"));
        for other in [
            "https://shop.example",
            "https://a.www.shop.example",
            "https://evilshop.example",
            "https://www.shop.example.evil",
            "https://www.shop.example:8443",
            "https://.shop.example",
            "http://www.shop.example",
            "null",
        ] {
            assert!(!shops.includes(other), "{other}");
        }
    }

    #[test]
    fn http_is_for_this_machine() {
        for here in [
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:8080",
        ] {
            assert!(origin(here).includes(here), "{here}");
        }
        for wrong in [
            "http://shop.example",
            "https://*",
            "https://*.example",
            "https://w*.shop.example",
            "https://*.*.shop.example",
            "https://shop.example/chat",
            "https://café.example",
            "https://*.10.0.0.1",
            "https://*.[::1]",
            "https://[::1",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "shop.example",
            "*",
            "null",
        ] {
            assert!(wrong.parse::<SiteOrigin>().is_err(), "{wrong}");
        }
    }
}
