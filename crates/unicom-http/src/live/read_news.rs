//! [`read_news`]: what has changed in a chat, as frames.

use unicom_webchat::{Visitor, WebChatError, get_chat, list_changes};

use super::frame::Frame;
use super::shared_reads::{ChatNews, Wanted};
use crate::json::ChatJson;
use crate::{Api, ApiError};

/// Reads what is wanted of a chat, for connections of the visitor.
///
/// # Errors
/// Those of the database, and [`ApiError::account_blocked`].
pub(super) async fn read_news(
    api: &Api,
    visitor: &Visitor,
    wanted: &Wanted,
) -> Result<ChatNews, ApiError> {
    let (visitor, wanted_of_chat) = (visitor.clone(), wanted.clone());
    let read = api.database.read_inline(move |db| {
        let Wanted {
            chat_id,
            is_listed,
            cursor,
            ..
        } = wanted_of_chat;
        let changes = match cursor {
            Some(cursor) => Some(list_changes(db, &visitor, &chat_id, Some(cursor))?),
            None => None,
        };
        let row = if is_listed {
            let row = get_chat(db, &visitor, &chat_id)?.ok_or(WebChatError::ChatNotFound)?;
            Some(row)
        } else {
            None
        };
        Ok::<_, WebChatError>((row, changes))
    });
    let (row, changes) = match read.await {
        Ok(read) => read,
        Err(WebChatError::ChatNotFound) => return Ok(ChatNews::Gone),
        Err(error) => return Err(error.into()),
    };
    let row = row.map(|row| {
        let change = row.chat.change;
        let chat = Box::new(ChatJson::from(row));
        let frame = Frame::Chat { chat }.encode()?;
        Ok::<_, ApiError>((change, frame))
    });
    let changes = changes.map(|changes| {
        let frame = Frame::of(api, &wanted.chat_id, &changes);
        let frame = (!changes.is_empty()).then(|| frame.encode()).transpose()?;
        Ok::<_, ApiError>((changes.cursor(), frame))
    });
    Ok(ChatNews::Read {
        row: row.transpose()?,
        changes: changes.transpose()?,
    })
}
