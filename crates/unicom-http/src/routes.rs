//! Which path leads to which handler. Every path answers with and without its trailing slash.

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{Resource, Scope, web};

use crate::{Api, json_errors};
use crate::{chat, chats, media, messages, send, upload};

/// The web chat's routes under `api.base_path`, to be mounted in an actix application.
///
/// The host wraps the scope in its session and its protection against cross-site requests, and may add services of
/// its own under the same path.
pub fn scope(
    api: Api,
) -> Scope<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    web::scope(&api.base_path.clone())
        .app_data(upload::form_config(api.limits))
        .app_data(web::Data::new(api))
        .wrap(private_headers())
        .wrap(from_fn(json_errors))
        .service(at("/webchat/send").route(web::post().to(send::send)))
        .service(
            at("/webchat/messages")
                .route(web::get().to(messages::messages))
                .route(web::head().to(messages::messages)),
        )
        .service(
            at("/webchat/chats")
                .route(web::get().to(chats::list))
                .route(web::head().to(chats::list))
                .route(web::post().to(chats::create)),
        )
        .service(
            at("/webchat/chat/{chat_id}")
                .route(web::patch().to(chat::update))
                .route(web::put().to(chat::update))
                .route(web::delete().to(chat::delete)),
        )
        .service(
            at("/webchat/chat/{chat_id}/delete")
                .route(web::delete().to(chat::delete))
                .route(web::post().to(chat::delete)),
        )
        .service(at("/webchat/chat/{chat_id}/read").route(web::post().to(chat::read)))
        .service(
            at("/media/{message_id}/{filename}")
                .route(web::get().to(media::media))
                .route(web::head().to(media::media)),
        )
}

/// What one visitor reads is no business of a cache.
pub(crate) fn private_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Cache-Control", "no-store"))
        .add(("X-Content-Type-Options", "nosniff"))
}

/// A resource at `path`, with and without its trailing slash.
pub fn at(path: &str) -> Resource {
    web::resource([path.to_owned(), format!("{path}/")])
}
