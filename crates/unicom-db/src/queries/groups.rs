//! Groups of members, to which categories can be opened.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_group_members as group_members, unicom_member_groups as groups,
    unicom_members as members,
};
use unicom_models::{GroupId, Member, MemberGroup, MemberId};

use crate::{Db, DbError, Tx, on_engine};

/// Returns the group with this id. Returns `None` if it does not exist.
pub fn get(db: &mut Db, id: GroupId) -> Result<Option<MemberGroup>, DbError> {
    Ok(
        on_engine!(db, conn => groups::table.find(id).select(MemberGroup::as_select()).first(conn).optional())?,
    )
}

/// Locks and returns the group with this id. Other transactions cannot change it until this one
/// ends.
pub fn lock(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<MemberGroup>, DbError> {
    Ok(lock_first!(
        tx,
        groups::table.find(id).select(MemberGroup::as_select())
    )?)
}

/// Returns all groups, ordered by name.
pub fn list(db: &mut Db) -> Result<Vec<MemberGroup>, DbError> {
    Ok(
        on_engine!(db, conn => groups::table.order((groups::name, groups::id)).select(MemberGroup::as_select()).load(conn))?,
    )
}

/// Inserts a group.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) if another group has the same name.
pub fn insert(tx: &mut Tx<'_>, group: &MemberGroup) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(groups::table).values(group).execute(conn))?;
    Ok(())
}

/// Stores the name and the description of `group`. Returns `true` if the group exists.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) if another group has the same name.
pub fn update(tx: &mut Tx<'_>, group: &MemberGroup) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(groups::table.find(group.id))
        .set((
            groups::name.eq(&group.name),
            groups::description.eq(&group.description),
            groups::updated_at.eq(now),
        ))
        .execute(conn))?;
    Ok(changed > 0)
}

/// Deletes a group. Returns `true` if it existed. Its members stay.
pub fn delete(tx: &mut Tx<'_>, id: GroupId) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::delete(groups::table.find(id)).execute(conn))? > 0)
}

/// Returns the members of a group, ordered by name.
pub fn members(db: &mut Db, id: GroupId) -> Result<Vec<Member>, DbError> {
    Ok(on_engine!(db, conn => group_members::table
        .inner_join(members::table)
        .filter(group_members::group_id.eq(id))
        .order((members::name, members::id))
        .select(Member::as_select())
        .load(conn))?)
}

/// Returns the groups of a member, ordered by name.
pub fn of_member(db: &mut Db, id: MemberId) -> Result<Vec<MemberGroup>, DbError> {
    Ok(on_engine!(db, conn => group_members::table
        .inner_join(groups::table.on(groups::id.eq(group_members::group_id)))
        .filter(group_members::member_id.eq(id))
        .order((groups::name, groups::id))
        .select(MemberGroup::as_select())
        .load(conn))?)
}

/// Adds a member to a group. Returns `true` if the member was not in it before.
///
/// # Errors
/// A foreign-key violation ([`DbError::is_foreign_key_violation`]) if the group or the member does
/// not exist.
pub fn add_member(tx: &mut Tx<'_>, group: GroupId, member: MemberId) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::insert_into(group_members::table)
        .values((group_members::group_id.eq(group), group_members::member_id.eq(member)))
        .on_conflict_do_nothing()
        .execute(conn))?
            > 0,
    )
}

/// Removes a member from a group. Returns `true` if the member was in it.
pub fn remove_member(tx: &mut Tx<'_>, group: GroupId, member: MemberId) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::delete(group_members::table.find((group, member))).execute(conn))?
            > 0,
    )
}
