//! `POST requests/{id}/reply/`: the deferred reply of a bot, authorised by the request's token.
//!
//! The route is outside sessions and their protection against cross-site requests: it only checks
//! the token.

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use serde::Serialize;
use serde_json::Value;
use unicom_content::replies::{ReplyBody, outcome_from_json};
use unicom_core::{
    CoreError, OutgoingMessage, Platforms,
    replies::{answer_request, open_request},
};
use unicom_db::queries::message_status::Statuses;
use unicom_models::{ChatId, RequestId, VisibleMessage};
use utoipa::ToSchema;

use crate::body::read_json_uncounted;
use crate::file_urls::FileUrls;
use crate::json::MessageJson;
use crate::openapi::Kind::{Busy, Conflict, NotFound, RequestEnded, StorageFull};
use crate::openapi::{ErrorResponses, JSON_BODY, Routes, error_kinds};
use crate::respond::Success;
use crate::unsessioned::unsessioned_scope;
use crate::upload::delete_files;
use crate::{Api, ApiError, bearer_token, ids, respond, routes, security_log::SecurityEvent};

/// Maximum size of a reply body in bytes. A file of 20 MiB grows by a third in JSON.
const LONGEST: usize = 30 << 20;

/// The routes that [`request_routes`] mounts, for the OpenAPI document.
pub const REQUESTS: Routes = routes! {
    self => [reply],
};

/// Creates the routes under `api.base_path` through which bots answer requests. Mount them before
/// [`scope`](crate::webchat::scope), outside its session.
pub fn request_routes(
    api: Api,
    platforms: Platforms,
) -> Scope<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    unsessioned_scope(&request_path(&api.base_path), api, platforms, &REQUESTS)
}

/// Returns the path at which [`request_routes`] are mounted.
pub fn request_path(base_path: &str) -> String {
    format!("{base_path}/requests")
}

/// The stored messages.
#[derive(Serialize, ToSchema)]
struct Replied<'a> {
    messages: Vec<MessageJson<'a>>,
}

/// Answers a request
///
/// Authorised by the request's token. Stores the replies and completes the request, once; an empty
/// list of replies also completes it. With `hand_over`, a person goes on after the replies, and the
/// request waits for the person. Accepts up to 30 MiB of JSON. Unlike elsewhere, an unknown
/// field is refused.
#[utoipa::path(
    post, path = "/{id}/reply", operation_id = "reply_to_request", tag = "requests",
    params(("id" = RequestId, Path, description = "The request")), request_body = ReplyBody,
    responses(
        (status = 200, description = "Stored in the chat, the request completed", body = Success<Replied>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[NotFound, Conflict, RequestEnded, Busy, StorageFull]) }>,
    ),
)]
async fn reply(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
    platforms: web::Data<Platforms>,
) -> Result<HttpResponse, ApiError> {
    let id: RequestId = ids::parsed("request", &path)?;
    let token = bearer_token(request.headers()).ok_or_else(|| ids::missing("request"))?;
    let token = token.to_owned();
    // The token is checked before the body, which may be large, is read.
    api.database
        .read({
            let token = token.clone();
            move |db| open_request(db, id, &token)
        })
        .await
        .inspect_err(|error| {
            if matches!(error, CoreError::RequestNotFound(_)) {
                SecurityEvent::refused("auth.reply_token_refused")
                    .with("id", id)
                    .write(&request);
            }
        })?;
    // Not counted by address: the token shows that this is one of the operator's bots, which may
    // answer with files.
    let body: Value = read_json_uncounted(&request, payload, LONGEST).await?;
    let outcome = outcome_from_json(&*api.media, &body).await?;
    let files = files_of(&outcome.replies);
    let stored = api
        .database
        .write(move |tx| answer_request(tx, &platforms, id, &token, outcome))
        .await;
    // After a database error the replies may have been stored nevertheless, so their files stay.
    if matches!(&stored, Err(error) if !matches!(error, CoreError::Db(_))) {
        delete_files(&api, files).await;
    }
    let stored = stored.map_err(ApiError::not_sent)?.into_iter();
    let stored: Vec<(ChatId, VisibleMessage)> = stored
        .map(|message| (message.chat_id.clone(), message.into()))
        .collect();
    let statuses = Statuses::of_new(None);
    let urls = FileUrls::of_program(&api);
    let messages = stored
        .iter()
        .map(|(chat_id, message)| MessageJson::new(&urls, chat_id, message, &[], &statuses))
        .collect();
    Ok(respond::ok(Replied { messages }))
}

fn files_of(replies: &[OutgoingMessage]) -> Vec<String> {
    let files = replies.iter().filter_map(|reply| reply.media.as_ref());
    files.map(|(_, media)| media.key.clone()).collect()
}
