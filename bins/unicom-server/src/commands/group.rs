//! The command `unicom group`.

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;
use unicom_core::admin::{
    GroupChange, add_group_member, create_group, delete_group, remove_group_member, update_group,
};
use unicom_db::queries::groups;
use unicom_models::{GroupId, Member, MemberGroup, MemberId};

use super::{Context, confirm::Confirm, values::changed};
use crate::Failure;
use crate::output::{Format, say};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a group of members
    Create {
        /// The group's name
        name: String,
        /// What the group is for
        #[arg(long)]
        description: Option<String>,
    },
    /// List all groups, by name
    List,
    /// Show a group with its members
    Show {
        /// The group's id
        id: GroupId,
    },
    /// Change a group
    Update {
        /// The group's id
        id: GroupId,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// What the group is for
        #[arg(long)]
        description: Option<String>,
    },
    /// Delete a group; its members stay
    Delete {
        /// The group's id
        id: GroupId,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Add a member to a group
    Add {
        /// The group's id
        group: GroupId,
        /// The member's id
        member: MemberId,
    },
    /// Remove a member from a group
    Remove {
        /// The group's id
        group: GroupId,
        /// The member's id
        member: MemberId,
    },
}

/// A group with its members.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    group: MemberGroup,
    members: Vec<Member>,
}

pub(crate) fn run(context: &Context<'_>, command: Command) -> Result<(), Failure> {
    let format = context.format;
    match command {
        Command::Create { name, description } => {
            let name = Some(name);
            let new = GroupChange { name, description };
            let group = context.write(move |tx, actor| create_group(tx, actor, new))?;
            format.done(&format!("group `{}` is created", group.id), &group)
        }
        Command::List => {
            let all = context.read(groups::list)?;
            format.list(&all, "id name description")
        }
        Command::Show { id } => show(context, id),
        Command::Update {
            id,
            name,
            description,
        } => {
            let change = changed(GroupChange { name, description })?;
            let group = context.write(move |tx, actor| update_group(tx, actor, id, change))?;
            format.done(&format!("group `{id}` is changed"), &group)
        }
        Command::Delete { id, confirm } => {
            confirm.ask(|| {
                let group = context.get("group", id, move |db| groups::get(db, id))?;
                Ok(format!("Delete group `{id}` ({})?", group.name))
            })?;
            context.write(move |tx, actor| delete_group(tx, actor, id))?;
            format.done(&format!("group `{id}` is deleted"), &json!({ "id": id }))
        }
        Command::Add { group, member } => {
            let added =
                context.write(move |tx, actor| add_group_member(tx, actor, group, member))?;
            let since = if added { "now" } else { "already" };
            format.done(
                &format!("member `{member}` is in group `{group}` {since}"),
                &json!({ "group_id": group, "member_id": member }),
            )
        }
        Command::Remove { group, member } => {
            let removed =
                context.write(move |tx, actor| remove_group_member(tx, actor, group, member))?;
            if !removed {
                return Err(Failure::Failed(format!(
                    "member `{member}` is not in group `{group}`"
                )));
            }
            format.done(
                &format!("member `{member}` is no longer in group `{group}`"),
                &json!({ "group_id": group, "member_id": member }),
            )
        }
    }
}

fn show(context: &Context<'_>, id: GroupId) -> Result<(), Failure> {
    let format = context.format;
    let group = context.get("group", id, move |db| groups::get(db, id))?;
    let members = context.read(move |db| groups::members(db, id))?;
    if format == Format::Json {
        return format.one(&Shown { group, members });
    }
    format.one(&group)?;
    say("")?;
    format.list(&members, "id name")
}
