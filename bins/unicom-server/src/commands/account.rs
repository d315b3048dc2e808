//! The command `unicom account`.

use clap::Subcommand;
use serde_json::json;
use unicom_core::person::PersonRef;
use unicom_db::{Tx, queries::accounts};
use unicom_models::AccountId;

use super::{audit::audited_change, missing, person};
use crate::output::Format;
use crate::wiring::open_database;
use crate::{Failure, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List accounts, by id
    List {
        /// Start after the account with this id
        #[arg(long)]
        after: Option<String>,
        /// Maximum number of accounts
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// Block an account, so that it can neither write nor read
    Block {
        /// The account's id, for example webchat_user_1
        id: String,
    },
    /// Let an account write and read again
    Unblock {
        /// The account's id, for example webchat_user_1
        id: String,
    },
    /// Permanently erase the person behind an account, with all data of the person
    ///
    /// This erases chats without other people, the person's messages in other chats, requests and
    /// files; the user, with sessions and tokens; and the member, if this is its only account
    Erase {
        /// The account's id, for example webchat_user_1
        id: String,
        #[command(flatten)]
        arguments: person::ErasePerson,
    },
    /// Export all data of the person behind an account as one JSON document
    Export {
        /// The account's id, for example webchat_user_1
        id: String,
        #[command(flatten)]
        arguments: person::ExportPerson,
    },
}

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { after, limit } => {
            let after = after.map(AccountId::from);
            let all = open_database(settings)?
                .read(move |db| accounts::list(db, after.as_ref(), limit))
                .wait()?;
            format.list(
                &all,
                ["ID", "PLATFORM", "NAME", "BLOCKED", "CREATED"],
                |account| {
                    [
                        account.id.to_string(),
                        account.platform.to_string(),
                        account.name.clone(),
                        account.blocked.to_string(),
                        account.created_at.to_string(),
                    ]
                },
            )
        }
        Command::Block { id } => set_blocked(settings, format, id, true),
        Command::Unblock { id } => set_blocked(settings, format, id, false),
        Command::Erase { id, arguments } => {
            person::erase_person(settings, format, PersonRef::Account(id.into()), &arguments)
        }
        Command::Export { id, arguments } => {
            person::export_person(settings, format, PersonRef::Account(id.into()), arguments)
        }
    }
}

fn set_blocked(
    settings: &Settings,
    format: Format,
    id: String,
    blocked: bool,
) -> Result<(), Failure> {
    let account_id = AccountId::from(id.as_str());
    let action = if blocked {
        "account.block"
    } else {
        "account.unblock"
    };
    let (database, subject) = (open_database(settings)?, format!("account:{id}"));
    let set = move |tx: &mut Tx<'_>| accounts::set_blocked(tx, &account_id, blocked);
    if !audited_change(&database, action, subject, json!({}), set)? {
        return Err(missing("account", id));
    }
    let sentence = if blocked {
        format!("account `{id}` is blocked")
    } else {
        format!("account `{id}` is not blocked")
    };
    format.done(&sentence, &json!({ "id": id, "blocked": blocked }))
}
