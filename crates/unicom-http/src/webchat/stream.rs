//! `POST webchat/stream/{stream_id}/stop/`: a visitor stops a reply that a bot is writing.

use actix_web::{HttpRequest, HttpResponse, web};
use unicom_models::MessageId;
use unicom_webchat::{WebChatError, stop_stream};

use crate::openapi::Kind::{AccountBlocked, NotFound};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::respond::{Empty, Success};
use crate::{Api, ApiError, ids, respond};

/// Stops a reply
///
/// Stops a reply that a bot is writing in one of the visitor's chats. The text so far becomes the
/// reply. If the bot has just finished, nothing happens.
#[utoipa::path(
    post, path = "/webchat/stream/{stream_id}/stop", operation_id = "stop_stream", tag = "webchat",
    params(("stream_id" = MessageId, Path, description = "The `stream_id` of the frames that tell the reply")),
    responses(
        (status = 200, description = "The bot is told", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[AccountBlocked, NotFound]) }>,
    ),
)]
pub(crate) async fn stop(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let id = ids::message_id(&path)?;
    let visitor = api.reader(&request).await?;
    api.database
        .write(move |tx| stop_stream(tx, &visitor, id))
        .await
        .map_err(|error: WebChatError| ApiError::from(error))?;
    Ok(respond::ok(Empty {}))
}
