//! `AllowedHosts`: the hosts that a server answers for, and the middleware that refuses all others.
//!
//! This prevents DNS rebinding: an attacker's page has its host name resolved to this server's
//! address, so that the browser takes the server for the page's origin. The host name, which
//! browsers always send, reveals the attack.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HOST;
use actix_web::middleware::Next;
use actix_web::web;

use crate::ApiError;
use crate::admission::count_refusal;

/// Maximum length of a domain name in characters (RFC 1035, 2.3.4).
const LONGEST_NAME: usize = 253;

/// The hosts that a server answers for, on any port. Cheap to clone.
///
/// `localhost`, the names below it, and loopback addresses are always allowed, since no attacker
/// can own them. Addresses cannot be rebound, so the address that the server listens on is allowed
/// too, or any address if it listens on all of them.
///
/// ```
/// use unicom_http::target::AllowedHosts;
///
/// let hosts = AllowedHosts::listening_on([0, 0, 0, 0].into()).with("chat.example.com")?;
/// assert!(hosts.allow("Chat.example.com:8443") && hosts.allow("localhost"));
/// assert!(hosts.allow("192.0.2.1"));
/// assert!(!hosts.allow("rebound.example"));
/// # Ok::<(), unicom_http::target::InvalidHost>(())
/// ```
#[derive(Debug, Clone)]
pub struct AllowedHosts {
    listening: IpAddr,
    further: Arc<HashSet<Host>>,
    has_warned: Arc<AtomicBool>,
}

/// The error for a text that is not a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a host: expected a name such as `chat.example.com`, or an address such as `192.0.2.1` or `[2001:db8::1]`"
)]
pub struct InvalidHost(String);

/// A host without its port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Host {
    /// In lower case, without the trailing dot of the root domain.
    Name(String),
    /// An IPv4-mapped IPv6 address is stored as the IPv4 address.
    Address(IpAddr),
}

impl AllowedHosts {
    /// Allows loopback and the address that the server listens on.
    pub fn listening_on(address: IpAddr) -> Self {
        Self {
            listening: address.to_canonical(),
            further: Arc::default(),
            has_warned: Arc::default(),
        }
    }

    /// Allows a further host, a name or an address. A port is ignored.
    ///
    /// # Errors
    /// [`InvalidHost`] for a text that is neither a name nor an address.
    pub fn with(mut self, host: &str) -> Result<Self, InvalidHost> {
        let host = host
            .trim()
            .parse()
            .map_err(|()| InvalidHost(host.chars().take(200).collect()))?;
        Arc::make_mut(&mut self.further).insert(host);
        Ok(self)
    }

    /// Returns `true` if `authority`, a host with or without a port as in the `Host` header, is
    /// allowed.
    pub fn allow(&self, authority: &str) -> bool {
        authority.parse().is_ok_and(|host| self.has(&host))
    }

    fn has(&self, host: &Host) -> bool {
        let is_own = match host {
            Host::Name(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Address(address) => {
                address.is_loopback()
                    || self.listening.is_unspecified()
                    || *address == self.listening
            }
        };
        is_own || self.further.contains(host)
    }

    /// Refuses a request that names another host in its target or in its `Host` header.
    fn check(&self, request: &ServiceRequest) -> Result<(), ApiError> {
        let in_target = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        let in_headers = request
            .headers()
            .get_all(HOST)
            .map(|value| value.to_str().unwrap_or_default());
        for authority in in_target.into_iter().chain(in_headers) {
            if !self.allow(authority) {
                self.warn(authority);
                return Err(ApiError::misdirected_request(
                    "this server does not answer for the host that the request names; the setting `allowed_hosts` \
                     may name further ones",
                ));
            }
        }
        Ok(())
    }

    /// Logs the first refused name: behind a proxy that replaces `Host`, every request is refused.
    fn warn(&self, authority: &str) {
        if let Ok(Host::Name(name)) = authority.parse()
            && !self.has_warned.swap(true, Ordering::Relaxed)
        {
            log::warn!(
                "a request for the host `{name}` was refused: if this server is reached by that name, set it as the \
                 public origin or among the allowed hosts (`UNICOM_ALLOWED_HOSTS`), or let the proxy pass `Host` on"
            );
        }
    }
}

impl FromStr for Host {
    type Err = ();

    /// Parses a host with an optional port.
    fn from_str(authority: &str) -> Result<Self, Self::Err> {
        if let Some(rest) = authority.strip_prefix('[') {
            let (address, port) = rest.split_once(']').ok_or(())?;
            let address: Ipv6Addr = address.parse().map_err(|_| ())?;
            let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
            return is_port
                .then(|| Self::Address(IpAddr::V6(address).to_canonical()))
                .ok_or(());
        }
        let (name, port) = authority.split_once(':').unwrap_or((authority, ""));
        if !is_port(port) {
            return Err(());
        }
        if let Ok(address) = name.parse() {
            return Ok(Self::Address(IpAddr::V4(address)));
        }
        let name = name.strip_suffix('.').unwrap_or(name);
        let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_name = (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(in_name);
        is_name
            .then(|| Self::Name(name.to_ascii_lowercase()))
            .ok_or(())
    }
}

/// Returns `true` if this may follow the colon after a host. An empty port means the default port
/// (RFC 3986, 3.2.3).
fn is_port(text: &str) -> bool {
    text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Middleware that refuses requests for hosts that are not in the [`AllowedHosts`] of the
/// application's data.
///
/// It checks the `Host` header and, if the request's target is an absolute URL, the host in it. A
/// request without a host, as HTTP/1.0 allows, is accepted: no browser sends one.
///
/// A refused request counts as a request of its address.
///
/// # Errors
/// [`ApiError::misdirected_request`], [`ApiError::rate_limited`].
pub async fn allowed_hosts(
    hosts: web::Data<AllowedHosts>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    hosts
        .check(&request)
        .map_err(|refused| count_refusal(request.request(), refused))?;
    next.call(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listening: &str) -> AllowedHosts {
        AllowedHosts::listening_on(listening.parse().unwrap())
    }

    #[test]
    fn loopback_is_allowed_in_every_spelling() {
        let hosts = hosts("127.0.0.1");
        for allowed in [
            "localhost",
            "LocalHost:8080",
            "localhost.",
            "localhost:",
            "app.localhost:1",
            "127.0.0.1",
            "127.8.9.1:8080",
            "[::1]",
            "[::1]:8080",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]:80",
        ] {
            assert!(hosts.allow(allowed), "{allowed}");
        }
        for refused in [
            "",
            ".",
            ":8080",
            "evil.example",
            "localhost.evil.example",
            "evillocalhost",
            "localhost..",
            "user@localhost",
            "localhost@evil.example",
            "localhost:80:80",
            "localhost:x",
            "localhost:123456",
            "localhost/",
            "localhost evil.example",
            "127.0.0.1.evil.example",
            "127.1",
            "0x7f.0.0.1",
            "2130706433",
            "::1",
            "[::1",
            "[::1]x",
            "[fe80::1%25lo]",
            "[localhost]",
            "192.0.2.1",
            "[2001:db8::1]",
            "0.0.0.0",
        ] {
            assert!(!hosts.allow(refused), "{refused}");
        }
    }

    #[test]
    fn listening_address_is_allowed() {
        let one = hosts("192.0.2.1");
        assert!(one.allow("192.0.2.1:8080") && one.allow("[::ffff:192.0.2.1]"));
        assert!(!one.allow("192.0.2.2"));
        for all in ["0.0.0.0", "::"] {
            let all = hosts(all);
            assert!(all.allow("10.1.2.3") && all.allow("[2001:db8::1]:80"));
            assert!(!all.allow("evil.example"));
        }
    }

    #[test]
    fn additional_hosts_are_names_or_addresses() {
        let hosts = hosts("127.0.0.1").with("Chat.Example.com.").unwrap();
        let hosts = hosts.with("unicom_1:8080").unwrap();
        let hosts = hosts.with("[2001:db8::1]").unwrap();
        for allowed in [
            "chat.example.com:443",
            "CHAT.example.COM.",
            "unicom_1",
            "[2001:DB8:0::1]",
        ] {
            assert!(hosts.allow(allowed), "{allowed}");
        }
        assert!(!hosts.allow("example.com") && !hosts.allow("a.chat.example.com"));
        for wrong in [
            "",
            "*.example.com",
            "https://chat.example.com",
            "a b",
            "chät",
        ] {
            let error = hosts.clone().with(wrong).unwrap_err().to_string();
            assert!(error.contains(&format!("`{wrong}`")), "{error}");
        }
    }
}
