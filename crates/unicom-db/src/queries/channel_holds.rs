//! Channels whose deliveries wait, because their provider is busy or the channel does not work.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use unicom_models::schema::{
    unicom_channel_holds as holds, unicom_chats as chats, unicom_deliveries as deliveries,
    unicom_leases as leases,
};
use unicom_models::sql_types::UtcMicros;
use unicom_models::{ChannelId, ChatId, UtcTime};

use super::leases::LeaseKind;
use crate::prepared::cached_sql;
use crate::{Db, DbError, Tx, on_engine};

cached_sql! {
    struct OfChat<'a> {
        "SELECT hold.ends_at FROM unicom_channel_holds AS hold
        JOIN unicom_chats AS chat ON chat.channel_id = hold.channel_id WHERE chat.id = " chat_id: &'a str as Text,
        " AND hold.ends_at > coalesce(" now: Option<UtcTime> as Nullable<UtcMicros>,
    } ", CURRENT_TIMESTAMP)"
}

impl diesel::query_builder::Query for OfChat<'_> {
    type SqlType = UtcMicros;
}

/// Returns until when the channel of a chat is held. Returns `None` if it is not.
pub fn of_chat(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<Option<UtcTime>, DbError> {
    let (chat_id, now) = (chat_id.as_str(), tx.lease_time());
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => OfChat { chat_id, now }.get_result(conn).optional())?)
}

/// Holds the deliveries of a channel until `ends_at`.
pub fn hold(
    tx: &mut Tx<'_>,
    channel_id: ChannelId,
    ends_at: UtcTime,
    reason: &str,
) -> Result<(), DbError> {
    let values = (holds::ends_at.eq(ends_at), holds::reason.eq(reason));
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(holds::table)
        .values((holds::channel_id.eq(channel_id), values))
        .on_conflict(holds::channel_id)
        .do_update()
        .set(values)
        .execute(conn))?;
    Ok(())
}

/// Ends the hold of a channel and makes its waiting deliveries due now. Returns `true` if it was
/// held.
pub fn release(tx: &mut Tx<'_>, channel_id: ChannelId) -> Result<bool, DbError> {
    let now = tx.lease_time();
    let db: &mut Db = tx;
    let held: Option<UtcTime> = on_engine!(db, conn => diesel::delete(holds::table.find(channel_id))
        .returning(holds::ends_at)
        .get_result(conn)
        .optional())?;
    let Some(until) = held else { return Ok(false) };
    on_engine!(db, conn => diesel::update(
            leases::table
                .filter(leases::kind.eq(LeaseKind::Deliveries.as_str()))
                .filter(leases::due_at.eq(until))
                .filter(leases::key.eq_any(
                    deliveries::table
                        .inner_join(chats::table.on(chats::id.eq(deliveries::chat_id)))
                        .filter(deliveries::due_at.is_not_null())
                        .filter(chats::channel_id.eq(channel_id))
                        .select(deliveries::chat_id),
                )),
        )
        .set(leases::due_at.eq(sql::<Nullable<UtcMicros>>("coalesce(")
            .bind::<Nullable<UtcMicros>, _>(now)
            .sql(", CURRENT_TIMESTAMP)")))
        .execute(conn))?;
    Ok(true)
}
