//! The command `unicom widget`.

mod identity;
mod keys;
mod of;
mod snippet;
mod web;

use clap::{Args, Subcommand};
use serde_json::json;
use unicom_models::Channel;
use unicom_webchat::SiteOrigin;

use of::{Of, shown};

use super::{Context, confirm::Confirm};
use crate::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the line that puts the chat on a page
    Snippet {
        #[command(flatten)]
        of: Of,
    },
    /// Let pages of other sites use a channel
    Allow {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        sites: Sites,
    },
    /// No longer let pages of these sites use a channel
    Disallow {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        sites: Sites,
    },
    /// Replace the key by which pages name a channel: those with the old key stop working
    NewKey {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Let a site identify its users, or change how it does
    Identity(identity::Arguments),
    /// Manage the keys with which a site identifies its users
    #[command(subcommand)]
    IdentityKey(keys::Command),
}

/// The sites of a command.
#[derive(Debug, Args)]
pub(crate) struct Sites {
    /// The origin of a site, such as `https://shop.example`, or `https://*.shop.example` for all
    /// names directly below it; may be given several times
    #[arg(long = "origin", value_name = "ORIGIN", required = true)]
    origins: Vec<SiteOrigin>,
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Snippet { of } => snippet::run(context, of.channel),
        Command::Allow { of, sites } => {
            let id = of.channel;
            let channel = web::change(context, id, move |web| {
                let mut allowed = web::origins(web)?;
                for origin in sites.origins {
                    if !allowed.contains(&origin) {
                        allowed.push(origin);
                    }
                }
                set_origins(web, &allowed);
                Ok(())
            })?;
            done_with_origins(context, channel)
        }
        Command::Disallow { of, sites } => {
            let id = of.channel;
            let channel = web::change_existing(context, id, move |web| {
                let mut allowed = web::origins(web)?;
                for origin in sites.origins {
                    let at = allowed.iter().position(|allowed| *allowed == origin);
                    let at = at.ok_or_else(|| not_allowed(&origin, &allowed))?;
                    allowed.remove(at);
                }
                set_origins(web, &allowed);
                Ok(())
            })?;
            done_with_origins(context, channel)
        }
        Command::NewKey { of, confirm } => {
            let id = of.channel;
            confirm.ask(|| {
                let channel = web::channel(context, id)?;
                web::settings(&channel)?.ok_or_else(|| web::missing(id))?;
                Ok(format!(
                    "Replace the key of channel `{id}` ({})? Pages and identity tokens with the \
                     old one stop working, and the secrets of HS256 keys change.",
                    channel.name
                ))
            })?;
            let key = web::new_key()?;
            let new = key.clone();
            let channel = web::change_existing(context, id, move |web| {
                web.insert("key".to_owned(), json!(new.as_str()));
                Ok(())
            })?;
            let sentence = format!("the key of channel `{id}` is now `{key}`");
            context.format.done(&sentence, &shown(context, channel))
        }
        Command::Identity(arguments) => identity::run(context, arguments),
        Command::IdentityKey(command) => keys::run(context, command),
    }
}

fn set_origins(web: &mut web::Web, origins: &[SiteOrigin]) {
    let origins: Vec<String> = origins.iter().map(SiteOrigin::to_string).collect();
    web.insert("origins".to_owned(), json!(origins));
}

fn done_with_origins(context: &Context<'_>, channel: Channel) -> Result<(), Failure> {
    let settings = web::settings(&channel)?;
    let origins = settings.map(|web| web.origins).unwrap_or_default();
    let id = channel.id;
    let sentence = match origins.is_empty() {
        true => format!("no other site may use channel `{id}`"),
        false => format!("channel `{id}` may be used by {}", web::list(&origins)),
    };
    context.format.done(&sentence, &shown(context, channel))
}

fn not_allowed(origin: &SiteOrigin, allowed: &[SiteOrigin]) -> Failure {
    let allowed = match allowed.is_empty() {
        true => "the channel allows none".to_owned(),
        false => format!("expected one of {}", web::list(allowed)),
    };
    Failure::Failed(format!("the origin `{origin}` is not allowed: {allowed}"))
}
