//! The command `unicom widget identity`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};
use unicom_webchat::IdentityMode;

use super::keys::{self, NewKey};
use super::of::{Of, shown};
use super::web;
use crate::Failure;
use crate::commands::{Context, confirm::Confirm};

/// The id of the first key by default.
const FIRST_KEY: &str = "1";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    of: Of,
    /// The name of the site's user base, at most 128 characters; its users are the same persons on
    /// all channels with this name
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// Whether visitors must be identified; `optional` for a channel without identification
    #[arg(long, value_parser = PossibleValuesParser::new(["off", "optional", "required"]))]
    mode: Option<String>,
    /// The id of the first key; `1` by default
    #[arg(long)]
    kid: Option<String>,
    /// The algorithm of the first key; HS256 by default
    #[arg(long, value_parser = PossibleValuesParser::new(keys::ALGORITHMS))]
    alg: Option<String>,
    /// The file with the first key, a public key in PEM, for ES256 and EdDSA
    #[arg(long, value_name = "FILE")]
    public_key: Option<std::path::PathBuf>,
    #[command(flatten)]
    confirm: Confirm,
}

impl Arguments {
    fn names_a_key(&self) -> bool {
        self.kid.is_some() || self.alg.is_some() || self.public_key.is_some()
    }
}

/// Lets a site identify its users. Asks before the issuer changes, which makes them other persons.
pub(super) fn run(context: &Context<'_>, arguments: Arguments) -> Result<(), Failure> {
    let id = arguments.of.channel;
    let channel = web::channel(context, id)?;
    let identity = web::settings(&channel)?.and_then(|web| web.identity);
    let Some(identity) = identity else {
        return first(context, arguments);
    };
    if arguments.names_a_key() {
        return Err(Failure::Usage(format!(
            "channel `{id}` has an issuer already: `unicom widget identity-key add --channel {id}` \
             adds a key"
        )));
    }
    if arguments.issuer.is_none() && arguments.mode.is_none() {
        return Err(Failure::Usage(
            "there is nothing to change: give `--issuer` or `--mode`".to_owned(),
        ));
    }
    let issuer = arguments.issuer.filter(|new| *new != identity.issuer);
    if let Some(new) = &issuer {
        arguments.confirm.ask(|| {
            Ok(format!(
                "Change the issuer of channel `{id}` from `{}` to `{new}`? Its users lose their \
                 chats: those of another issuer are other persons.",
                identity.issuer
            ))
        })?;
    }
    let mode = arguments.mode;
    let channel = web::change_existing(context, id, move |web| {
        let identity = keys::identity(web, id)?;
        for (name, value) in [("issuer", issuer), ("mode", mode)] {
            if let Some(value) = value {
                identity.insert(name.to_owned(), Value::String(value));
            }
        }
        Ok(())
    })?;
    let identity = web::settings(&channel)?.and_then(|web| web.identity);
    let identity = identity.ok_or_else(|| keys::missing(id))?;
    let issuer = &identity.issuer;
    let sentence = match identity.mode {
        IdentityMode::Off => format!("`{issuer}` no longer identifies visitors of channel `{id}`"),
        IdentityMode::Required => {
            format!("visitors of channel `{id}` must be identified by `{issuer}`")
        }
        _ => format!("visitors of channel `{id}` may be identified by `{issuer}`"),
    };
    context.format.done(&sentence, &shown(context, channel))
}

/// Adds an issuer and its first key.
fn first(context: &Context<'_>, arguments: Arguments) -> Result<(), Failure> {
    let id = arguments.of.channel;
    let issuer = arguments.issuer.ok_or_else(|| {
        Failure::Usage(format!(
            "channel `{id}` has no issuer: name the site's user base with `--issuer`"
        ))
    })?;
    let mode = arguments.mode.unwrap_or_else(|| "optional".to_owned());
    let kid = arguments.kid.unwrap_or_else(|| FIRST_KEY.to_owned());
    let alg = arguments.alg.unwrap_or_else(|| "HS256".to_owned());
    let key = NewKey::read(kid, alg, arguments.public_key.as_deref())?;
    let secret_key = key.secret_key(context)?;
    let stored = key.stored();
    let channel = web::change(context, id, move |web| {
        // Another process may have been first.
        if web.get("identity").is_some_and(Value::is_object) {
            return Err(Failure::Failed(format!(
                "channel `{id}` was changed meanwhile: try again"
            )));
        }
        let identity = json!({ "issuer": issuer, "mode": mode, "keys": [stored] });
        web.insert("identity".to_owned(), identity);
        Ok(())
    })?;
    keys::added(context, channel, &key, secret_key.as_ref())
}
