//! `POST webchat/button-click/`: a visitor clicks a button under a message.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use unicom_webchat::{WebChatError, click_button};
use utoipa::ToSchema;

use crate::openapi::Kind::{
    AccountBlocked, ButtonExpired, CsrfFailed, IdempotencyConflict, NoChannel, NotYourButton,
};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{Api, ApiError, read_json, respond};

/// A click on a button.
#[derive(Deserialize, ToSchema)]
#[schema(as = ButtonClick)]
struct ClickFields {
    /// The id of the button, as in the message's `interactive_buttons`.
    callback_execution_id: String,
}

/// Clicks a button
///
/// The click creates a message in the button's chat with the button's text, and a request that
/// gives the bot the button's `value`. Both are stored durably before the response is sent.
/// Repeated clicks store nothing more.
#[utoipa::path(
    post, path = "/webchat/button-click", operation_id = "click_button", tag = "webchat",
    request_body = ClickFields,
    responses(
        (status = 200, description = "Done, by this request or an earlier one", body = Success<Empty>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[AccountBlocked, CsrfFailed, ButtonExpired, NotYourButton, NoChannel, IdempotencyConflict]) }>,
    ),
)]
pub(crate) async fn click(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let ClickFields {
        callback_execution_id: id,
    } = read_json(&request, payload, api.limits.body).await?;
    // A visitor without a session has no buttons, so no session begins.
    let visitor = api.reader(&request).await?;
    api.database
        .write(move |tx| click_button(tx, &visitor, &id))
        .await
        .map_err(|error: WebChatError| ApiError::from(error))?;
    Ok(respond::ok(Empty {}))
}
