//! The command `unicom group`.

use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};
use unicom_core::{
    CoreError,
    admin::{GroupChange, create_group, join_group, update_group},
};
use unicom_db::{Database, Db, DbError, Tx, queries::groups};
use unicom_models::{GroupId, Member, MemberGroup, MemberId};

use super::audit::{audited_change, note};
use super::{missing, refused, values::non_empty};
use crate::output::{Format, say};
use crate::wiring::open_database;
use crate::{Failure, Settings};

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

pub(crate) fn run(settings: &Settings, format: Format, command: Command) -> Result<(), Failure> {
    let database = open_database(settings)?;
    match command {
        Command::Create { name, description } => {
            let name = Some(name);
            create(&database, format, GroupChange { name, description })
        }
        Command::List => {
            let all = database.read(groups::list).wait()?;
            format.list(&all, ["ID", "NAME", "DESCRIPTION"], |group| {
                let (name, description) = (group.name.clone(), group.description.clone());
                [group.id.to_string(), name, description]
            })
        }
        Command::Show { id } => {
            let found = database.read(move |db| shown(db, id)).wait()?;
            show(format, &found.ok_or_else(|| missing("group", id))?)
        }
        Command::Update {
            id,
            name,
            description,
        } => update(&database, format, id, GroupChange { name, description }),
        Command::Delete { id } => delete(&database, format, id),
        Command::Add { group, member } => add(&database, format, group, member),
        Command::Remove { group, member } => remove(&database, format, group, member),
    }
}

fn create(database: &Database, format: Format, change: GroupChange) -> Result<(), Failure> {
    let details = Value::Object(change.for_audit());
    let made: Result<MemberGroup, CoreError> = database
        .write(move |tx| {
            let group = create_group(tx, change)?;
            note(tx, "group.create", subject(group.id), details)?;
            Ok(group)
        })
        .wait();
    let group = made.map_err(refused)?;
    format.done(&format!("group `{}` is created", group.id), &group)
}

fn update(
    database: &Database,
    format: Format,
    id: GroupId,
    change: GroupChange,
) -> Result<(), Failure> {
    let details = non_empty(change.for_audit())?;
    let changed: Result<MemberGroup, CoreError> = database
        .write(move |tx| {
            let group = update_group(tx, id, change)?;
            note(tx, "group.update", subject(id), details)?;
            Ok(group)
        })
        .wait();
    let group = changed.map_err(refused)?;
    format.done(&format!("group `{id}` is changed"), &group)
}

fn delete(database: &Database, format: Format, id: GroupId) -> Result<(), Failure> {
    let delete = move |tx: &mut Tx<'_>| groups::delete(tx, id);
    if !audited_change(database, "group.delete", subject(id), json!({}), delete)? {
        return Err(missing("group", id));
    }
    format.done(&format!("group `{id}` is deleted"), &json!({ "id": id }))
}

fn add(
    database: &Database,
    format: Format,
    group: GroupId,
    member: MemberId,
) -> Result<(), Failure> {
    let details = json!({ "member_id": member });
    let join = move |tx: &mut Tx<'_>| join_group(tx, group, member);
    let added = audited_change(database, "group.add_member", subject(group), details, join);
    let since = if added.map_err(refused)? {
        "now"
    } else {
        "already"
    };
    format.done(
        &format!("member `{member}` is in group `{group}` {since}"),
        &json!({ "group_id": group, "member_id": member }),
    )
}

fn remove(
    database: &Database,
    format: Format,
    group: GroupId,
    member: MemberId,
) -> Result<(), Failure> {
    let details = json!({ "member_id": member });
    let remove = move |tx: &mut Tx<'_>| -> Result<bool, Failure> {
        groups::get(tx, group)?.ok_or_else(|| missing("group", group))?;
        Ok(groups::remove_member(tx, group, member)?)
    };
    if !audited_change(
        database,
        "group.remove_member",
        subject(group),
        details,
        remove,
    )? {
        return Err(Failure::Failed(format!(
            "member `{member}` is not in group `{group}`"
        )));
    }
    format.done(
        &format!("member `{member}` is no longer in group `{group}`"),
        &json!({ "group_id": group, "member_id": member }),
    )
}

fn shown(db: &mut Db, id: GroupId) -> Result<Option<Shown>, DbError> {
    let Some(group) = groups::get(db, id)? else {
        return Ok(None);
    };
    let members = groups::members(db, id)?;
    Ok(Some(Shown { group, members }))
}

fn show(format: Format, shown: &Shown) -> Result<(), Failure> {
    if format == Format::Json {
        return format.one(shown);
    }
    format.one(&shown.group)?;
    say("")?;
    format.list(&shown.members, ["MEMBER", "NAME"], |member| {
        [member.id.to_string(), member.name.clone()]
    })
}

fn subject(id: GroupId) -> String {
    format!("group:{id}")
}
