//! The command `unicom member`.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;
use unicom_auth::users;
use unicom_core::admin::{MemberChange, create_member, delete_member, update_member};
use unicom_core::person::PersonRef;
use unicom_db::queries::{groups, members};
use unicom_models::{Member, MemberGroup, MemberId};

use super::values::{changed, choice};
use super::{Context, confirm::Confirm, person};
use crate::Failure;
use crate::output::{Format, say};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a member: the person behind accounts
    Create(New),
    /// List members, by id
    List {
        /// Only members with this text in their name, e-mail address or telephone number
        #[arg(long, value_name = "TEXT")]
        q: Option<String>,
        /// Start after the member with this id
        #[arg(long, value_name = "ID")]
        after: Option<MemberId>,
        /// Maximum number of members
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// Show a member with the groups it is in
    Show {
        /// The member's id
        id: MemberId,
    },
    /// Change a member
    Update {
        /// The member's id
        id: MemberId,
        #[command(flatten)]
        changes: Changes,
    },
    /// Delete a member; its accounts and requests stay, without a member
    Delete {
        /// The member's id
        id: MemberId,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Permanently erase a member, with all accounts and all data of the person
    ///
    /// This erases chats without other people, the person's messages in other chats, requests and
    /// files; and the user, with sessions and tokens
    Erase {
        /// The member's id
        id: MemberId,
        #[command(flatten)]
        arguments: person::ErasePerson,
    },
    /// Export all data of a member as one JSON document
    Export {
        /// The member's id
        id: MemberId,
        #[command(flatten)]
        arguments: person::ExportPerson,
    },
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The person's name
    name: String,
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The address is verified as the person's, so that accounts with it belong to this member
    #[arg(long, requires = "email")]
    email_verified: bool,
    /// The telephone number, with the country code
    #[arg(long)]
    phone: Option<String>,
    /// The number is verified as the person's, so that accounts with it belong to this member
    #[arg(long, requires = "phone")]
    phone_verified: bool,
    /// The id of the person's user
    #[arg(long, value_name = "ID")]
    user: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// The new name
    #[arg(long)]
    name: Option<String>,
    /// The new e-mail address, which counts as not verified unless `--email-verified` says so
    #[arg(long)]
    email: Option<String>,
    /// Remove the e-mail address
    #[arg(long, conflicts_with_all = ["email", "email_verified"])]
    no_email: bool,
    /// Whether the address is verified as the person's
    #[arg(long)]
    email_verified: Option<bool>,
    /// The new telephone number with the country code, which counts as not verified unless
    /// `--phone-verified` says so
    #[arg(long)]
    phone: Option<String>,
    /// Remove the telephone number
    #[arg(long, conflicts_with_all = ["phone", "phone_verified"])]
    no_phone: bool,
    /// Whether the number is verified as the person's
    #[arg(long)]
    phone_verified: Option<bool>,
    /// The id of the person's user
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Remove the user
    #[arg(long, conflicts_with = "user")]
    no_user: bool,
}

/// A member with the groups it is in.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    member: Member,
    groups: Vec<MemberGroup>,
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    match command {
        Command::Erase { id, arguments } => {
            person::erase_person(context, PersonRef::Member(id), &arguments)
        }
        Command::Export { id, arguments } => {
            person::export_person(context, PersonRef::Member(id), arguments)
        }
        Command::Create(new) => {
            let new = MemberChange {
                name: Some(new.name),
                user_id: choice(new.user, false),
                email: choice(new.email, false),
                email_verified: new.email_verified.then_some(true),
                phone: choice(new.phone, false),
                phone_verified: new.phone_verified.then_some(true),
            };
            let member =
                context.write(move |tx, actor| create_member(tx, actor, new, users::is_user))?;
            format.done(&format!("member `{}` is created", member.id), &member)
        }
        Command::List { q, after, limit } => {
            let found = context.read(move |db| members::list(db, q.as_deref(), after, limit))?;
            let fields = "id name email email_verified phone phone_verified user_id";
            format.list(&found, fields)
        }
        Command::Show { id } => show(context, id),
        Command::Update { id, changes } => {
            let change = changed(MemberChange {
                name: changes.name,
                user_id: choice(changes.user, changes.no_user),
                email: choice(changes.email, changes.no_email),
                email_verified: changes.email_verified,
                phone: choice(changes.phone, changes.no_phone),
                phone_verified: changes.phone_verified,
            })?;
            let member = context
                .write(move |tx, actor| update_member(tx, actor, id, change, users::is_user))?;
            format.done(&format!("member `{id}` is changed"), &member)
        }
        Command::Delete { id, confirm } => {
            confirm.ask(|| {
                let member = context.get("member", id, move |db| members::get(db, id))?;
                Ok(format!("Delete member `{id}` ({})?", member.name))
            })?;
            context.write(move |tx, actor| delete_member(tx, actor, id))?;
            format.done(&format!("member `{id}` is deleted"), &json!({ "id": id }))
        }
    }
}

fn show(context: &Context<'_>, id: MemberId) -> Result<(), Failure> {
    let format = context.format;
    let member = context.get("member", id, move |db| members::get(db, id))?;
    let groups = context.read(move |db| groups::of_member(db, id))?;
    if format == Format::Json {
        return format.one(&Shown { member, groups });
    }
    format.one(&member)?;
    say("")?;
    format.list(&groups, "id name")
}
