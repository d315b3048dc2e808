//! The command `unicom widget identity-key`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use serde_json::{Map, Value, json};
use unicom_auth::SecretKey;
use unicom_models::{Channel, ChannelId};
use unicom_webchat::{IdentityAlgorithm, IdentitySettings, WebSettings};

use super::of::{Of, shown};
use super::web;
use crate::commands::{Context, confirm::Confirm};
use crate::output::{Format, note};
use crate::{Failure, secret};

/// The algorithms of keys.
pub(super) const ALGORITHMS: [&str; 3] = ["HS256", "ES256", "EdDSA"];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a key, and print its secret if it is an HS256 key; a channel has at most two keys
    Add {
        #[command(flatten)]
        of: Of,
        /// An id for the key, which tokens name in their header
        #[arg(long)]
        kid: String,
        /// The algorithm of the signatures
        #[arg(long, value_parser = PossibleValuesParser::new(ALGORITHMS))]
        alg: String,
        /// The file with the public key in PEM, for ES256 and EdDSA
        #[arg(long, value_name = "FILE", required_if_eq_any = [("alg", "ES256"), ("alg", "EdDSA")])]
        public_key: Option<PathBuf>,
    },
    /// Remove a key: tokens that it signed are no longer accepted
    Remove {
        #[command(flatten)]
        of: Of,
        /// The key's id
        #[arg(long)]
        kid: String,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Print the secret of an HS256 key, or another public key
    Show {
        #[command(flatten)]
        of: Of,
        /// The key's id
        #[arg(long)]
        kid: String,
    },
}

/// A key that a command adds.
pub(super) struct NewKey {
    kid: String,
    alg: String,
    public_key: Option<String>,
}

/// A key with its secret.
#[derive(Serialize)]
struct Shown<'a> {
    channel: ChannelId,
    /// The channel's key, which is the audience of tokens.
    key: &'a str,
    issuer: &'a str,
    kid: &'a str,
    alg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

pub(super) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add {
            of,
            kid,
            alg,
            public_key,
        } => {
            let id = of.channel;
            let key = NewKey::read(kid, alg, public_key.as_deref())?;
            let secret_key = key.secret_key(context)?;
            let stored = key.stored();
            let channel = web::change_existing(context, id, move |web| {
                let keys = keys(web, id)?;
                if let [first, second] = keys.as_slice() {
                    return Err(Failure::Failed(format!(
                        "channel `{id}` has two keys already, {} and {}: remove one first",
                        first["kid"], second["kid"]
                    )));
                }
                keys.push(stored);
                Ok(())
            })?;
            added(context, channel, &key, secret_key.as_ref())
        }
        Command::Remove { of, kid, confirm } => remove(context, of.channel, kid, &confirm),
        Command::Show { of, kid } => {
            let channel = web::channel(context, of.channel)?;
            let web = web::settings(&channel)?.ok_or_else(|| web::missing(channel.id))?;
            let identity = web.identity.as_ref();
            let identity = identity.ok_or_else(|| missing(channel.id))?;
            show(context, channel.id, &web, identity, &kid)
        }
    }
}

/// Removes a key, unless it is the only one.
fn remove(
    context: &Context<'_>,
    id: ChannelId,
    kid: String,
    confirm: &Confirm,
) -> Result<(), Failure> {
    confirm.ask(|| {
        let channel = web::channel(context, id)?;
        let identity = web::settings(&channel)?.and_then(|web| web.identity);
        let identity = identity.ok_or_else(|| missing(id))?;
        let mut keys = identity.keys.iter();
        keys.find(|key| key.kid == kid)
            .ok_or_else(|| Failure::missing("identity key", &kid))?;
        Ok(format!(
            "Remove the identity key `{kid}` of channel `{id}` ({})? Tokens that it signed are no \
             longer accepted.",
            channel.name
        ))
    })?;
    let removed = kid.clone();
    let channel = web::change_existing(context, id, move |web| {
        let keys = keys(web, id)?;
        let at = keys.iter().position(|key| key["kid"] == *removed);
        let at = at.ok_or_else(|| Failure::missing("identity key", &removed))?;
        if keys.len() == 1 {
            return Err(Failure::Failed(format!(
                "`{removed}` is the only key of channel `{id}`: add another one first, or switch \
                 identification off with `unicom widget identity --channel {id} --mode off`"
            )));
        }
        keys.remove(at);
        Ok(())
    })?;
    let sentence = format!("the identity key `{kid}` of channel `{id}` is removed");
    context.format.done(&sentence, &shown(context, channel))
}

/// Prints what a command that added a key has done, with the secret of the key.
pub(super) fn added(
    context: &Context<'_>,
    channel: Channel,
    key: &NewKey,
    secret_key: Option<&SecretKey>,
) -> Result<(), Failure> {
    let (id, NewKey { kid, alg, .. }) = (channel.id, key);
    let web = web::settings(&channel)?.ok_or_else(|| web::missing(id))?;
    let identity = web.identity.as_ref().ok_or_else(|| missing(id))?;
    let issuer = &identity.issuer;
    let secret = secret_key.map(|secret| secret.identity_secret(&web.key, kid));
    let sentence =
        format!("channel `{id}` accepts tokens of `{issuer}` that the key `{kid}` ({alg}) signs");
    if context.format == Format::Text && secret.is_some() {
        note(format_args!("unicom: {sentence}"));
        explain_secret(&web);
    }
    let said = secret.clone().unwrap_or(sentence);
    let item = Shown {
        channel: id,
        key: web.key.as_str(),
        issuer,
        kid,
        alg,
        public_key: key.public_key.as_deref(),
        secret,
    };
    context.format.done(&said, &item)
}

/// Prints the secret of a key, or its public key.
fn show(
    context: &Context<'_>,
    id: ChannelId,
    web: &WebSettings,
    identity: &IdentitySettings,
    kid: &str,
) -> Result<(), Failure> {
    let mut keys = identity.keys.iter();
    let key = keys.find(|key| key.kid == kid);
    let key = key.ok_or_else(|| Failure::missing("identity key", kid))?;
    let secret = match key.alg {
        IdentityAlgorithm::Hs256 => {
            let secret_key = secret::existing(context.settings)?;
            Some(secret_key.identity_secret(&web.key, kid))
        }
        _ => None,
    };
    if context.format == Format::Text && secret.is_some() {
        explain_secret(web);
    }
    let public_key = key.public_key.as_deref();
    let said = secret.as_deref().or(public_key).unwrap_or_default();
    let said = said.trim_end().to_owned();
    let alg = match key.alg {
        IdentityAlgorithm::Es256 => "ES256",
        IdentityAlgorithm::EdDsa => "EdDSA",
        _ => "HS256",
    };
    let item = Shown {
        channel: id,
        key: web.key.as_str(),
        issuer: &identity.issuer,
        kid,
        alg,
        public_key,
        secret,
    };
    context.format.done(&said, &item)
}

fn explain_secret(web: &WebSettings) {
    note(format_args!(
        "unicom: tokens have `{}` as their audience; keep the secret on the site's server, never \
         in a page or an app, because who has it can write as every user. It is:",
        web.key
    ));
}

/// Returns the failure of a command for a channel on which no site identifies its users.
pub(super) fn missing(id: ChannelId) -> Failure {
    Failure::Failed(format!(
        "channel `{id}` has no issuer: `unicom widget identity --channel {id} --issuer NAME` adds \
         one with its first key"
    ))
}

/// Returns how a site identifies its users, as it is stored.
pub(super) fn identity(
    web: &mut web::Web,
    id: ChannelId,
) -> Result<&mut Map<String, Value>, Failure> {
    let identity = web.get_mut("identity").and_then(Value::as_object_mut);
    identity.ok_or_else(|| missing(id))
}

fn keys(web: &mut web::Web, id: ChannelId) -> Result<&mut Vec<Value>, Failure> {
    let keys = identity(web, id)?.get_mut("keys");
    keys.and_then(Value::as_array_mut)
        .ok_or_else(|| missing(id))
}

impl NewKey {
    /// Reads the file with the public key, if the algorithm has one. Whether it is valid is checked
    /// with the configuration.
    pub(super) fn read(kid: String, alg: String, file: Option<&Path>) -> Result<Self, Failure> {
        let public_key = match (alg.as_str(), file) {
            ("HS256", None) => None,
            ("HS256", Some(_)) => {
                return Err(Failure::Usage(
                    "`--public-key` is for ES256 and EdDSA: HS256 has a secret, which is printed"
                        .to_owned(),
                ));
            }
            (_, None) => {
                return Err(Failure::Usage(format!("{alg} needs `--public-key FILE`")));
            }
            (_, Some(file)) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| Failure::Failed(format!("`{}`: {error}", file.display())))?;
                Some(text.trim().replace("\r\n", "\n"))
            }
        };
        Ok(Self {
            kid,
            alg,
            public_key,
        })
    }

    /// Returns the key as it is stored.
    pub(super) fn stored(&self) -> Value {
        let mut key = json!({ "kid": self.kid, "alg": self.alg });
        if let Some(public_key) = &self.public_key {
            key["public_key"] = json!(public_key);
        }
        key
    }

    /// Returns the server's secret key, from which the secret of an HS256 key follows.
    pub(super) fn secret_key(&self, context: &Context<'_>) -> Result<Option<SecretKey>, Failure> {
        match self.public_key {
            Some(_) => Ok(None),
            None => secret::existing(context.settings).map(Some),
        }
    }
}
