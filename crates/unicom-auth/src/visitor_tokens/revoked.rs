//! Visitor tokens that were revoked before they expired.

use std::time::Duration;

use diesel::prelude::*;
use unicom_db::queries::change_numbers::announce_account;
use unicom_db::{Database, Db, DbError, Tx, on_engine};
use unicom_models::{AccountId, UtcTime};
use unicom_webchat::Visitor;

use super::token::{VisitorToken, is_from_other_site};
use crate::schema::unicom_revoked_visitor_tokens as revoked;

/// How long a revocation of all tokens of an account is kept: as long as any token can be valid.
const KEPT: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// Number of revocations that are read at a time.
const PAGE: i64 = 500;

/// Returns `true` if the token, or every token that its owner had then, was revoked.
///
/// The revocation of a guest's tokens also counts for later ones: a token that was refreshed at the
/// same time is revoked as well. The id of a guest is never given to another one.
pub(crate) async fn is_revoked(database: &Database, token: &VisitorToken) -> Result<bool, DbError> {
    let subjects = [token.id.clone(), of_account(&token.account_id())];
    let issued_at = match token.guest() {
        Some(_) => UtcTime::BEGINNING,
        None => token.issued_at,
    };
    let key = format!("revocation of the visitor token {}", token.id);
    let read = database.read_cached(key, move |db| {
        let query = revoked::table
            .filter(revoked::subject.eq_any(subjects))
            .filter(revoked::revoked_at.ge(issued_at));
        let query = diesel::select(diesel::dsl::exists(query));
        Ok::<_, DbError>(on_engine!(db, conn => query.get_result::<bool>(conn))?)
    });
    read.await
}

/// Revokes a token: that of a user only itself, that of a guest with all others of the guest.
pub(crate) fn revoke(tx: &mut Tx<'_>, token: &VisitorToken) -> Result<(), DbError> {
    let account_id = token.account_id();
    if token.guest().is_some() {
        return revoke_all(tx, &account_id);
    }
    announce_account(tx, &account_id);
    insert(tx, token.id.clone(), token.expires_at)
}

/// Revokes all tokens of a visitor, if the visitor comes from another site.
pub(crate) fn revoke_all_of(tx: &mut Tx<'_>, visitor: &Visitor) -> Result<(), DbError> {
    match is_from_other_site(visitor) {
        true => revoke_all(tx, &visitor.account_id()),
        false => Ok(()),
    }
}

/// Revokes all tokens of an account that were issued until now.
fn revoke_all(tx: &mut Tx<'_>, account_id: &AccountId) -> Result<(), DbError> {
    announce_account(tx, account_id);
    let expires_at = tx.now().plus(KEPT);
    insert(tx, of_account(account_id), expires_at)
}

fn of_account(id: &AccountId) -> String {
    format!("account {id}")
}

fn insert(tx: &mut Tx<'_>, subject: String, expires_at: UtcTime) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(revoked::table)
        .values((
            revoked::subject.eq(subject),
            revoked::revoked_at.eq(now),
            revoked::expires_at.eq(expires_at),
        ))
        .on_conflict(revoked::subject)
        .do_update()
        .set((revoked::revoked_at.eq(now), revoked::expires_at.eq(expires_at)))
        .execute(conn))?;
    Ok(())
}

/// The revocation of a token, or of all tokens of an account.
#[derive(Debug, Clone, Queryable, Insertable, Selectable)]
#[diesel(table_name = revoked)]
pub(crate) struct Revocation {
    pub subject: String,
    revoked_at: UtcTime,
    expires_at: UtcTime,
}

/// Returns the next revocations after the one of `subject`, ordered by subject.
pub(crate) fn page_after(db: &mut Db, subject: &str) -> Result<Vec<Revocation>, DbError> {
    Ok(on_engine!(db, conn => revoked::table
        .filter(revoked::subject.gt(subject))
        .order(revoked::subject)
        .limit(PAGE)
        .select(Revocation::as_select())
        .load(conn))?)
}

/// Stores a revocation of another database, unless there is a later one. Returns how many rows
/// changed.
pub(crate) fn keep(tx: &mut Tx<'_>, revocation: &Revocation) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    let known: Option<UtcTime> = on_engine!(db, conn => revoked::table
        .find(&revocation.subject)
        .select(revoked::revoked_at)
        .first(conn)
        .optional())?;
    if known.is_some_and(|known| revocation.revoked_at <= known) {
        return Ok(0);
    }
    Ok(on_engine!(db, conn => {
        diesel::delete(revoked::table.find(&revocation.subject)).execute(conn)?;
        diesel::insert_into(revoked::table).values(revocation).execute(conn)
    })?)
}

/// Deletes up to `limit` revocations of tokens that have expired. Returns their number.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn delete_old_revocations(tx: &mut Tx<'_>, limit: i64) -> Result<usize, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => {
        let ended: Vec<String> = revoked::table
            .filter(revoked::expires_at.le(now))
            .order(revoked::expires_at)
            .limit(limit)
            .select(revoked::subject)
            .load(conn)?;
        diesel::delete(revoked::table
            .filter(revoked::subject.eq_any(ended))
            .filter(revoked::expires_at.le(now)))
        .execute(conn)
    })?)
}
