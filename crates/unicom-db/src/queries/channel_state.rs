//! What pollers of channels remember, such as the position up to which they have read.

use diesel::prelude::*;
use serde_json::Value;
use unicom_models::ChannelId;
use unicom_models::schema::unicom_channel_state as state;

use crate::{Db, DbError, Tx, on_engine};

/// Returns the value of this name. Returns `None` if none was set.
pub fn get(db: &mut Db, channel_id: ChannelId, name: &str) -> Result<Option<Value>, DbError> {
    Ok(on_engine!(db, conn => state::table
        .find((channel_id, name))
        .select(state::value)
        .first(conn)
        .optional())?)
}

/// Sets the value of this name.
pub fn set(
    tx: &mut Tx<'_>,
    channel_id: ChannelId,
    name: &str,
    value: &Value,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(state::table)
        .values((
            state::channel_id.eq(channel_id),
            state::name.eq(name),
            state::value.eq(value),
        ))
        .on_conflict((state::channel_id, state::name))
        .do_update()
        .set(state::value.eq(value))
        .execute(conn))?;
    Ok(())
}
