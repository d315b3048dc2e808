//! `Secrets`: secrets in environment variables, so that settings contain only their names.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use serde_json::Value;

use crate::error::ChannelError;

/// Suffix of a variable that lists the hosts that the secret in another variable may be sent to. It
/// never holds a secret.
pub const HOSTS: &str = "_HOSTS";

/// Prefix of the environment variables that settings of channels may name.
pub const CHANNEL_SECRETS: &str = "UNICOM_CHANNEL_";

type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Secrets in environment variables, which are named by settings. Cheap to clone.
///
/// Admins choose the variable. To keep them from using other secrets of the process, only variables
/// with a prefix can be named.
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
    #[error("must be the name of an environment variable of the form {form}")]
    Name {
        /// The allowed names.
        form: String,
    },
    /// The variable is not set.
    #[error("environment variable `{name}` is not set")]
    Unset {
        /// The name of the variable.
        name: String,
    },
}

impl Secrets {
    /// Reads the environment of the process. Settings may name variables that begin with `prefix`,
    /// such as `UNICOM_BOT_`.
    pub fn from_env(prefix: &'static str) -> Self {
        Self::new(prefix, |name| std::env::var(name).ok())
    }

    /// Looks up variables with `look_up`, for hosts that store secrets elsewhere than in the
    /// environment. It is called with names that begin with `prefix`.
    pub fn new(
        prefix: &'static str,
        look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            prefix,
            look_up: Arc::new(look_up),
        }
    }

    /// Returns the prefix of the variables that settings may name.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Returns a description of the names that settings may contain, for error messages.
    pub fn form(&self) -> String {
        format!("`{}[A-Z0-9_]+`, not ending with `{HOSTS}`", self.prefix)
    }

    /// Returns the secret in the variable `name`.
    ///
    /// Do not send it to an address that settings choose: an admin could have it sent anywhere.
    /// `BoundSecrets` of `unicom-outbound` is for such addresses.
    ///
    /// # Errors
    /// [`SecretError::Name`] if settings must not name this variable, which is then not read.
    /// [`SecretError::Unset`] if it is not set.
    pub fn get(&self, name: &str) -> Result<String, SecretError> {
        self.read(name, "")
    }

    /// Checks that the setting `name` of a channel, such as `token_env`, names a variable that
    /// settings may name. The variable need not be set: the server may have others than the process
    /// that configures a channel.
    ///
    /// # Errors
    /// [`ChannelError`] names the setting.
    pub fn check_setting(&self, config: &Value, name: &str) -> Result<(), ChannelError> {
        let variable = config.get(name).and_then(Value::as_str).unwrap_or_default();
        if self.may_be_named(variable) {
            return Ok(());
        }
        let error = SecretError::Name { form: self.form() };
        Err(ChannelError(format!("`{name}` {error}")))
    }

    /// Returns the secret in the variable that the setting `name` of a channel names, such as
    /// `token_env`.
    ///
    /// # Errors
    /// [`ChannelError`] names the setting, as [`Secrets::check_setting`] does, or the variable if
    /// it is not set.
    pub fn of_setting(&self, config: &Value, name: &str) -> Result<String, ChannelError> {
        self.check_setting(config, name)?;
        let variable = config.get(name).and_then(Value::as_str).unwrap_or_default();
        let secret = self.get(variable);
        secret.map_err(|error| ChannelError(format!("`{name}`: {error}")))
    }

    /// Returns the list of hosts that the secret in the variable `name` may be sent to, separated
    /// by commas.
    ///
    /// # Errors
    /// The errors of [`Secrets::get`], for the variable with the list.
    pub fn hosts(&self, name: &str) -> Result<String, SecretError> {
        self.read(name, HOSTS)
    }

    fn read(&self, name: &str, suffix: &str) -> Result<String, SecretError> {
        if !self.may_be_named(name) {
            return Err(SecretError::Name { form: self.form() });
        }
        let name = format!("{name}{suffix}");
        (self.look_up)(&name).ok_or(SecretError::Unset { name })
    }

    /// Returns `true` for the prefix followed by `[A-Z0-9_]+`, except for a list of hosts.
    fn may_be_named(&self, name: &str) -> bool {
        let of_names =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let is_name = |rest: &str| !rest.is_empty() && rest.bytes().all(of_names);
        !name.ends_with(HOSTS) && name.strip_prefix(self.prefix).is_some_and(is_name)
    }
}

impl Debug for Secrets {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_the_prefix_are_looked_up() {
        let secrets = Secrets::new("UNICOM_BOT_", |_| None);
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
            ("UNICOM_CHANNEL_A", false),
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
            let error = secrets.get(name).unwrap_err();
            let is_unset = matches!(error, SecretError::Unset { .. });
            assert_eq!(is_unset, may_be_named, "{name:?}");
        }
    }

    #[test]
    fn secrets_and_their_hosts_are_found_and_never_printed() {
        let secrets = Secrets::new(CHANNEL_SECRETS, |name| match name {
            "UNICOM_CHANNEL_A" => Some("4711".to_owned()),
            "UNICOM_CHANNEL_A_HOSTS" => Some("a.example".to_owned()),
            "UNICOM_CHANNEL_B" => Some("4712".to_owned()),
            _ => None,
        });
        assert_eq!(secrets.get("UNICOM_CHANNEL_A").unwrap(), "4711");
        assert_eq!(secrets.hosts("UNICOM_CHANNEL_A").unwrap(), "a.example");
        assert!(secrets.hosts("UNICOM_CHANNEL_B").is_err());
        let config = serde_json::json!({ "token_env": "UNICOM_CHANNEL_A", "wrong_env": "PATH" });
        assert_eq!(secrets.of_setting(&config, "token_env").unwrap(), "4711");
        for setting in ["wrong_env", "key_env"] {
            let error = secrets
                .of_setting(&config, setting)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(&format!("`{setting}` must be the name of an")),
                "{error}"
            );
        }
        let unset = secrets.get("UNICOM_CHANNEL_C").unwrap_err().to_string();
        assert_eq!(unset, "environment variable `UNICOM_CHANNEL_C` is not set");
        assert!(!format!("{secrets:?}").contains("47"));
    }
}
