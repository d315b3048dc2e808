//! A request that waits until something changes in a chat.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use unicom_core::live::{Notice, Topic};
use unicom_models::ChatId;
use unicom_webchat::{Changes, Cursor, Visitor, list_changes};
use utoipa::ToSchema;

use super::frame::Item;
use super::place;
use crate::{Api, ApiError, respond};

/// The longest time that a request can wait, in seconds: shorter than the time after which proxies
/// usually give up.
const LONGEST_WAIT: u64 = 25;

/// What has changed in a chat since a cursor.
#[derive(Serialize, ToSchema)]
#[schema(as = Events)]
pub(super) struct Waited<'a> {
    items: Vec<Item<'a>>,
    /// The cursor after these changes.
    cursor: String,
    /// Whether the chat has to be read again, because it was rewritten or too much has changed.
    reset: bool,
}

/// Returns what has changed in the chat since `cursor`, as soon as something has, after at most
/// `wait` seconds.
///
/// # Errors
/// [`ApiError::chat_not_found`], [`ApiError::account_blocked`], [`ApiError::busy`] or
/// [`ApiError::rate_limited`] if there are too many such requests, and what
/// [`still_valid`](crate::Proof::still_valid) returns if the session ends meanwhile.
pub(super) async fn wait(
    request: &HttpRequest,
    api: &Api,
    chat_id: ChatId,
    cursor: Option<Cursor>,
    wait: u64,
) -> Result<HttpResponse, ApiError> {
    let visitor = api.reader(request).await?;
    // Subscribed before the chat is read, so that no change falls between.
    let mut subscription = api.hub()?.subscribe();
    subscription.add(Topic::Chat(chat_id.clone()));
    subscription.add(Topic::Account(visitor.account_id()));
    let mut changes = read(api, &visitor, &chat_id, cursor).await?;
    if wait > 0 && unchanged(&changes).is_some() {
        let _place = place(request)?;
        let end = Instant::now() + Duration::from_secs(wait.min(LONGEST_WAIT));
        while let Some(cursor) = unchanged(&changes)
            && let Ok(Notice::News(_)) = timeout_at(end, subscription.next()).await
        {
            // The session may have ended meanwhile.
            api.identity.proof(request).still_valid().await?;
            changes = read(api, &visitor, &chat_id, Some(cursor)).await?;
        }
    }
    let (items, cursor) = Item::of(api, &chat_id, &changes);
    Ok(respond::ok(Waited {
        reset: items.is_none(),
        items: items.unwrap_or_default(),
        cursor: cursor.to_string(),
    }))
}

async fn read(
    api: &Api,
    visitor: &Visitor,
    chat_id: &ChatId,
    cursor: Option<Cursor>,
) -> Result<Changes, ApiError> {
    let (visitor, chat_id) = (visitor.clone(), chat_id.clone());
    let changes = api
        .database
        .read_inline(move |db| list_changes(db, &visitor, &chat_id, cursor));
    Ok(changes.await?)
}

/// Returns the cursor from which to wait, if nothing has changed that the visitor sees.
fn unchanged(changes: &Changes) -> Option<Cursor> {
    changes.is_empty().then(|| changes.cursor())
}
