//! `GET webchat/events/`: a visitor is told what changes, by a stream of events or by a request
//! that waits.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use unicom_models::{ChatId, MessageId};
use unicom_webchat::{Cursor, WebChatError};

use super::feed::Feed;
use super::frame::Frame;
use super::long_poll::Known;
use super::visitor::VisitorReader;
use super::{last_event_id, long_poll, place, sse};
use crate::openapi::Kind::{
    AccountBlocked, Busy, ChatNotFound, InvalidCursor, InvalidParameter, LoginRequired,
};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::Parameters;
use crate::respond::Success;
use crate::{Api, ApiError};

/// Which changes are requested.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct EventParameters {
    /// The chat; by default, a stream of events follows the list of chats
    chat_id: Option<ChatId>,
    /// The `cursor` of `webchat/messages/` or of an earlier response; by default, changes from now
    /// on
    #[param(max_length = 1024)]
    cursor: Option<String>,
    /// How many seconds to wait if nothing has changed: 0 by default; values over 25 count as 25
    #[serde(default)]
    wait: u64,
    /// The `stream_id` of the reply that the client has seen a bot write
    stream_id: Option<MessageId>,
    /// How many UTF-16 code units of it the client has; 0 by default
    #[serde(default)]
    stream_offset: usize,
}

/// Waits for changes
///
/// With `Accept: text/event-stream`, the response is a stream of Server-Sent Events that stays
/// open: `changes`, `reset`, `chat_gone`, `typing` and `stream` of the chat, or, without `chat_id`,
/// `hello`,
/// `chat`, `unread` and `chat_gone` for the list of chats. It needs a session. The `id` of an event
/// is the cursor after it, and `Last-Event-ID` resumes.
///
/// Otherwise the response is JSON with what has changed in the chat since `cursor`. If nothing has,
/// the request waits until something does, at most `wait` seconds. A client that applies the items
/// and continues from the returned cursor has what is stored. `stream` is the reply that a bot is
/// writing: the text from `stream_offset` on if the client has seen the same `stream_id`.
#[utoipa::path(
    get, path = "/webchat/events", operation_id = "wait_for_changes", tag = "webchat",
    params(
        EventParameters,
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that the client has, instead of `cursor`"),
    ),
    responses(
        (status = 200, description = "What has changed", content(
            (Success<long_poll::Waited> = "application/json"),
            (Frame = "text/event-stream"),
        )),
        ErrorResponses<{ error_kinds(&[
            InvalidParameter, InvalidCursor, AccountBlocked, ChatNotFound, LoginRequired, Busy,
        ]) }>,
    ),
)]
pub(crate) async fn events(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let EventParameters {
        chat_id,
        cursor,
        wait,
        stream_id,
        stream_offset,
    } = Parameters::of(&request)?.read()?;
    let is_stream = sse::is_requested(&request);
    let resumed = last_event_id(&request).filter(|_| is_stream);
    let cursor = resumed
        .or(cursor)
        .map(|cursor| cursor.parse::<Cursor>())
        .transpose()
        .map_err(|_| WebChatError::InvalidCursor)?;
    match (chat_id, is_stream) {
        (Some(chat_id), false) => {
            let known = Known {
                cursor,
                stream: stream_id.map(|id| (id, stream_offset)),
            };
            long_poll::wait(&request, &api, chat_id, known, wait).await
        }
        (None, false) => Err(ApiError::invalid_parameter(
            "`chat_id` is missing; only a stream of events (`Accept: text/event-stream`) follows the list of chats",
        )),
        (chat_id, true) => {
            let visitor = api.session_visitor(&request).await?;
            let mut feed = Feed::new(&api, &request, VisitorReader::new(visitor)).await?;
            match chat_id {
                Some(chat_id) => feed.follow(&chat_id, cursor).await?,
                None => feed.follow_list(sse::HEARTBEAT.as_secs()).await?,
            }
            Ok(sse::respond(feed, place(&request)?))
        }
    }
}
