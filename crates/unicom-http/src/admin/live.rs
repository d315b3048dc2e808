//! `admin/ws/` and `admin/events/`: an admin is told what changes in all chats.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use unicom_models::ChatId;
use unicom_webchat::Cursor;

use super::admin_request::AdminRequest;
use crate::live::staff::{StaffCommand, StaffFrame, open_socket, open_stream};
use crate::live::{is_stream_requested, last_event_id};
use crate::openapi::Kind::{
    Busy, ChatNotFound, CsrfFailed, InsufficientScope, InvalidCursor, InvalidParameter,
    UpgradeRequired,
};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::Parameters;
use crate::{ApiError, ids};

/// What a stream of events follows.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct EventParameters {
    /// The chat; by default, the list of chats
    chat_id: Option<ChatId>,
    /// The `cursor` of the chat's messages or of an earlier event; by default, changes from now on
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Opens a WebSocket for an admin
///
/// With the subprotocol `unicom.v1`, or none. The server sends `StaffLiveFrame`s and those
/// `LiveFrame`s that it does not replace, and takes `StaffLiveCommand`s. The first frame is `hello`
/// with the first page of all chats; rows that change follow as `chat`. What changes in a chat is
/// sent after `subscribe`. Close codes are those of the visitors' WebSocket.
#[utoipa::path(
    get, path = "/ws", operation_id = "open_staff_socket", tag = "chats",
    responses(
        (status = 101, description = "The connection is a WebSocket that carries these", content(
            (StaffFrame = "application/json"),
            (StaffCommand = "application/json"),
        )),
        ErrorResponses<{ error_kinds(&[InvalidParameter, CsrfFailed, InsufficientScope, UpgradeRequired, Busy]) }>,
    ),
)]
pub(super) async fn socket(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let AdminRequest {
        admin, api, http, ..
    } = request;
    open_socket(&http, payload, &api, admin).await
}

/// Streams what changes to an admin
///
/// Server-Sent Events, for `Accept: text/event-stream`: `changes`, `reset`, `chat_gone` and
/// `typing` of the chat, or, without `chat_id`, `hello`, `chat`, `chat_gone` and `presence` for the
/// list of chats. The `id` of an event is the cursor after it, and `Last-Event-ID` resumes.
#[utoipa::path(
    get, path = "/events", operation_id = "stream_staff_events", tag = "chats",
    params(
        EventParameters,
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that the client has, instead of `cursor`"),
    ),
    responses(
        (status = 200, description = "What changes", content((StaffFrame = "text/event-stream"))),
        ErrorResponses<{ error_kinds(&[InvalidParameter, InvalidCursor, ChatNotFound, Busy]) }>,
    ),
)]
pub(super) async fn events(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let AdminRequest {
        admin, api, http, ..
    } = request;
    let EventParameters { chat_id, cursor } = Parameters::of(&http)?.read()?;
    if !is_stream_requested(&http) {
        return Err(ApiError::invalid_parameter(
            "this path only streams events: send `Accept: text/event-stream`",
        ));
    }
    let chat_id = chat_id.map(|id| ids::chat_id(id.as_str().to_owned()));
    let cursor = last_event_id(&http)
        .or(cursor)
        .map(|cursor| cursor.parse::<Cursor>())
        .transpose()
        .map_err(|error| ApiError::invalid_cursor(format!("`cursor`: {error}")))?;
    open_stream(&http, &api, admin, chat_id.transpose()?, cursor).await
}
