//! Members: the people behind accounts.

use diesel::prelude::*;
use unicom_models::schema::unicom_members as members;
use unicom_models::{Member, MemberId};

use crate::{Db, DbError, Tx, on_engine};

/// The member with this id.
pub fn get(db: &mut Db, id: MemberId) -> Result<Option<Member>, DbError> {
    Ok(
        on_engine!(db, conn => members::table.find(id).select(Member::as_select()).first(conn).optional())?,
    )
}

/// The member that is the host's user `user_id`.
pub fn by_user(db: &mut Db, user_id: &str) -> Result<Option<Member>, DbError> {
    Ok(on_engine!(db, conn => members::table
        .filter(members::user_id.eq(user_id))
        .select(Member::as_select())
        .first(conn)
        .optional())?)
}

/// Up to two members whose *verified* e-mail address is `email`, in lower case: two are no match.
///
/// An address that was never verified links nobody to anybody (Chatwoot #2762).
pub fn by_verified_email(db: &mut Db, email: &str) -> Result<Vec<Member>, DbError> {
    Ok(on_engine!(db, conn => members::table
        .filter(members::email.eq(email))
        .filter(members::email_verified.eq(true))
        .order(members::id)
        .limit(2)
        .select(Member::as_select())
        .load(conn))?)
}

/// Inserts `member` unless another one is the same user already; whether it was inserted.
pub fn insert_if_absent(tx: &mut Tx<'_>, member: &Member) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::insert_into(members::table)
        .values(member)
        .on_conflict_do_nothing()
        .execute(conn))?
        > 0)
}

/// Makes `id` the member of the host's user, if it is nobody's yet; whether it was.
pub fn claim_for_user(tx: &mut Tx<'_>, id: MemberId, user_id: &str) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::update(members::table.find(id).filter(members::user_id.is_null()))
        .set((members::user_id.eq(user_id), members::updated_at.eq(now)))
        .execute(conn))?
            > 0,
    )
}
