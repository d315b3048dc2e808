//! The command `unicom account`.

use clap::Subcommand;
use serde_json::json;
use unicom_core::admin::{block_account, unblock_account};
use unicom_core::person::PersonRef;
use unicom_db::queries::accounts;
use unicom_models::{Account, AccountId};

use super::{Context, person};
use crate::{Failure, output::Format};

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

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    match command {
        Command::List { after, limit } => {
            let after = after.map(AccountId::from);
            let all = context.read(move |db| accounts::list(db, after.as_ref(), limit))?;
            format.list(&all, "id platform name blocked created_at")
        }
        Command::Block { id } => {
            let id = AccountId::from(id);
            let account = context.write(move |tx, actor| block_account(tx, actor, &id))?;
            done(format, &account, "is blocked")
        }
        Command::Unblock { id } => {
            let id = AccountId::from(id);
            let account = context.write(move |tx, actor| unblock_account(tx, actor, &id))?;
            done(format, &account, "is not blocked")
        }
        Command::Erase { id, arguments } => {
            person::erase_person(context, PersonRef::Account(id.into()), &arguments)
        }
        Command::Export { id, arguments } => {
            person::export_person(context, PersonRef::Account(id.into()), arguments)
        }
    }
}

fn done(format: Format, account: &Account, done: &str) -> Result<(), Failure> {
    let Account { id, blocked, .. } = account;
    format.done(
        &format!("account `{id}` {done}"),
        &json!({ "id": id, "blocked": blocked }),
    )
}
