//! Web origins (RFC 6454).

use std::str::FromStr;

use url::Url;

/// Scheme, host and port of an `http` or `https` address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(url::Origin);

/// The error for a text that is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid origin `{text}`: {problem}")]
pub struct InvalidOrigin {
    text: String,
    problem: &'static str,
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |problem| InvalidOrigin {
            text: text.chars().take(200).collect(),
            problem,
        };
        let url = Url::parse(text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some((url, host)) = url.as_ref().and_then(|url| Some((url, url.host_str()?))) else {
            return Err(invalid(
                "expected `https://chat.example.com` or `http://127.0.0.1:8080`",
            ));
        };
        if host.contains('*') || host.starts_with('.') {
            // No page is ever loaded from a host with a wildcard, so it would match nothing.
            return Err(invalid(
                "an origin names one host and is not a pattern: list each host, as in `https://chat.example.com`",
            ));
        }
        Ok(Self(url.origin()))
    }
}

impl Origin {
    /// Returns `true` if the scheme is `https`.
    pub fn is_https(&self) -> bool {
        matches!(&self.0, url::Origin::Tuple(scheme, _, _) if scheme == "https")
    }

    /// Returns the host: a name or an address. An IPv6 address is in brackets.
    pub fn host(&self) -> String {
        match &self.0 {
            url::Origin::Tuple(_, host, _) => host.to_string(),
            url::Origin::Opaque(_) => String::new(),
        }
    }

    /// Returns `true` if the host is this machine: `localhost`, a name below it, or a loopback
    /// address.
    pub fn is_loopback(&self) -> bool {
        let url::Origin::Tuple(_, host, _) = &self.0 else {
            return false;
        };
        match host {
            url::Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.to_canonical().is_loopback(),
        }
    }

    /// Returns `true` if a request over `scheme` to `host`, as in a `Host` header, is sent to this
    /// origin.
    pub(crate) fn is_at(&self, scheme: &str, host: &str) -> bool {
        format!("{scheme}://{host}").parse() == Ok(self.clone())
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_scheme_host_and_port() {
        let origin: Origin = "https://Chat.example.com/a/page".parse().unwrap();
        assert_eq!(origin.to_string(), "https://chat.example.com");
        assert_eq!(origin.host(), "chat.example.com");
        let of_address = "http://[2001:db8::1]:8080".parse::<Origin>().unwrap();
        assert_eq!(of_address.host(), "[2001:db8::1]");
        assert!(
            origin.is_https()
                && origin.is_at("https", "chat.example.com")
                && origin.is_at("https", "chat.example.com:443")
        );
        assert!(
            !origin.is_at("https", "chat.example.com:444")
                && !origin.is_at("https", "example.com")
                && !origin.is_at("http", "chat.example.com")
        );
        assert!(
            !"http://chat.example.com"
                .parse::<Origin>()
                .unwrap()
                .is_https()
        );
        for wrong in [
            "null",
            "",
            "chat.example.com",
            "file:///x",
            "javascript:alert(1)",
            "ftp://chat.example.com",
        ] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn patterns_are_rejected() {
        for wrong in [
            "https://*.example.com",
            "https://*",
            "https://chat.*:8080",
            "https://%2A.example.com",
            "https://.example.com",
        ] {
            let error = wrong.parse::<Origin>().unwrap_err().to_string();
            assert!(
                error.contains(wrong) && error.contains("not a pattern"),
                "{error}"
            );
        }
    }

    #[test]
    fn loopback_hosts_are_recognised() {
        let is_loopback = |text: &str| text.parse::<Origin>().unwrap().is_loopback();
        for here in [
            "http://localhost:8080",
            "https://a.localhost",
            "http://127.9.9.9",
            "http://[::1]",
        ] {
            assert!(is_loopback(here), "{here}");
        }
        for there in [
            "http://localhost.example.com",
            "http://0.0.0.0",
            "http://10.0.0.1",
            "http://[::2]",
        ] {
            assert!(!is_loopback(there), "{there}");
        }
    }
}
