//! Secrets of channels: in the environment, where settings name them ([`Secrets`]), or in settings,
//! which are hidden where people read and kept when a shown channel is sent back.
//!
//! [`Platform::secret_settings`](crate::Platform::secret_settings) names secret settings. If the
//! platform is not registered in this process, every setting is secret except those that unicom
//! reads on all channels. The database and an export have the real values.

mod variables;

use std::mem;

use serde_json::Value;
use unicom_models::{Channel, PlatformKind};

use crate::Platforms;
use crate::platform::{ChannelError, common_settings};

pub use variables::{CHANNEL_SECRETS, HOSTS, SecretError, Secrets};

/// What is shown instead of a secret setting. An update that sets a secret to this text keeps the
/// stored value.
pub const MASK: &str = "***";

/// Secrets that are shorter are not searched for in texts, where they could be any word.
const SHORTEST: usize = 4;

/// The names that lead to a setting, from the outside in.
type Path<'a> = Vec<&'a str>;

impl Platforms {
    /// Returns the channel with [`MASK`] instead of each secret setting that is not null.
    pub(crate) fn mask_secrets(&self, mut channel: Channel) -> Channel {
        let mut shown = channel.config.clone();
        for path in self.secret_paths(&channel.platform, &channel.config) {
            if let Some((_, value)) = locate(&mut shown, &path)
                && !value.is_null()
            {
                *value = MASK.into();
            }
        }
        channel.config = shown;
        channel
    }

    /// Replaces the values of secret settings and of the environment variables that settings name,
    /// in a text of the platform, such as the error of a client library that contains the whole
    /// address of a request.
    pub(crate) fn mask_in(&self, text: &str, platform: &PlatformKind, config: &Value) -> String {
        let mut values = config.clone();
        let mut named = Vec::new();
        collect_texts(config, &mut named);
        let mut secrets: Vec<String> = named
            .iter()
            .filter_map(|name| self.context.secrets.get(name).ok())
            .filter(|secret| secret.len() >= SHORTEST)
            .collect();
        for path in self.secret_paths(platform, config) {
            if let Some((_, value)) = locate(&mut values, &path) {
                collect_texts(value, &mut secrets);
            }
        }
        // A secret may contain another one.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
    }

    /// Replaces each [`MASK`] in the new settings of a channel by the stored secret.
    ///
    /// # Errors
    /// [`ChannelError`] if there is no stored value, or if an address among the settings has
    /// changed: otherwise, an admin could have the secrets of a channel sent to another server.
    pub(crate) fn restore_secrets(
        &self,
        platform: &PlatformKind,
        new: Value,
        stored: &Value,
    ) -> Result<Value, ChannelError> {
        let (mut restored, mut stored_secrets) = (new.clone(), stored.clone());
        for path in self.secret_paths(platform, &new) {
            let Some((depth, value)) = locate(&mut restored, &path) else {
                continue;
            };
            if *value != *MASK {
                continue;
            }
            let name = path.join(".");
            match locate(&mut stored_secrets, &path) {
                Some((same, secret)) if same == depth && addresses(&new) == addresses(stored) => {
                    *value = mem::take(secret);
                }
                Some((same, _)) if same == depth => {
                    return Err(ChannelError(format!(
                        "`{name}` must be sent again, not `{MASK}`, since an address has changed"
                    )));
                }
                _ => {
                    return Err(ChannelError(format!(
                        "`{name}` must be sent, not `{MASK}`, since no value is stored"
                    )));
                }
            }
        }
        Ok(restored)
    }

    /// Returns the paths of the secret settings of a channel with this configuration.
    fn secret_paths<'a>(&'a self, platform: &PlatformKind, config: &'a Value) -> Vec<Path<'a>> {
        if let Ok(platform) = self.get(platform) {
            let names = platform.secret_settings().iter();
            return names.map(|name| name.split('.').collect()).collect();
        }
        let names = config.as_object().into_iter().flatten();
        names
            .map(|(name, _)| name.as_str())
            .filter(|name| !common_settings().iter().any(|(common, _)| common == name))
            .map(|name| vec![name])
            .collect()
    }
}

/// Returns the setting at the end of the path, or the value on the way that has no settings inside
/// and may itself hold the secret; and how many names led to it.
fn locate<'v>(config: &'v mut Value, path: &[&str]) -> Option<(usize, &'v mut Value)> {
    let mut at = config;
    for (depth, name) in path.iter().enumerate() {
        if !at.is_object() {
            return Some((depth, at));
        }
        at = at.get_mut(name)?;
    }
    Some((path.len(), at))
}

fn collect_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() >= SHORTEST => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|one| collect_texts(one, texts)),
        Value::Object(values) => values.values().for_each(|one| collect_texts(one, texts)),
        _ => {}
    }
}

/// Returns the settings that say where a platform sends requests: those whose name ends with `url`
/// or `host`, also inside others.
fn addresses(config: &Value) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    for (name, value) in config.as_object().into_iter().flatten() {
        if name.ends_with("url") || name.ends_with("host") {
            found.push((name.as_str(), value));
        } else {
            found.extend(addresses(value));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;
    use serde_json::json;

    use super::*;
    use crate::Platform;
    use crate::platform::{Capabilities, DeliveryFailure, DeliveryJob, DeliveryReceipt};

    #[derive(Debug)]
    struct Mail;

    impl Platform for Mail {
        fn kind(&self) -> PlatformKind {
            "Mail".into()
        }

        fn capabilities(&self) -> Capabilities {
            Capabilities::default()
        }

        fn validate_channel(&self, _: &Value) -> Result<(), ChannelError> {
            Ok(())
        }

        fn secret_settings(&self) -> &[&str] {
            &["token", "smtp.password"]
        }

        fn deliver(
            &self,
            _: DeliveryJob,
        ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
            std::future::ready(Ok(DeliveryReceipt::Local)).boxed()
        }
    }

    fn shown(kind: &str, config: Value) -> Value {
        let platforms = Platforms::default().with(Mail);
        let id = unicom_models::ChannelId(1);
        let now = unicom_models::UtcTime::BEGINNING;
        let mut channel = Channel::new(id, kind.into(), "Mail".to_owned(), now);
        channel.config = config;
        platforms.mask_secrets(channel).config
    }

    fn restored(new: Value, stored: &Value) -> Result<Value, String> {
        let platforms = Platforms::default().with(Mail);
        let restored = platforms.restore_secrets(&"Mail".into(), new, stored);
        restored.map_err(|error| error.0)
    }

    #[test]
    fn declared_settings_are_masked_wherever_they_are() {
        let config = json!({
            "token": ["a", "b"], "smtp": {"user": "u", "password": "p", "token": "t"}, "password": "x",
        });
        let masked = json!({
            "token": "***", "smtp": {"user": "u", "password": "***", "token": "t"}, "password": "x",
        });
        assert_eq!(shown("Mail", config), masked);
        assert_eq!(
            shown("Mail", json!({"token": null})),
            json!({"token": null})
        );
        // An inactive channel may have any settings.
        assert_eq!(
            shown("Mail", json!({"smtp": "smtp://u:p@host"})),
            json!({"smtp": "***"})
        );
        assert_eq!(
            shown("Mail", json!({"smtp": [{"password": "p"}]})),
            json!({"smtp": "***"})
        );
    }

    #[test]
    fn settings_of_an_unknown_platform_are_masked() {
        let config = json!({"a.b": "secret", "bot": {"kind": "llm"}, "bot_name": "Robo", "retention_days": 7});
        let masked =
            json!({"a.b": "***", "bot": {"kind": "llm"}, "bot_name": "Robo", "retention_days": 7});
        assert_eq!(shown("Pigeon", config), masked);
    }

    #[test]
    fn masks_are_replaced_by_what_is_stored_in_the_same_place() {
        let stored = json!({"token": "t", "smtp": {"password": "p", "host": "a"}, "x": 1});
        let sent = json!({"token": "***", "smtp": {"password": "***", "host": "a"}, "y": "***"});
        let kept = json!({"token": "t", "smtp": {"password": "p", "host": "a"}, "y": "***"});
        assert_eq!(restored(sent, &stored), Ok(kept));
        let new = json!({"token": "new", "smtp": {"password": "p2", "host": "b"}});
        assert_eq!(restored(new.clone(), &stored), Ok(new));
        assert_eq!(
            restored(json!({"token": "***"}), &json!({})),
            Err("`token` must be sent, not `***`, since no value is stored".to_owned())
        );
        // The password would come to another place.
        assert!(restored(json!({"smtp": "***"}), &stored).is_err());
        let elsewhere = json!({"token": "***", "smtp": {"host": "evil"}});
        assert_eq!(
            restored(elsewhere, &stored),
            Err("`token` must be sent again, not `***`, since an address has changed".to_owned())
        );
    }
}
