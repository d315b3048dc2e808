//! Creating, changing and deleting groups of members.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use unicom_db::{
    DbError, Tx,
    queries::{groups, members},
};
use unicom_models::{GroupId, MemberGroup, MemberId};

use super::audit::fields_set;
use crate::validation::{checked_name, checked_text};
use crate::{CoreError, admin::Actor};

/// The changes to a group. A missing field stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupChange {
    /// Must be unique.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 255))]
    pub name: Option<String>,
    /// What the group is for.
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub description: Option<String>,
}

impl GroupChange {
    /// Describes the change for the audit trail.
    fn for_audit(&self) -> Map<String, Value> {
        fields_set([
            ("name", self.name.as_ref().map(|name| json!(name))),
            (
                "description",
                self.description.as_ref().map(|text| json!(text)),
            ),
        ])
    }
}

/// Creates a group of members.
///
/// # Errors
/// [`CoreError::Invalid`] names what is wrong.
pub fn create_group(
    tx: &mut Tx<'_>,
    actor: &Actor,
    change: GroupChange,
) -> Result<MemberGroup, CoreError> {
    let details = change.for_audit();
    let mut group = MemberGroup::new(String::new(), tx.now());
    apply(&mut group, change)?;
    groups::insert(tx, &group).map_err(name_is_taken)?;
    actor.record(tx, "group.create", subject(group.id), details)?;
    Ok(group)
}

/// Changes a group of members.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Invalid`] names what is wrong.
pub fn update_group(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: GroupId,
    change: GroupChange,
) -> Result<MemberGroup, CoreError> {
    let details = change.for_audit();
    let mut group = groups::lock(tx, id)?.ok_or_else(|| CoreError::not_found("group", id))?;
    apply(&mut group, change)?;
    group.updated_at = tx.now();
    groups::update(tx, &group).map_err(name_is_taken)?;
    actor.record(tx, "group.update", subject(id), details)?;
    Ok(group)
}

/// Deletes a group. Its members stay.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn delete_group(tx: &mut Tx<'_>, actor: &Actor, id: GroupId) -> Result<(), CoreError> {
    if !groups::delete(tx, id)? {
        return Err(CoreError::not_found("group", id));
    }
    Ok(actor.record(tx, "group.delete", subject(id), json!({}))?)
}

fn apply(group: &mut MemberGroup, change: GroupChange) -> Result<(), CoreError> {
    if let Some(name) = change.name {
        group.name = name;
    }
    group.name = checked_name("name", &group.name)?;
    if let Some(description) = change.description {
        checked_text("description", &description, 2000)?;
        group.description = description;
    }
    Ok(())
}

fn name_is_taken(error: DbError) -> CoreError {
    if error.is_unique_violation() {
        return CoreError::invalid("name", "belongs to another group");
    }
    error.into()
}

/// Adds a member to a group. Returns `false` if the member is in the group already; that leaves no
/// audit entry.
///
/// # Errors
/// [`CoreError::NotFound`] if the group or the member does not exist.
///
/// ```
/// use unicom_core::{CoreError, admin::*};
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database();
///
/// let (ada, support) = (Some("Ada".to_owned()), Some("Support".to_owned()));
/// let actor = Actor::new("host:setup")?;
/// let added = database.write(move |tx| {
///     let ada = MemberChange { name: ada, ..MemberChange::default() };
///     let ada = create_member(tx, &actor, ada, |_, _| Ok(true))?;
///     let support = GroupChange { name: support, ..GroupChange::default() };
///     let support = create_group(tx, &actor, support)?;
///     let first = add_group_member(tx, &actor, support.id, ada.id)?;
///     let again = add_group_member(tx, &actor, support.id, ada.id)?;
///     Ok::<_, CoreError>((first, again))
/// });
/// assert_eq!(added.wait()?, (true, false));
/// # Ok::<(), CoreError>(())
/// ```
pub fn add_group_member(
    tx: &mut Tx<'_>,
    actor: &Actor,
    group: GroupId,
    member: MemberId,
) -> Result<bool, CoreError> {
    check_group(tx, group)?;
    if members::get(tx, member)?.is_none() {
        return Err(CoreError::not_found("member", member));
    }
    let added = groups::add_member(tx, group, member)?;
    if added {
        let details = json!({ "member_id": member });
        actor.record(tx, "group.add_member", subject(group), details)?;
    }
    Ok(added)
}

/// Removes a member from a group. Returns `false` if the member is not in the group; that leaves no
/// audit entry.
///
/// # Errors
/// [`CoreError::NotFound`] if the group does not exist.
pub fn remove_group_member(
    tx: &mut Tx<'_>,
    actor: &Actor,
    group: GroupId,
    member: MemberId,
) -> Result<bool, CoreError> {
    check_group(tx, group)?;
    let removed = groups::remove_member(tx, group, member)?;
    if removed {
        let details = json!({ "member_id": member });
        actor.record(tx, "group.remove_member", subject(group), details)?;
    }
    Ok(removed)
}

fn check_group(tx: &mut Tx<'_>, id: GroupId) -> Result<(), CoreError> {
    groups::get(tx, id)?
        .map(drop)
        .ok_or_else(|| CoreError::not_found("group", id))
}

fn subject(id: GroupId) -> String {
    format!("group:{id}")
}
