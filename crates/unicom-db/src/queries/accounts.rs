//! Accounts: people and bots on one platform.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use serde_json::Value;
use unicom_models::schema::{unicom_accounts as accounts, unicom_channels as channels};
use unicom_models::{Account, AccountId, CategoryId, Channel, ChannelId, MemberId};

use super::{change_numbers, search};
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Returns the account with this id. Returns `None` if it does not exist.
pub fn get(db: &mut Db, id: &AccountId) -> Result<Option<Account>, DbError> {
    Ok(
        on_engine!(db, conn => accounts::table.find(id).select(Account::as_select()).first(conn).optional())?,
    )
}

/// Returns the account with this id, and the channel with the id `channel_id` if it exists. Returns
/// `None` if the account does not exist.
pub fn with_channel(
    db: &mut Db,
    id: &AccountId,
    channel_id: ChannelId,
) -> Result<Option<(Account, Option<Channel>)>, DbError> {
    Ok(on_engine!(db, conn => accounts::table
        .left_join(channels::table.on(channels::id.eq(channel_id)))
        .filter(accounts::id.eq(id))
        .select((Account::as_select(), Option::<Channel>::as_select()))
        .first(conn)
        .optional())?)
}

/// Locks and returns the account with this id. Other transactions cannot delete or change it until
/// this one ends.
pub fn lock(tx: &mut Tx<'_>, id: &AccountId) -> Result<Option<Account>, DbError> {
    Ok(lock_first!(
        tx,
        accounts::table.find(id).select(Account::as_select())
    )?)
}

/// Returns up to `limit` accounts after `after`, ordered by id.
pub fn list(db: &mut Db, after: Option<&AccountId>, limit: i64) -> Result<Vec<Account>, DbError> {
    let after = after.map_or("", AccountId::as_str);
    Ok(on_engine!(db, conn => accounts::table
        .filter(accounts::id.gt(after))
        .order(accounts::id)
        .limit(limit)
        .select(Account::as_select())
        .load(conn))?)
}

/// Filters for a list of accounts. All set filters must match.
#[derive(Debug, Clone, Default)]
pub struct AccountFilters {
    /// Text contained in the id or the name, ignoring case.
    pub text: Option<String>,
    /// Whether the account is blocked.
    pub blocked: Option<bool>,
    /// The channel on which the account first wrote.
    pub channel_id: Option<ChannelId>,
    /// Only accounts after this id.
    pub after: Option<AccountId>,
}

/// Returns up to `limit` accounts that match the filters, ordered by id.
pub fn page(db: &mut Db, filters: &AccountFilters, limit: i64) -> Result<Vec<Account>, DbError> {
    macro_rules! page {
        ($conn:ident, $search:expr) => {{
            let mut query = accounts::table.select(Account::as_select()).into_boxed();
            if let Some(text) = &filters.text {
                let search = $search;
                let found = |column| {
                    let value = (search.value)(text);
                    sql::<Bool>(&search.within(column))
                        .bind::<Text, _>(value)
                        .sql(search.end)
                };
                let (id, name) = (found("unicom_accounts.id"), found("unicom_accounts.name"));
                query = query.filter(id.or(name));
            }
            if let Some(blocked) = filters.blocked {
                query = query.filter(accounts::blocked.eq(blocked));
            }
            if let Some(channel_id) = filters.channel_id {
                query = query.filter(accounts::channel_id.eq(channel_id));
            }
            if let Some(after) = &filters.after {
                query = query.filter(accounts::id.gt(after));
            }
            query.order(accounts::id).limit(limit).load($conn)?
        }};
    }
    Ok(by_engine!(
        db,
        Postgres(conn) => page!(conn, search::POSTGRES),
        Sqlite(conn) => page!(conn, search::SQLITE),
    ))
}

/// Returns the accounts of a member, ordered by id.
pub fn of_member(db: &mut Db, id: MemberId) -> Result<Vec<Account>, DbError> {
    Ok(on_engine!(db, conn => accounts::table
        .filter(accounts::member_id.eq(id))
        .order(accounts::id)
        .select(Account::as_select())
        .load(conn))?)
}

/// Inserts `account` unless an account with its id exists. Returns `true` if it was inserted.
pub fn insert_if_absent(tx: &mut Tx<'_>, account: &Account) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::insert_into(accounts::table)
        .values(account)
        .on_conflict_do_nothing()
        .execute(conn))?
        > 0)
}

/// Sets the account's member, and the name shown with its future messages.
pub fn set_person(
    tx: &mut Tx<'_>,
    id: &AccountId,
    name: &str,
    member: Option<MemberId>,
) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(accounts::table.find(id))
        .set((accounts::name.eq(name), accounts::member_id.eq(member), accounts::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Stores the account's name, which is shown with its future messages, and its platform's data.
pub fn set_profile(
    tx: &mut Tx<'_>,
    id: &AccountId,
    name: &str,
    raw: &Value,
) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(accounts::table.find(id))
        .set((accounts::name.eq(name), accounts::raw.eq(raw), accounts::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Links the account to a member, unless it has one already. Returns `true` if it was linked.
pub fn link_member(tx: &mut Tx<'_>, id: &AccountId, member: MemberId) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::update(accounts::table.find(id).filter(accounts::member_id.is_null()))
        .set((accounts::member_id.eq(member), accounts::updated_at.eq(now)))
        .execute(conn))?
            > 0,
    )
}

/// Sets the category of the account's requests that do not name one.
pub fn set_default_category(
    tx: &mut Tx<'_>,
    id: &AccountId,
    category: Option<CategoryId>,
) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(accounts::table.find(id))
        .set((accounts::default_category_id.eq(category), accounts::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Blocks or unblocks the account. Returns `true` if the account exists.
pub fn set_blocked(tx: &mut Tx<'_>, id: &AccountId, blocked: bool) -> Result<bool, DbError> {
    let now = tx.now();
    change_numbers::announce_account(tx, id);
    let db: &mut Db = tx;
    Ok(
        on_engine!(db, conn => diesel::update(accounts::table.find(id))
        .set((accounts::blocked.eq(blocked), accounts::updated_at.eq(now)))
        .execute(conn))?
            > 0,
    )
}

/// Deletes the account. Its messages must have been moved or deleted before.
pub fn delete(tx: &mut Tx<'_>, id: &AccountId) -> Result<(), DbError> {
    change_numbers::announce_account(tx, id);
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(accounts::table.find(id)).execute(conn))?;
    Ok(())
}
