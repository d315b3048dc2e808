//! `Secrets`: secrets in environment variables, so that the database contains none.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use url::{Position, Url};

/// Suffix of a variable that lists the hosts of another variable. It never holds a secret.
const HOSTS: &str = "_HOSTS";

type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Secrets in environment variables, which are named by settings. Cheap to clone.
///
/// Admins choose the variable and the address that is called. To keep them from reading other
/// secrets of the process, only variables with a prefix can be named, and each secret is for the
/// hosts that the operator [binds it to](crate#rules-for-secrets).
#[derive(Clone)]
pub struct Secrets {
    prefix: &'static str,
    look_up: Arc<LookUp>,
}

/// Why a secret cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The name is not one that settings may contain.
    #[error("must be the name of an environment variable of the form {form}{}", hint(.instead.as_deref()))]
    Name {
        /// The allowed names.
        form: String,
        /// What to set instead of a variable with a name that other programs use, such as
        /// `OPENAI_API_KEY`. Such variables are not read.
        instead: Option<String>,
    },
    /// The variable is not set, or it is not bound to the host. The error does not distinguish the
    /// two, so that admins do not learn which variables the process has.
    #[error(
        "environment variable `{name}` is not set, or `{name}_HOSTS` does not name `{host}`: both must be set where the \
         secret is used, as in `{name}_HOSTS={host}`"
    )]
    Unavailable {
        /// The name of the variable.
        name: String,
        /// The host as an entry of the list of hosts.
        host: String,
    },
}

impl Secrets {
    /// Reads the environment of the process. Settings may name variables that begin with `prefix`,
    /// such as `UNICOM_BOT_`.
    pub fn from_env(prefix: &'static str) -> Self {
        Self::new(prefix, |name| std::env::var(name).ok())
    }

    /// Looks up variables with `look_up`, for hosts that store secrets elsewhere than in the
    /// environment.
    ///
    /// It is called with names that begin with `prefix`: with the name of a secret, and with that
    /// name followed by `_HOSTS`.
    pub fn new(
        prefix: &'static str,
        look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            prefix,
            look_up: Arc::new(look_up),
        }
    }

    /// Returns a description of the names that settings may contain, for error messages.
    pub fn form(&self) -> String {
        format!("`{}[A-Z0-9_]+`, not ending with `{HOSTS}`", self.prefix)
    }

    /// Returns the secret in the variable `name`, which must be bound to the host of `url`.
    ///
    /// # Errors
    /// [`SecretError::Name`] if settings must not name this variable, which is then not read.
    /// [`SecretError::Unavailable`] if it is not set or not bound to the host.
    pub fn get(&self, name: &str, url: &Url) -> Result<String, SecretError> {
        if !self.may_be_named(name) {
            return Err(SecretError::Name {
                form: self.form(),
                instead: self.instead_of(name, url),
            });
        }
        let hosts = (self.look_up)(&format!("{name}{HOSTS}")).unwrap_or_default();
        let is_bound = hosts.split(',').any(|entry| is_of(entry, url));
        let secret = (self.look_up)(name).filter(|_| is_bound);
        secret.ok_or_else(|| SecretError::Unavailable {
            name: name.to_owned(),
            host: entry_of(url),
        })
    }

    /// Returns `true` for the prefix followed by `[A-Z0-9_]+`, except for a list of hosts.
    fn may_be_named(&self, name: &str) -> bool {
        !name.ends_with(HOSTS) && name.strip_prefix(self.prefix).is_some_and(is_name)
    }

    /// Returns what to set instead of a variable with a name that other programs use
    /// (`OPENAI_API_KEY`). Returns `None` for other names.
    fn instead_of(&self, name: &str, url: &Url) -> Option<String> {
        let prefix = self.prefix;
        let is_key = name.strip_suffix("_API_KEY").is_some_and(is_name);
        (is_key && !name.starts_with(prefix)).then(|| {
            let host = entry_of(url);
            format!("set `{prefix}{name}` to the key, and `{prefix}{name}{HOSTS}={host}`")
        })
    }
}

impl Debug for Secrets {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

fn hint(instead: Option<&str>) -> String {
    instead.map_or_else(String::new, |instead| format!(": {instead}"))
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

fn is_name(name: &str) -> bool {
    let is_of_names = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_of_names)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{SecretError, Secrets};

    #[test]
    fn only_names_with_the_prefix_are_looked_up() {
        let secrets = Secrets::new("UNICOM_BOT_", |_| None);
        let url = Url::parse("https://example.org").unwrap();
        for (name, may_be_named) in [
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
            let error = secrets.get(name, &url).unwrap_err();
            let is_unavailable = matches!(error, SecretError::Unavailable { .. });
            assert_eq!(is_unavailable, may_be_named, "{name:?}");
        }
    }

    #[test]
    fn secret_is_bound_to_its_hosts() {
        let may = |hosts: &'static str, url: &str| {
            let secrets = Secrets::new("UNICOM_BOT_", move |name| match name {
                "UNICOM_BOT_A" => Some("secret".to_owned()),
                "UNICOM_BOT_A_HOSTS" => Some(hosts.to_owned()),
                _ => None,
            });
            let url = Url::parse(url).unwrap();
            secrets.get("UNICOM_BOT_A", &url).is_ok()
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
        let secrets = Secrets::new("UNICOM_BOT_", |name| match name {
            "UNICOM_BOT_A" | "UNICOM_BOT_B" => Some("secret".to_owned()),
            "UNICOM_BOT_B_HOSTS" | "UNICOM_BOT_C_HOSTS" => Some("b.example".to_owned()),
            _ => None,
        });
        let url = Url::parse("https://evil.example:8443/v1?a=b").unwrap();
        let said = ["A", "B", "C", "D"].map(|name| {
            let refused = secrets.get(&format!("UNICOM_BOT_{name}"), &url);
            refused
                .unwrap_err()
                .to_string()
                .replace(&format!("BOT_{name}"), "BOT_X")
        });
        assert_eq!(
            said[0],
            "environment variable `UNICOM_BOT_X` is not set, or `UNICOM_BOT_X_HOSTS` does not name \
             `evil.example:8443`: both must be set where the secret is used, as in \
             `UNICOM_BOT_X_HOSTS=evil.example:8443`"
        );
        assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    }
}
