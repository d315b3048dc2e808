//! How visitors have rated chats.

use diesel::prelude::*;
use unicom_models::schema::unicom_chat_ratings as ratings;
use unicom_models::{AccountId, ChatId, ChatRating, UtcTime};

use super::change_numbers;
use crate::{Db, DbError, LockedChat, Tx, on_engine};

/// Returns the rating of the chat. `None` if it has none.
pub fn get(db: &mut Db, chat_id: &ChatId) -> Result<Option<ChatRating>, DbError> {
    Ok(on_engine!(db, conn => ratings::table
        .find(chat_id)
        .select(ChatRating::as_select())
        .first(conn)
        .optional())?)
}

/// Stores a rating in the place of the chat's earlier one.
pub fn set(tx: &mut Tx<'_>, chat: &LockedChat<'_>, rating: &ChatRating) -> Result<(), DbError> {
    debug_assert_eq!(chat.id, rating.chat_id);
    change_numbers::next(tx, chat)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(ratings::table)
        .values(rating)
        .on_conflict(ratings::chat_id)
        .do_update()
        .set(rating)
        .execute(conn))?;
    Ok(())
}

/// Moves the rating of a chat to the chat `to`, with which it is merged, unless the latter has a
/// newer one. Both are locked.
pub fn carry_over(tx: &mut Tx<'_>, from: &ChatId, to: &LockedChat<'_>) -> Result<(), DbError> {
    let Some(rating) = get(tx, from)? else {
        return Ok(());
    };
    let newer = get(tx, &to.id)?.filter(|other| other.rated_at >= rating.rated_at);
    if newer.is_none() {
        let chat_id = to.id.clone();
        set(tx, to, &ChatRating { chat_id, ..rating })?;
    }
    Ok(())
}

/// Makes the account `to` the author of all ratings of the account `from`.
pub fn change_account(tx: &mut Tx<'_>, from: &AccountId, to: &AccountId) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(ratings::table.filter(ratings::account_id.eq(from)))
        .set(ratings::account_id.eq(to))
        .execute(conn))?;
    Ok(())
}

/// Deletes the comment on the conversation if it was written before `before`: messages from that
/// time are deleted. The chat is locked.
pub fn forget_comment(tx: &mut Tx<'_>, chat_id: &ChatId, before: UtcTime) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(
            ratings::table.find(chat_id).filter(ratings::rated_at.lt(before)),
        )
        .set(ratings::comment.eq(None::<String>))
        .execute(conn))?;
    Ok(())
}
