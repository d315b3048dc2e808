//! [`Proxies`]: the HTTP proxies that calls go through.

use std::fmt;
use std::sync::Arc;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::OutboundError;

/// The HTTP proxies that calls go through, from the variables that curl and other programs read:
///
/// - `HTTPS_PROXY` for `https` addresses and `HTTP_PROXY` for `http` ones; `ALL_PROXY` for those
///   without one. A value is the address of a proxy, `http://` or `https://`, and may contain a user
///   and a password.
/// - `NO_PROXY`: what is called directly, separated by commas: IP addresses, networks such as
///   `10.0.0.0/8`, and domains, each with its sub-domains. `*` stands for everything.
///
/// The names may be in lower case. A variable that is empty counts as not set. By default, there is
/// no proxy.
#[derive(Clone, Default)]
pub struct Proxies(Option<Arc<Configured>>);

struct Configured {
    http: Option<Url>,
    https: Option<Url>,
    /// Intercepts all addresses but those of `NO_PROXY`.
    proxied: Matcher,
    /// What is wrong with a variable. Calls fail, since they must not leave the proxy out.
    problem: Option<String>,
}

/// The scheme of the addresses that a proxy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proxied {
    Http,
    Https,
}

impl Proxies {
    /// Reads the environment of the process.
    pub fn from_env() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    /// Reads variables with `look_up`.
    pub fn new(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| {
            let names = [name.to_owned(), name.to_ascii_lowercase()];
            let mut values = names.iter().filter_map(|name| look_up(name));
            values.find(|value| !value.trim().is_empty())
        };
        let mut problem = None;
        let mut proxy = |name: &str| {
            let parsed = parse(value(name)?.trim());
            if parsed.is_none() {
                problem = Some(format!(
                    "`{name}` must be the address of a proxy, such as `http://proxy.example.org:3128`"
                ));
            }
            parsed
        };
        let (http, https, all) = (
            proxy("HTTP_PROXY"),
            proxy("HTTPS_PROXY"),
            proxy("ALL_PROXY"),
        );
        if http.is_none() && https.is_none() && all.is_none() && problem.is_none() {
            return Self::default();
        }
        // The address is not used: it only says that a proxy is.
        let proxied = Matcher::builder().all("http://proxy.invalid");
        Self(Some(Arc::new(Configured {
            http: http.or_else(|| all.clone()),
            https: https.or(all),
            proxied: proxied.no(value("NO_PROXY").unwrap_or_default()).build(),
            problem,
        })))
    }

    /// Returns whether the address is called through a proxy.
    pub(crate) fn of(&self, url: &Url) -> Result<Option<(Proxied, &Url)>, OutboundError> {
        let Some(configured) = &self.0 else {
            return Ok(None);
        };
        if let Some(problem) = &configured.problem {
            let reason = problem.clone();
            return Err(OutboundError::Unusable { reason });
        }
        let (proxied, proxy) = match url.scheme() {
            "http" => (Proxied::Http, &configured.http),
            _ => (Proxied::Https, &configured.https),
        };
        let is_direct = url
            .as_str()
            .parse::<Uri>()
            .is_ok_and(|uri| configured.proxied.intercept(&uri).is_none());
        Ok(proxy
            .as_ref()
            .filter(|_| !is_direct)
            .map(|proxy| (proxied, proxy)))
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The addresses may contain passwords.
        f.debug_struct("Proxies")
            .field("is_set", &self.0.is_some())
            .finish()
    }
}

/// Parses the address of a proxy, which may be without `http://`.
fn parse(value: &str) -> Option<Url> {
    let url = match value.contains("://") {
        true => Url::parse(value),
        false => Url::parse(&format!("http://{value}")),
    };
    url.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::Proxies;

    fn proxy(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let proxies = Proxies::new(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let url = Url::parse(url).unwrap();
        let found = proxies.of(&url).map_err(|error| error.to_string());
        match found {
            Ok(found) => found.map(|(_, proxy)| proxy.host_str().unwrap().to_owned()),
            Err(error) => Some(error),
        }
    }

    #[test]
    fn variables_are_read_as_curl_reads_them() {
        let both = [("HTTP_PROXY", "http://a:1"), ("HTTPS_PROXY", "b:2")];
        assert_eq!(proxy(&both, "http://x.example/").as_deref(), Some("a"));
        assert_eq!(proxy(&both, "https://x.example/").as_deref(), Some("b"));
        let lower = [("https_proxy", "http://a"), ("HTTPS_PROXY", " ")];
        assert_eq!(proxy(&lower, "https://x.example/").as_deref(), Some("a"));
        assert_eq!(proxy(&lower, "http://x.example/"), None);
        let all = [("ALL_PROXY", "http://a"), ("HTTPS_PROXY", "http://b")];
        assert_eq!(proxy(&all, "http://x.example/").as_deref(), Some("a"));
        assert_eq!(proxy(&[], "http://x.example/"), None);
        let no = [
            ("ALL_PROXY", "http://a"),
            (
                "no_proxy",
                "10.0.0.0/8, fd00::/8,example.org, .lan ,127.0.0.1",
            ),
        ];
        for direct in [
            "10.1.2.3:8000",
            "[fd00::1]",
            "example.org",
            "a.example.org",
            "a.lan",
            "127.0.0.1",
        ] {
            assert_eq!(proxy(&no, &format!("https://{direct}/")), None, "{direct}");
        }
        for proxied in ["11.1.2.3", "[fe00::1]", "notexample.org", "127.0.0.2"] {
            let found = proxy(&no, &format!("https://{proxied}/"));
            assert_eq!(found.as_deref(), Some("a"), "{proxied}");
        }
        let none = [("ALL_PROXY", "http://a"), ("NO_PROXY", "*")];
        assert_eq!(proxy(&none, "http://x.example/"), None);
    }

    #[test]
    fn unusable_proxies_are_not_left_out() {
        for value in ["socks5://a:1", "http://", "ftp://a", "http://a b"] {
            let said = proxy(&[("HTTPS_PROXY", value)], "https://x.example/");
            assert!(said.unwrap().contains("`HTTPS_PROXY` must be"), "{value}");
        }
    }
}
