//! The commands `unicom account erase` and `unicom member erase`.

use std::io::IsTerminal;

use clap::Args;
use serde::Serialize;
use unicom_auth::person;
use unicom_core::person::{Erased, PersonRef};
use unicom_core::{CoreError, media::MediaStore};
use unicom_db::{Db, Engine};

use crate::commands::{Context, runtime};
use crate::progress::Progress;
use crate::{Failure, output::say, wiring};

#[derive(Debug, Args)]
pub(crate) struct ErasePerson {
    /// Show what would be erased, and erase nothing
    #[arg(long)]
    dry_run: bool,
    /// Erase without asking for confirmation
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Then rewrite the SQLite file, so that nothing that was deleted is left in it; other writers
    /// wait meanwhile
    #[arg(long, conflicts_with = "dry_run")]
    vacuum: bool,
}

/// What was erased, or would be erased.
#[derive(Debug, Serialize)]
struct Done {
    id: String,
    dry_run: bool,
    erased: Erased,
}

/// Erases the person behind `whom`, an account or a member.
pub(crate) fn erase_person(
    context: &Context<'_>,
    whom: PersonRef,
    arguments: &ErasePerson,
) -> Result<(), Failure> {
    let Context {
        settings,
        format,
        database,
        ..
    } = context;
    let (what, id) = (whom.kind(), whom.id());
    if arguments.vacuum && database.engine() != Engine::Sqlite {
        return Err(Failure::Usage(
            "`--vacuum` is for SQLite: PostgreSQL has `VACUUM` of its own".to_owned(),
        ));
    }
    if !arguments.yes {
        let erased = erase(context, &whom, true)?;
        if arguments.dry_run {
            let sentence = format!("of {what} `{id}` would be erased: {}", counts(&erased));
            let dry_run = true;
            return format.done(
                &sentence,
                &Done {
                    id,
                    dry_run,
                    erased,
                },
            );
        }
        confirm(&format!("of {what} `{id}`: {}", counts(&erased)))?;
    }
    let media = wiring::media(settings)?;
    let mut erased = erase(context, &whom, false)?;
    let keys = std::mem::take(&mut erased.file_keys);
    let left = runtime()?.block_on(delete_files(media.as_ref(), keys));
    if arguments.vacuum {
        let _progress = Progress::new(*format, "rewriting the database");
        Db::connect(&settings.database_url)?.vacuum()?;
    }
    let sentence = format!("of {what} `{id}` were erased: {}", counts(&erased));
    let dry_run = false;
    format.done(
        &sentence,
        &Done {
            id,
            dry_run,
            erased,
        },
    )?;
    match left {
        0 => Ok(()),
        left => Err(Failure::Failed(format!(
            "files that could not be deleted: {left}; no message names them, and the server sweeps them away"
        ))),
    }
}

/// Erases the person in one transaction.
fn erase(context: &Context<'_>, whom: &PersonRef, dry_run: bool) -> Result<Erased, Failure> {
    let whom = whom.clone();
    context.write(move |tx, actor| {
        unicom_webchat::erase(tx, actor, &whom, dry_run, |tx, known| {
            Ok::<_, CoreError>(person::erase(tx, known)?)
        })
    })
}

fn counts(erased: &Erased) -> String {
    let parts = [
        (erased.accounts, "accounts"),
        (erased.members, "members"),
        (erased.users, "users"),
        (erased.chats, "chats"),
        (erased.shared_chats, "parts of chats with others"),
        (erased.messages, "messages"),
        (erased.requests, "requests"),
        (erased.deliveries, "deliveries"),
        (erased.files, "files"),
        (erased.unsigned_messages, "names under messages to others"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    parts.join(", ")
}

/// Asks for confirmation. Fails if standard input is not a terminal.
fn confirm(what: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "erasing cannot be undone: preview it with `--dry-run`, then confirm with `--yes`"
                .to_owned(),
        ));
    }
    say(&format!("This erases for good, {what}."))?;
    say("Write `yes` to go on:")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if answer.trim() == "yes" {
        Ok(())
    } else {
        Err(Failure::Failed("nothing was erased".to_owned()))
    }
}

/// Deletes files whose messages are gone. Returns how many could not be deleted.
async fn delete_files(media: &dyn MediaStore, keys: Vec<String>) -> usize {
    let mut left = 0;
    for key in keys {
        if let Err(error) = media.delete(key).await {
            log::warn!("cannot delete a file that no message references: {error}");
            left += 1;
        }
    }
    left
}
