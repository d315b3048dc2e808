//! Secrets that settings name by environment variable, so that the database contains none.
//!
//! Admins choose the variable and the address that is called. To keep them from reading other
//! secrets of the process, bots read only variables that are meant for bots, and use each only for
//! the hosts that the operator binds it to.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use url::{Position, Url};

/// Prefix of all variables that a bot's settings may name.
const PREFIX: &str = "UNICOM_BOT_";

/// Suffix of a variable that lists the hosts of another variable. It never holds a secret.
const HOSTS: &str = "_HOSTS";

/// Description of the variable names that settings may contain, for error messages.
pub(crate) const FORM: &str = "`UNICOM_BOT_[A-Z0-9_]+`, not ending with `_HOSTS`";

type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Access to environment variables.
#[derive(Clone)]
pub(crate) struct Environment(Arc<LookUp>);

impl Environment {
    pub(crate) fn new(look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(look_up))
    }

    /// Returns the secret in the variable `name`, which must be bound to the host of `url`.
    ///
    /// # Errors
    /// A sentence that says what the operator has to set. It is the same for a variable that is not
    /// set and for a variable that is bound to other hosts or to none, so that admins do not learn
    /// which variables the process has.
    pub(crate) fn secret_for(&self, name: &str, url: &Url) -> Result<String, String> {
        let hosts = (self.0)(&format!("{name}{HOSTS}")).unwrap_or_default();
        let is_bound = hosts.split(',').any(|entry| is_of(entry, url));
        (self.0)(name).filter(|_| is_bound).ok_or_else(|| {
            let host = entry_of(url);
            format!(
                "environment variable `{name}` is not set, or `{name}{HOSTS}` does not name \
                 `{host}`: both must be set where bots run, as in `{name}{HOSTS}={host}`"
            )
        })
    }
}

/// Returns `true` if an entry of a hosts list is the origin of `url`.
///
/// An entry is a host with an optional port, and means `https`. `http` must be written explicitly,
/// since it exposes the secret to the network.
fn is_of(entry: &str, url: &Url) -> bool {
    let entry = entry.trim();
    let parsed = if entry.contains("://") {
        Url::parse(entry)
    } else {
        Url::parse(&format!("https://{entry}"))
    };
    parsed.is_ok_and(|parsed| {
        let is_origin = &parsed[Position::BeforePath..] == "/"
            && parsed.username().is_empty()
            && parsed.password().is_none();
        is_origin && parsed.origin().is_tuple() && parsed.origin() == url.origin()
    })
}

/// Returns the entry of a hosts list for the origin of `url`.
fn entry_of(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    match origin.strip_prefix("https://") {
        Some(host) => host.to_owned(),
        None => origin,
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl Debug for Environment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// Returns `true` if a bot's settings may name this variable: `UNICOM_BOT_[A-Z0-9_]+`, but not a
/// list of hosts.
pub(crate) fn is_for_bots(name: &str) -> bool {
    !name.ends_with(HOSTS) && name.strip_prefix(PREFIX).is_some_and(is_name)
}

/// Returns what to set instead of a variable with a name that other tools use (`OPENAI_API_KEY`).
/// Bots do not read these. Returns `None` for other names.
pub(crate) fn instead_of(name: &str, url: &Url) -> Option<String> {
    let is_key = name.strip_suffix("_API_KEY").is_some_and(is_name);
    (is_key && !name.starts_with(PREFIX)).then(|| {
        let host = entry_of(url);
        format!("set `{PREFIX}{name}` to the key, and `{PREFIX}{name}{HOSTS}={host}`")
    })
}

fn is_name(name: &str) -> bool {
    let is_of_names = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_of_names)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Environment, is_for_bots};

    #[test]
    fn only_names_for_bots_are_accepted() {
        for (name, for_bots) in [
            ("UNICOM_BOT_SHOP", true),
            ("UNICOM_BOT_OPENAI_API_KEY", true),
            ("UNICOM_BOT_SHOP_HOST", true),
            ("UNICOM_BOT_SHOP_HOSTS", false),
            ("UNICOM_BOT__HOSTS", false),
            ("OPENAI_API_KEY", false),
            ("STRIPE_API_KEY", false),
            ("UNICOM_BOT_", false),
            ("UNICOM_BOT", false),
            ("UNICOM_BOTS_A", false),
            ("_API_KEY", false),
            ("UNICOM_SECRET_KEY", false),
            ("DATABASE_URL", false),
            ("UNICOM_BOT_shop", false),
            ("unicom_bot_shop", false),
            ("UNICOM_BOT_A=B", false),
            ("UNICOM_BOT_A\0", false),
            (" UNICOM_BOT_A", false),
            ("UNICOM_BOT_A\n", false),
            ("UNICOM_BOT_Ä", false),
            ("", false),
        ] {
            assert_eq!(is_for_bots(name), for_bots, "{name:?}");
        }
    }

    #[test]
    fn secret_is_bound_to_its_hosts() {
        let may = |hosts: &'static str, url: &str| {
            let environment = Environment::new(move |name| match name {
                "UNICOM_BOT_A" => Some("secret".to_owned()),
                "UNICOM_BOT_A_HOSTS" => Some(hosts.to_owned()),
                _ => None,
            });
            let url = Url::parse(url).unwrap();
            environment.secret_for("UNICOM_BOT_A", &url).is_ok()
        };
        for (hosts, url) in [
            ("api.openai.com", "https://api.openai.com/v1"),
            ("API.OpenAI.com", "https://API.openai.COM:443/v1"),
            (
                "a.example, api.openai.com ,b.example",
                "https://api.openai.com",
            ),
            ("https://api.openai.com", "https://api.openai.com/v1"),
            ("https://api.openai.com/", "https://api.openai.com/v1"),
            ("models.example:8443", "https://models.example:8443/v1"),
            ("http://10.0.0.5:8000", "http://10.0.0.5:8000/v1"),
            ("http://models.example", "http://models.example:80/v1"),
            ("[2001:db8::1]:8443", "https://[2001:DB8:0::1]:8443"),
            ("bücher.example", "https://xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "https://BÜCHER.example"),
        ] {
            assert!(may(hosts, url), "{hosts} {url}");
        }
        for (hosts, url) in [
            ("", "https://api.openai.com"),
            (",", "https://api.openai.com"),
            ("api.openai.com", "https://evil.example"),
            ("api.openai.com", "http://api.openai.com"),
            ("api.openai.com", "https://api.openai.com:8443"),
            ("api.openai.com:443", "http://api.openai.com:443"),
            ("api.openai.com", "https://api.openai.com."),
            ("api.openai.com", "https://api.openai.com.evil.example"),
            ("api.openai.com", "https://evil-api.openai.com"),
            ("api.openai.com", "https://a.api.openai.com"),
            ("openai.com", "https://api.openai.com"),
            ("*.openai.com", "https://api.openai.com"),
            ("*", "https://api.openai.com"),
            ("api.openai.com", "https://api.openai.com@evil.example"),
            ("api.openai.com", "https://api.openai.com:x@evil.example"),
            ("api.openai.com", "https://evil.example/api.openai.com"),
            ("api.openai.com", "https://evil.example\\@api.openai.com"),
            ("api.openai.com", "https://evil.example#@api.openai.com"),
            // The first letter is Cyrillic.
            ("api.openai.com", "https://\u{430}pi.openai.com"),
            ("api.openai.com/v1", "https://api.openai.com/v1"),
            ("user@api.openai.com", "https://api.openai.com"),
            ("ftp://api.openai.com", "https://api.openai.com"),
            ("data:text/plain,a", "data:text/plain,a"),
            ("127.0.0.1", "https://127.0.0.2"),
        ] {
            assert!(!may(hosts, url), "{hosts} {url}");
        }
    }

    #[test]
    fn unset_and_differently_bound_secrets_are_indistinguishable() {
        let environment = Environment::new(|name| match name {
            "UNICOM_BOT_A" | "UNICOM_BOT_B" => Some("secret".to_owned()),
            "UNICOM_BOT_B_HOSTS" | "UNICOM_BOT_C_HOSTS" => Some("b.example".to_owned()),
            _ => None,
        });
        let url = Url::parse("https://evil.example:8443/v1?a=b").unwrap();
        let said = ["A", "B", "C", "D"].map(|name| {
            let refused = environment.secret_for(&format!("UNICOM_BOT_{name}"), &url);
            refused
                .unwrap_err()
                .replace(&format!("BOT_{name}"), "BOT_X")
        });
        assert_eq!(
            said[0],
            "environment variable `UNICOM_BOT_X` is not set, or `UNICOM_BOT_X_HOSTS` does not name \
             `evil.example:8443`: both must be set where bots run, as in \
             `UNICOM_BOT_X_HOSTS=evil.example:8443`"
        );
        assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    }
}
