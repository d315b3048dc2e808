//! The command `unicom check`.

use clap::Args;
use serde::Serialize;
use serde_json::Value;
use unicom_core::admin::check_channel;
use unicom_core::bots::check_bot_setting;
use unicom_db::queries::{bots, categories, channels};
use unicom_db::{Database, Db};

use super::{published_passwords, runtime};
use crate::output::{Format, say_all};
use crate::parts::Parts;
use crate::paths::{existing_database, media_folder};
use crate::weaknesses::{self, Weakness};
use crate::wiring::{self, MIGRATIONS};
use crate::{Failure, Settings, secret, table};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Also ask the providers of active channels whether the channels can work
    #[arg(long)]
    online: bool,
}

#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    /// The stable id of a weakness, if the finding is valid but weakens the server.
    warning: Option<&'static str>,
    detail: String,
}

impl Finding {
    fn verdict(&self) -> &'static str {
        match (self.ok, self.warning) {
            (true, None) => "ok",
            (true, Some(_)) => "ok, but",
            (false, _) => "WRONG",
        }
    }
}

impl From<Weakness> for Finding {
    fn from(weakness: Weakness) -> Self {
        Self {
            what: weakness.what,
            ok: true,
            warning: Some(weakness.id),
            detail: weakness.detail,
        }
    }
}

/// Checks everything without changing anything. Fails if a check fails. Weaknesses are listed, but
/// are not failures.
pub(crate) fn run(
    parts: &Parts,
    settings: &Settings,
    format: Format,
    arguments: &Arguments,
) -> Result<(), Failure> {
    // The configuration has already been read.
    let mut findings = vec![found("configuration", Ok("read".to_owned()))];
    findings.extend(weaknesses::of(settings).into_iter().map(Finding::from));
    findings.push(found("media store", media(settings)));
    findings.push(found("secret key", secret::check(settings)));
    match existing_database(settings) {
        Ok(mut db) => {
            let tables = tables(&mut db);
            let has_tables = tables.is_ok();
            findings.push(found("database", tables));
            if has_tables {
                findings.extend(check_channels(parts, settings, &mut db, arguments)?);
                findings.extend(check_bots(parts, settings, &mut db)?);
                findings.extend(check_passwords(&mut db)?);
            }
        }
        Err(problem) => findings.push(found("database", Err(problem.to_string()))),
    }
    if format == Format::Json {
        format.one(&findings)?;
    } else {
        let rows = findings.iter().map(|finding| {
            let (what, verdict) = (finding.what.to_owned(), finding.verdict().to_owned());
            vec![what, verdict, finding.detail.clone()]
        });
        // Details are sentences that are read to their end.
        say_all(table::lines(&["WHAT", "", ""], rows.collect(), None))?;
    }
    match findings.iter().filter(|finding| !finding.ok).count() {
        0 => Ok(()),
        wrong => Err(Failure::Failed(format!(
            "{wrong} of {} checks failed",
            findings.len()
        ))),
    }
}

fn found(what: &'static str, result: Result<String, String>) -> Finding {
    match result {
        Ok(detail) => Finding {
            what,
            ok: true,
            warning: None,
            detail,
        },
        Err(detail) => Finding {
            what,
            ok: false,
            warning: None,
            detail,
        },
    }
}

/// Checks the media store, without creating a folder that does not exist.
fn media(settings: &Settings) -> Result<String, String> {
    if let Some(folder) = media_folder(settings).filter(|folder| !folder.exists()) {
        return Ok(format!("`{}` will be created", folder.display()));
    }
    wiring::media(settings)
        .map(|_| "can be used".to_owned())
        .map_err(|error| error.to_string())
}

fn tables(db: &mut Db) -> Result<String, String> {
    db.ping_to_write().map_err(|error| error.to_string())?;
    let mut pending = 0;
    for set in MIGRATIONS {
        pending += set.pending(db).map_err(|error| error.to_string())?;
    }
    match pending {
        0 => Ok("up to date".to_owned()),
        pending => Err(format!(
            "{pending} migrations have not run: `unicom migrate` runs them"
        )),
    }
}

/// Finds the users who still have a published password.
fn check_passwords(db: &mut Db) -> Result<Vec<Finding>, Failure> {
    let known = published_passwords::users_with_published_passwords(db)?;
    let finding = |username| found("user", Err(published_passwords::warning(username)));
    Ok(known.into_iter().map(finding).collect())
}

fn check_channels(
    parts: &Parts,
    settings: &Settings,
    db: &mut Db,
    arguments: &Arguments,
) -> Result<Vec<Finding>, Failure> {
    let channels = channels::list(db)?;
    if channels.is_empty() {
        let hint =
            "there is none: `unicom channel create --platform WebChat --name NAME` creates one";
        return Ok(vec![found("channels", Err(hint.to_owned()))]);
    }
    // The SQLite file exists: the channels have just been read from it.
    let database = Database::connect(&settings.database_url)?;
    let extensions = parts.extensions(settings, &database);
    let runtime = runtime()?;
    let mut check = |channel: &unicom_models::Channel| {
        let name = format!("{} `{}`", channel.id, channel.name);
        let mut found = check_channel(db, &extensions, channel);
        if found.is_ok() && channel.active && arguments.online {
            let asked = runtime.block_on(extensions.platforms.probe(channel.clone()));
            found = asked.map(drop);
        }
        let found = found.map_err(|error| error.to_string());
        match (&found, &channel.error, channel.active) {
            // The channel receives nothing, so nothing is wrong.
            (_, None, false) => Ok(format!("{name} is switched off")),
            (Err(error), _, _) | (Ok(()), Some(error), _) => Err(format!("{name}: {error}")),
            (Ok(()), None, true) => Ok(format!("{name} is active")),
        }
    };
    Ok(channels
        .iter()
        .map(|channel| found("channel", check(channel)))
        .collect())
}

/// Checks the configured bots and the bots of categories.
fn check_bots(parts: &Parts, settings: &Settings, db: &mut Db) -> Result<Vec<Finding>, Failure> {
    let of_name = |bot: unicom_models::ConfiguredBot| {
        let setting = Value::String(bot.name.clone());
        ("bot", format!("`{}`", bot.name), setting)
    };
    let of_category = |category: unicom_models::RequestCategory| {
        let name = format!("{} `{}`", category.id, category.name);
        Some(("category", name, category.bot?))
    };
    let configured = bots::list(db)?.into_iter().map(of_name);
    let chosen: Vec<_> = configured
        .chain(categories::list(db)?.into_iter().filter_map(of_category))
        .collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    // Connecting creates a SQLite file, but it exists: the bots have just been read from it.
    let database = Database::connect(&settings.database_url)?;
    let kinds = parts.extensions(settings, &database).bots;
    let mut check = |(what, name, setting): (&'static str, String, Value)| {
        let checked = check_bot_setting(db, &kinds, Some(&setting));
        let result = match checked {
            Ok(()) => Ok(format!("{name} can be asked")),
            Err(error) => Err(format!("{name}: {error}")),
        };
        found(what, result)
    };
    Ok(chosen.into_iter().map(&mut check).collect())
}
