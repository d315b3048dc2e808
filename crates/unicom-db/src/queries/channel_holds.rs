//! Channels whose deliveries wait, because their provider is busy or the channel does not work.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_channel_holds as holds, unicom_chats as chats, unicom_deliveries as deliveries,
    unicom_leases as leases,
};
use unicom_models::{ChannelId, ChatId, UtcTime};

use super::leases::LeaseKind;
use crate::{Db, DbError, Tx, on_engine};

/// Returns until when the channel of a chat is held. Returns `None` if it is not.
pub fn of_chat(db: &mut Db, chat_id: &ChatId) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => holds::table
        .inner_join(chats::table.on(chats::channel_id.eq(holds::channel_id)))
        .filter(chats::id.eq(chat_id))
        .select(holds::ends_at)
        .first(conn)
        .optional())?)
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
    let now = tx.now();
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
        .set(leases::due_at.eq(now))
        .execute(conn))?;
    Ok(true)
}
