//! `hooks/{platform}/{channel_id}/`: the calls that the provider of a channel makes.
//!
//! The routes are outside sessions and their protection against cross-site requests: the platform
//! verifies that the provider made the call.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use unicom_core::inbound::{Applied, PlatformEvent, receive};
use unicom_core::platform::{
    Platform, WebhookCall, WebhookHandler, WebhookMethod, WebhookRefusal, WebhookReply,
};
use unicom_core::{CoreError, Platforms};
use unicom_db::lookups;
use unicom_models::{Channel, ChannelId};

use crate::admission::Admission;
use crate::body;
use crate::openapi::Kind::{Busy, InvalidBody, NotFound, RateLimited, RequestTimeout, TooLarge};
use crate::openapi::{ErrorResponses, Routes, error_kinds};
use crate::security_log::SecurityEvent;
use crate::unsessioned::unsessioned_scope;
use crate::{Api, ApiError, ids, routes};

/// When the provider of an inactive channel may call again.
const INACTIVE_RETRY: Duration = Duration::from_secs(600);

/// The routes that [`webhook_routes`] mounts, for the OpenAPI document.
pub const WEBHOOKS: Routes = routes! {
    self => [call],
};

/// Creates the routes under `api.base_path` that providers call, for all platforms that have a
/// [`WebhookHandler`]. Mount them before [`scope`](crate::webchat::scope), outside its session.
pub fn webhook_routes(
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
    unsessioned_scope(&webhook_path(&api.base_path), api, platforms, &WEBHOOKS)
}

/// Returns the path at which [`webhook_routes`] are mounted.
pub fn webhook_path(base_path: &str) -> String {
    format!("{base_path}/hooks")
}

/// Receives a call of a channel's provider
///
/// Authorised by what the platform of the channel verifies, such as a signature. A call that is not
/// proven to come from the provider gets the response of an unknown channel. Everything that the
/// call reports is stored before the response, or nothing is; what the provider repeats is stored
/// once.
#[utoipa::path(
    method(get, post), path = "/{platform}/{channel_id}", operation_id = "call_webhook",
    tag = "webhooks",
    params(
        ("platform" = String, Path, description = "The platform of the channel in lower case"),
        ("channel_id" = ChannelId, Path, description = "The channel"),
    ),
    responses(
        (
            status = 200, description = "Stored. The body is what the provider expects, if anything",
            body = String, content_type = "*/*",
        ),
        ErrorResponses<{
            error_kinds(&[NotFound, InvalidBody, TooLarge, RequestTimeout, RateLimited, Busy])
        }>,
    ),
)]
async fn call(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
    platforms: web::Data<Platforms>,
) -> Result<HttpResponse, ApiError> {
    let (platform, id) = path.into_inner();
    let platform = platforms.with_webhook_at(&platform).ok_or_else(unknown)?;
    let limit = platform.webhook().map_or(0, WebhookHandler::body_limit);
    // Read before the channel, so that unknown channels are answered like known ones.
    let body = body::read(&request, payload, limit).await?;
    let id: ChannelId = id.parse().map_err(|_| unknown())?;
    let channel = api
        .database
        .read(move |db| lookups::channel(db, id))
        .await?;
    let channel = channel.filter(|channel| channel.platform == platform.kind());
    let channel = channel.ok_or_else(unknown)?;
    let said = as_call(&request, body)?;
    let read = read(Arc::clone(platform), channel.clone(), said).await?;
    if matches!(read, Err(WebhookRefusal::Unproven)) {
        let refused = SecurityEvent::refused("webhook.unproven");
        refused.with("channel_id", id).write(&request);
        return Err(unknown());
    }
    // Counted only if it comes from the provider: no other caller can use up the channel's rate.
    if let Some(admission) = request.app_data::<web::Data<Admission>>() {
        admission.check_webhook(id)?;
    }
    if !channel.active {
        return Err(inactive());
    }
    match read {
        Ok(WebhookReply::Text(text)) => Ok(HttpResponse::Ok()
            .content_type(ContentType::plaintext())
            .body(text)),
        Ok(WebhookReply::Events { events, answer, .. }) => {
            store(&api, id, events).await?;
            Ok(match answer {
                Some(answer) => HttpResponse::Ok().json(answer),
                None => HttpResponse::Ok().finish(),
            })
        }
        Ok(_) => Err(ApiError::unexpected(
            "a webhook has an unknown kind of reply",
        )),
        Err(refusal) => {
            let reason = platforms.quote(&refusal.to_string(), &channel);
            Err(malformed(id, &reason))
        }
    }
}

/// Converts a request to a call without the types of the HTTP framework.
fn as_call(request: &HttpRequest, body: web::Bytes) -> Result<WebhookCall, ApiError> {
    let method = match *request.method() {
        Method::POST => WebhookMethod::Post,
        _ => WebhookMethod::Get,
    };
    let query = serde_urlencoded::from_str(request.query_string()).map_err(|_| unknown())?;
    let call = WebhookCall::new(method, body).with_query(query);
    let headers = request.headers().iter();
    Ok(headers.fold(call, |call, (name, value)| {
        call.with_header(name.as_str(), value.as_bytes().to_vec())
    }))
}

/// Lets the platform read the call, on a thread where it may take its time.
async fn read(
    platform: Arc<dyn Platform>,
    channel: Channel,
    call: WebhookCall,
) -> Result<Result<WebhookReply, WebhookRefusal>, ApiError> {
    let kind = platform.kind();
    let read = web::block(move || match platform.webhook() {
        Some(handler) => handler.read(&channel, &call),
        None => Err(WebhookRefusal::Unproven),
    });
    read.await
        .map_err(|_| ApiError::unexpected(format!("the webhook of platform `{kind}` panicked")))
}

/// Stores the events of a call in one transaction.
async fn store(api: &Api, id: ChannelId, events: Vec<PlatformEvent>) -> Result<(), ApiError> {
    if events.is_empty() {
        return Ok(());
    }
    let stored = api.database.write(move |tx| -> Result<(), CoreError> {
        // The channel may have changed since the call was read.
        let channel = lookups::channel(tx, id)?.ok_or(CoreError::ChannelNotFound(id))?;
        for event in events {
            if let Applied::Refused(refusal) = receive(tx, &channel, event)? {
                log::debug!("channel {id}: an event of its provider was refused: {refusal}");
            }
        }
        Ok(())
    });
    stored.await.map_err(|error| match error {
        CoreError::ChannelNotFound(_) => unknown(),
        CoreError::ChannelInactive(_) => inactive(),
        CoreError::Db(error) => error.into(),
        error => malformed(id, &error.to_string()),
    })
}

/// Returns the error for a call that is not proven to come from the provider of a channel.
fn unknown() -> ApiError {
    ids::missing("webhook")
}

fn inactive() -> ApiError {
    ApiError::busy_because("this channel is not active").retry_after(INACTIVE_RETRY)
}

/// Logs why a call was refused, which may repeat what it contains, and returns the error for it.
fn malformed(id: ChannelId, reason: &str) -> ApiError {
    log::warn!("channel {id}: a call of its provider was refused: {reason}");
    ApiError::invalid_body("the call cannot be read")
}
