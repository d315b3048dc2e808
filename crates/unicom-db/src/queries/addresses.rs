//! Addresses: the ids by which providers know accounts and chats.

use diesel::prelude::*;
use unicom_models::schema::unicom_addresses as addresses;
use unicom_models::{
    AccountId, Address, AddressKind, AddressScope, ChannelId, ChatId, PlatformKind,
};

use crate::{Db, DbError, Tx, on_engine};

/// The account or chat that an address leads to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Found {
    /// The id of the account or chat.
    pub target: String,
    /// Whether its messages are sent to this address.
    pub is_current: bool,
}

/// Returns the account or chat with this address.
pub fn find(
    db: &mut Db,
    platform: &PlatformKind,
    address: &Address,
) -> Result<Option<Found>, DbError> {
    Ok(on_engine!(db, conn => addresses::table
        .find((platform, scope_text(address.scope), address.kind, &address.value))
        .select((addresses::target, addresses::is_current))
        .first(conn)
        .optional())?)
}

/// Returns the address to which messages of a chat are sent. Returns `None` for a chat without an
/// address, such as one of the web chat.
pub fn of_chat(db: &mut Db, chat_id: &ChatId) -> Result<Option<Address>, DbError> {
    let row: Option<(AddressKind, String, String)> = on_engine!(db, conn => addresses::table
        .filter(addresses::target.eq(chat_id.as_str()))
        .filter(addresses::kind.ne(AddressKind::Account))
        .filter(addresses::is_current.eq(true))
        .order((addresses::assigned_at.desc(), addresses::address))
        .select((addresses::kind, addresses::scope, addresses::address))
        .first(conn)
        .optional())?;
    Ok(row.map(address))
}

/// Returns all addresses of these accounts, in order.
pub fn of_accounts(
    db: &mut Db,
    ids: &[AccountId],
) -> Result<Vec<(PlatformKind, Address)>, DbError> {
    let ids: Vec<&str> = ids.iter().map(AccountId::as_str).collect();
    let rows: Vec<(PlatformKind, (AddressKind, String, String))> = on_engine!(db, conn => addresses::table
            .filter(addresses::target.eq_any(ids))
            .filter(addresses::kind.eq(AddressKind::Account))
            .order((addresses::platform, addresses::scope, addresses::address))
            .select((addresses::platform, (addresses::kind, addresses::scope, addresses::address)))
            .load(conn))?;
    let of_row = |(platform, row)| (platform, address(row));
    Ok(rows.into_iter().map(of_row).collect())
}

/// Makes `address` the current address of the account or chat `target`, even if it was that of
/// another one. Other addresses of the target still lead to it.
pub fn assign(
    tx: &mut Tx<'_>,
    platform: &PlatformKind,
    address: &Address,
    target: &str,
) -> Result<(), DbError> {
    let state = (
        addresses::target.eq(target),
        addresses::is_current.eq(true),
        addresses::assigned_at.eq(tx.now()),
    );
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::update(addresses::table
            .filter(addresses::target.eq(target))
            .filter(addresses::kind.eq(address.kind))
            .filter(addresses::is_current.eq(true)))
        .set(addresses::is_current.eq(false))
        .execute(conn)?;
        diesel::insert_into(addresses::table)
            .values((
                addresses::platform.eq(platform),
                addresses::scope.eq(scope_text(address.scope)),
                addresses::kind.eq(address.kind),
                addresses::address.eq(&address.value),
                state,
            ))
            .on_conflict((addresses::platform, addresses::scope, addresses::kind, addresses::address))
            .do_update()
            .set(state)
            .execute(conn)?;
        Ok::<_, DbError>(())
    })
}

/// Returns the scope as it is stored: the id of the channel, or an empty string for the platform.
fn scope_text(scope: AddressScope) -> String {
    match scope {
        AddressScope::Platform => String::new(),
        AddressScope::Channel(id) => id.to_string(),
    }
}

fn address((kind, scope, value): (AddressKind, String, String)) -> Address {
    let channel: Result<ChannelId, _> = scope.parse();
    let mut address = Address::account(value).with_scope(match channel {
        Ok(id) => AddressScope::Channel(id),
        Err(_) => AddressScope::Platform,
    });
    address.kind = kind;
    address
}
