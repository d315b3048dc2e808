//! `POST requests/{id}/reply/`: the answer of a bot that said it would come later, by the request's own token.
//!
//! It stands outside sessions and their protection against cross-site requests: the token is all that counts.

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use serde_json::json;
use unicom_core::{
    CoreError, OutgoingMessage, Platforms, answer_request, open_request, replies_from_json,
};
use unicom_models::{ChatId, RequestId, VisibleMessage};

use crate::json::MessageJson;
use crate::routes::{at, private_headers};
use crate::upload::delete_files;
use crate::{Api, ApiError, bearer_token, ids, json_errors, read_json, respond};

/// Bytes of an answer at the most: a file of 20 MiB grows by a third in JSON.
const LONGEST: usize = 30 << 20;

/// The routes under `api.base_path` by which requests are answered, to be mounted in front of
/// [`scope`](crate::scope), outside its session.
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
    web::scope(&format!("{}/requests", api.base_path))
        .app_data(web::Data::new(api))
        .app_data(web::Data::new(platforms))
        .wrap(private_headers())
        .wrap(from_fn(json_errors))
        .service(at("/{id}/reply").route(web::post().to(reply)))
}

/// Stores the replies and completes the request, once.
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
    // Before the body, which may be large, is read from whoever has no business here.
    api.database
        .read({
            let token = token.clone();
            move |db| open_request(db, id, &token)
        })
        .await?;
    let body = read_json(&request, payload, LONGEST).await?.into_value();
    let replies = replies_from_json(&*api.media, &body).await?;
    let files = files_of(&replies);
    let stored = api
        .database
        .write(move |tx| answer_request(tx, &platforms, id, &token, replies))
        .await;
    // Where the database failed, the answer may have been stored all the same.
    if matches!(&stored, Err(error) if !matches!(error, CoreError::Db(_))) {
        delete_files(&api, files).await;
    }
    let stored = stored.map_err(ApiError::not_sent)?.into_iter();
    let stored: Vec<(ChatId, VisibleMessage)> = stored
        .map(|message| (message.chat_id.clone(), message.into()))
        .collect();
    let messages: Vec<_> = stored
        .iter()
        .map(|(chat_id, message)| MessageJson::new(&api, chat_id, message))
        .collect();
    Ok(respond::ok(json!({ "messages": messages })))
}

fn files_of(replies: &[OutgoingMessage]) -> Vec<String> {
    let files = replies.iter().filter_map(|reply| reply.media.as_ref());
    files.map(|(_, media)| media.key.clone()).collect()
}
