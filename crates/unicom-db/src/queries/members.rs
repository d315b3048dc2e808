//! Members: the people behind accounts.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use unicom_models::schema::{
    unicom_accounts as accounts, unicom_members as members, unicom_requests as requests,
};
use unicom_models::{Member, MemberId, RequestId};

use super::search;
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Returns the member with this id. Returns `None` if it does not exist.
pub fn get(db: &mut Db, id: MemberId) -> Result<Option<Member>, DbError> {
    Ok(
        on_engine!(db, conn => members::table.find(id).select(Member::as_select()).first(conn).optional())?,
    )
}

/// Locks and returns the member with this id. Other transactions cannot change it until this one
/// ends.
pub fn lock(tx: &mut Tx<'_>, id: MemberId) -> Result<Option<Member>, DbError> {
    Ok(lock_first!(
        tx,
        members::table.find(id).select(Member::as_select())
    )?)
}

/// Returns the member linked to the host's user `user_id`.
pub fn by_user(db: &mut Db, user_id: &str) -> Result<Option<Member>, DbError> {
    Ok(on_engine!(db, conn => members::table
        .filter(members::user_id.eq(user_id))
        .select(Member::as_select())
        .first(conn)
        .optional())?)
}

/// Returns up to two members whose *verified* e-mail address is `email`, which must be in lower
/// case. Two members mean that the match is not unique.
///
/// An unverified address never links an account to a member (Chatwoot #2762).
pub fn by_verified_email(db: &mut Db, email: &str) -> Result<Vec<Member>, DbError> {
    Ok(on_engine!(db, conn => members::table
        .filter(members::email.eq(email))
        .filter(members::email_verified.eq(true))
        .order(members::id)
        .limit(2)
        .select(Member::as_select())
        .load(conn))?)
}

/// Returns up to two members with this *verified* e-mail address or telephone number. Two members
/// mean that the match is not unique.
///
/// `email` must be in lower case. Unverified contact data never links an account to a member
/// (Chatwoot #2762).
pub fn by_verified_contact(
    db: &mut Db,
    email: Option<&str>,
    phone: Option<&str>,
) -> Result<Vec<Member>, DbError> {
    // Stored addresses and numbers are never empty, so an empty value matches no member.
    let (email, phone) = (email.unwrap_or_default(), phone.unwrap_or_default());
    Ok(on_engine!(db, conn => members::table
        .filter(
            members::email.eq(email).and(members::email_verified.eq(true)).and(members::email.ne(""))
                .or(members::phone.eq(phone).and(members::phone_verified.eq(true)).and(members::phone.ne(""))),
        )
        .order(members::id)
        .limit(2)
        .select(Member::as_select())
        .load(conn))?)
}

/// Returns up to `limit` members after `after`, ordered by id. With `text`, only members whose
/// name, e-mail address or telephone number contains it, ignoring case.
pub fn list(
    db: &mut Db,
    text: Option<&str>,
    after: Option<MemberId>,
    limit: i64,
) -> Result<Vec<Member>, DbError> {
    macro_rules! page {
        ($conn:ident, $search:expr) => {{
            let mut query = members::table.select(Member::as_select()).into_boxed();
            if let Some(text) = text {
                let search = $search;
                let found = |column| {
                    let value = (search.value)(text);
                    sql::<Nullable<Bool>>(&search.within(column))
                        .bind::<Text, _>(value)
                        .sql(search.end)
                };
                let (name, email) = (found("unicom_members.name"), found("unicom_members.email"));
                query = query.filter(name.or(email).or(found("unicom_members.phone")));
            }
            if let Some(after) = after {
                query = query.filter(members::id.gt(after));
            }
            query.order(members::id).limit(limit).load($conn)?
        }};
    }
    Ok(by_engine!(
        db,
        Postgres(conn) => page!(conn, search::POSTGRES),
        Sqlite(conn) => page!(conn, search::SQLITE),
    ))
}

/// Stores all fields of `member` except its id and times. Returns `true` if the member exists.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) if another member is linked to the same
/// user.
pub fn update(tx: &mut Tx<'_>, member: &Member) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(members::table.find(member.id))
        .set((
            members::name.eq(&member.name),
            members::user_id.eq(&member.user_id),
            members::email.eq(&member.email),
            members::email_verified.eq(member.email_verified),
            members::phone.eq(&member.phone),
            members::phone_verified.eq(member.phone_verified),
            members::updated_at.eq(now),
        ))
        .execute(conn))?;
    Ok(changed > 0)
}

/// Deletes a member. Returns `true` if it existed. Its accounts and requests stay, without a
/// member.
pub fn delete(tx: &mut Tx<'_>, id: MemberId) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    // Clears references first: a transaction that writes for an account or works on a request locks
    // that row before it reads the member. The reverse order could deadlock.
    on_engine!(db, conn => diesel::update(accounts::table.filter(accounts::member_id.eq(id)))
        .set(accounts::member_id.eq(None::<MemberId>))
        .execute(conn))?;
    by_engine!(db, Postgres(conn) => {
        let _: Vec<RequestId> = requests::table
            .filter(requests::member_id.eq(id))
            .order(requests::id)
            .select(requests::id)
            .for_no_key_update()
            .load(conn)?;
    });
    on_engine!(db, conn => diesel::update(requests::table.filter(requests::member_id.eq(id)))
        .set(requests::member_id.eq(None::<MemberId>))
        .execute(conn))?;
    Ok(on_engine!(db, conn => diesel::delete(members::table.find(id)).execute(conn))? > 0)
}

/// Inserts `member` unless another member is linked to the same user. Returns `true` if it was
/// inserted.
pub fn insert_if_absent(tx: &mut Tx<'_>, member: &Member) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::insert_into(members::table)
        .values(member)
        .on_conflict_do_nothing()
        .execute(conn))?
        > 0)
}

/// Links the member `id` to the host's user, unless it is linked to one already. Returns `true` if
/// it was linked.
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
