//! `BoundSecrets`: secrets that are sent only to the hosts that the operator binds them to.

use unicom_core::secrets::{self, HOSTS, Secrets};
use url::{Position, Url};

/// Secrets for addresses that settings choose. Cheap to clone.
///
/// Admins choose the variable and the address that is called. To keep them from having secrets sent
/// elsewhere, each secret is for the hosts that the operator [binds it
/// to](crate#rules-for-secrets).
#[derive(Debug, Clone)]
pub struct BoundSecrets(Secrets);

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

impl BoundSecrets {
    /// Binds secrets to the hosts in the variables whose names end with `_HOSTS`.
    pub fn new(secrets: Secrets) -> Self {
        Self(secrets)
    }

    /// Returns a description of the names that settings may contain, for error messages.
    pub fn form(&self) -> String {
        self.0.form()
    }

    /// Returns the secret in the variable `name`, which must be bound to the host of `url`.
    ///
    /// # Errors
    /// [`SecretError::Name`] if settings must not name this variable, which is then not read.
    /// [`SecretError::Unavailable`] if it is not set or not bound to the host.
    pub fn get(&self, name: &str, url: &Url) -> Result<String, SecretError> {
        let is_bound = |hosts: &str| hosts.split(',').any(|entry| is_of(entry, url));
        match (self.0.get(name), self.0.hosts(name)) {
            (Ok(secret), Ok(hosts)) if is_bound(&hosts) => Ok(secret),
            (Err(secrets::SecretError::Name { form }), _) => Err(SecretError::Name {
                form,
                instead: self.instead_of(name, url),
            }),
            _ => Err(SecretError::Unavailable {
                name: name.to_owned(),
                host: entry_of(url),
            }),
        }
    }

    /// Returns what to set instead of a variable with a name that other programs use
    /// (`OPENAI_API_KEY`). Returns `None` for other names.
    fn instead_of(&self, name: &str, url: &Url) -> Option<String> {
        let prefix = self.0.prefix();
        let is_key = name.strip_suffix("_API_KEY").is_some_and(is_name);
        (is_key && !name.starts_with(prefix)).then(|| {
            let host = entry_of(url);
            format!("set `{prefix}{name}` to the key, and `{prefix}{name}{HOSTS}={host}`")
        })
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

    use super::{BoundSecrets, Secrets};

    fn secrets(look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> BoundSecrets {
        BoundSecrets::new(Secrets::new("UNICOM_BOT_", look_up))
    }

    #[test]
    fn secret_is_bound_to_its_hosts() {
        let may = |hosts: &'static str, url: &str| {
            let secrets = secrets(move |name| match name {
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
        let secrets = secrets(|name| match name {
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
