//! Groups of members, to whom categories can be opened together.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_group_members as group_members, unicom_member_groups as groups,
    unicom_members as members,
};
use unicom_models::{GroupId, Member, MemberGroup, MemberId};

use crate::{Db, DbError, Tx, on_engine};

/// The group with this id.
pub fn get(db: &mut Db, id: GroupId) -> Result<Option<MemberGroup>, DbError> {
    Ok(
        on_engine!(db, conn => groups::table.find(id).select(MemberGroup::as_select()).first(conn).optional())?,
    )
}

/// The group with this id, kept from being changed by others until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<MemberGroup>, DbError> {
    let db: &mut Db = tx;
    Ok(match db {
        Db::Postgres(conn) => groups::table
            .find(id)
            .select(MemberGroup::as_select())
            .for_no_key_update()
            .first(conn)
            .optional()?,
        Db::Sqlite(conn) => groups::table
            .find(id)
            .select(MemberGroup::as_select())
            .first(conn)
            .optional()?,
    })
}

/// Every group, by name.
pub fn list(db: &mut Db) -> Result<Vec<MemberGroup>, DbError> {
    Ok(
        on_engine!(db, conn => groups::table.order((groups::name, groups::id)).select(MemberGroup::as_select()).load(conn))?,
    )
}

/// Stores a group.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) where another group has its name.
pub fn insert(tx: &mut Tx<'_>, group: &MemberGroup) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(groups::table).values(group).execute(conn))?;
    Ok(())
}

/// Keeps the name and the description of `group`; whether there is such a group.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) where another group has its name.
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

/// Deletes a group; whether there was one. Its members stay.
pub fn delete(tx: &mut Tx<'_>, id: GroupId) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::delete(groups::table.find(id)).execute(conn))? > 0)
}

/// The members of a group, by name.
pub fn members(db: &mut Db, id: GroupId) -> Result<Vec<Member>, DbError> {
    Ok(on_engine!(db, conn => group_members::table
        .inner_join(members::table)
        .filter(group_members::group_id.eq(id))
        .order((members::name, members::id))
        .select(Member::as_select())
        .load(conn))?)
}

/// The groups that a member is in, by name.
pub fn of_member(db: &mut Db, id: MemberId) -> Result<Vec<MemberGroup>, DbError> {
    Ok(on_engine!(db, conn => group_members::table
        .inner_join(groups::table.on(groups::id.eq(group_members::group_id)))
        .filter(group_members::member_id.eq(id))
        .order((groups::name, groups::id))
        .select(MemberGroup::as_select())
        .load(conn))?)
}

/// Puts a member into a group; whether it was not in it before.
///
/// # Errors
/// A foreign-key violation ([`DbError::is_foreign_key_violation`]) where one of the two is not there.
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

/// Takes a member out of a group; whether it was in it.
pub fn remove_member(tx: &mut Tx<'_>, group: GroupId, member: MemberId) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::delete(group_members::table.find((group, member))).execute(conn))?
            > 0,
    )
}
