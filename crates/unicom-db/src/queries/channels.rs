//! Channels: the configured endpoints of platforms.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::Value;
use unicom_models::schema::{
    unicom_category_channels as category_channels, unicom_channels as channels,
    unicom_leases as leases, unicom_request_categories as categories,
};
use unicom_models::{Channel, ChannelId, PlatformKind};

use super::leases::LeaseKind;
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Returns the channel with this id. Returns `None` if it does not exist.
pub fn get(db: &mut Db, id: ChannelId) -> Result<Option<Channel>, DbError> {
    Ok(
        on_engine!(db, conn => channels::table.find(id).select(Channel::as_select()).first(conn).optional())?,
    )
}

/// Returns the channel with this id, which cannot be deleted before the transaction ends. Returns
/// `None` if it does not exist.
pub fn keep(tx: &mut Tx<'_>, id: ChannelId) -> Result<Option<Channel>, DbError> {
    let db: &mut Db = tx;
    by_engine!(db, Postgres(conn) => return Ok(channels::table
        .find(id)
        .select(Channel::as_select())
        .for_key_share()
        .first(conn)
        .optional()?));
    get(db, id)
}

/// Returns the channel with this id, which cannot be changed before the transaction ends. Returns
/// `None` if it does not exist.
pub fn lock(tx: &mut Tx<'_>, id: ChannelId) -> Result<Option<Channel>, DbError> {
    Ok(lock_first!(
        tx,
        channels::table.find(id).select(Channel::as_select())
    )?)
}

/// Returns all channels, ordered by id.
pub fn list(db: &mut Db) -> Result<Vec<Channel>, DbError> {
    Ok(
        on_engine!(db, conn => channels::table.order(channels::id).select(Channel::as_select()).load(conn))?,
    )
}

/// Returns the active channel of `platform` with the lowest id.
pub fn first_active(db: &mut Db, platform: &PlatformKind) -> Result<Option<Channel>, DbError> {
    Ok(on_engine!(db, conn => channels::table
        .filter(channels::platform.eq(platform))
        .filter(channels::active.eq(true))
        .order(channels::id)
        .select(Channel::as_select())
        .first(conn)
        .optional())?)
}

/// Creates a channel. It is inactive until its configuration is validated.
pub fn insert(
    tx: &mut Tx<'_>,
    platform: &PlatformKind,
    name: &str,
    config: &Value,
) -> Result<Channel, DbError> {
    insert_with_id(tx, None, platform, name, config)
}

/// Creates a channel like [`insert`], with an id that [`reserve_id`] returned.
pub fn insert_with_id(
    tx: &mut Tx<'_>,
    id: Option<ChannelId>,
    platform: &PlatformKind,
    name: &str,
    config: &Value,
) -> Result<Channel, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::insert_into(channels::table)
        .values((
            id.map(|id| channels::id.eq(id)),
            channels::platform.eq(platform),
            channels::name.eq(name),
            channels::config.eq(config),
            channels::active.eq(false),
            channels::created_at.eq(now),
            channels::updated_at.eq(now),
        ))
        .returning(Channel::as_returning())
        .get_result(conn))?)
}

/// Returns an id that no channel has or will have, except one that is created with it.
pub fn reserve_id(tx: &mut Tx<'_>) -> Result<ChannelId, DbError> {
    // Both engines generate each id once, even if its row is deleted.
    let id = insert(tx, &PlatformKind::from(""), "", &Value::Null)?.id;
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(channels::table.find(id)).execute(conn))?;
    Ok(id)
}

/// Stores all fields of `channel` except its platform, id and times. Returns `true` if the channel
/// exists.
pub fn update(tx: &mut Tx<'_>, channel: &Channel) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(channels::table.find(channel.id))
        .set((
            channels::name.eq(&channel.name),
            channels::config.eq(&channel.config),
            channels::active.eq(channel.active),
            channels::error.eq(&channel.error),
            channels::confirmed_webhook_url.eq(&channel.confirmed_webhook_url),
            channels::updated_at.eq(now),
        ))
        .execute(conn))?;
    Ok(changed > 0)
}

/// Deletes a channel. Returns `true` if it existed.
///
/// Deactivates categories that are restricted to this channel only: they would become available in
/// all channels.
///
/// # Errors
/// A foreign-key violation ([`DbError::is_foreign_key_violation`]) if the channel has accounts or
/// chats.
pub fn delete(tx: &mut Tx<'_>, id: ChannelId) -> Result<bool, DbError> {
    let others = diesel::alias!(category_channels as others);
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => {
        let restricted = category_channels::table.filter(category_channels::channel_id.eq(id)).filter(not(exists(
            others
                .filter(others.field(category_channels::category_id).eq(category_channels::category_id))
                .filter(others.field(category_channels::channel_id).ne(id)),
        )));
        diesel::update(
            categories::table.filter(categories::id.eq_any(restricted.select(category_channels::category_id))),
        )
        .set(categories::active.eq(false))
        .execute(conn)?;
        let deleted = diesel::delete(channels::table.find(id)).execute(conn)?;
        diesel::delete(leases::table.find((LeaseKind::Poller.as_str(), id.to_string()))).execute(conn)?;
        deleted
    }) > 0)
}

/// Sets what is wrong with the channel, or that nothing is.
pub fn set_error(tx: &mut Tx<'_>, id: ChannelId, error: Option<&str>) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(channels::table.find(id))
        .set((channels::error.eq(error), channels::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}
