//! Assigns paths to handlers. Every path works with and without its trailing slash.

use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{Scope, web};

use super::{button_click, chat, chats, media, message, messages, send, stream, unread};
use crate::live::{events, socket};
use crate::multipart;
use crate::openapi::{Description, Document, RequestContext, Routes};
use crate::{Api, Arrival, json_errors, routes};

/// The path of the OpenAPI document, under the base path.
pub const DOCUMENT: &str = "/openapi.json";

/// The web chat's routes, which [`scope`] mounts.
pub const VISITORS: Routes = routes! {
    send => [send],
    button_click => [click],
    messages => [messages],
    unread => [unread],
    message => [edit, delete],
    events => [events],
    socket => [socket],
    stream => [stop],
    chats => [list, create],
    chat => [update, delete],
    chat => [delete_at],
    chat => [read],
    media => [media],
};

/// Returns the web chat's routes under `api.base_path`, to be mounted in an actix application.
///
/// The host wraps the scope in its session and its protection against cross-site requests, and may
/// add other services under the same path. [`DOCUMENT`] describes these routes; a host that
/// describes more under the same path mounts another [`Description`] before this scope.
///
/// ```
/// use std::sync::Arc;
///
/// use actix_web::{App, web};
/// use unicom_content::media::ObjectMediaStore;
/// use unicom_core::Platforms;
/// use unicom_http::bot_replies::request_routes;
/// use unicom_http::{Api, IdentityProvider, webchat::scope};
/// use unicom_webchat::WebChat;
///
/// fn routes(database: unicom_db::Database, shop: impl IdentityProvider) {
///     let media = Arc::new(ObjectMediaStore::in_memory());
///     let mut api = Api::new(database, media, Arc::new(shop), "/support/chat");
///     api.limits.file = 5 << 20;
///     let app = App::new()
///         .service(request_routes(api.clone(), Platforms::default().with(WebChat)))
///         .service(scope(api))
///         .route("/", web::get().to(async || "The shop"));
/// #   drop(app);
/// }
/// ```
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
    let base = api.base_path.clone();
    let uploads = api.uploads.config();
    let database = api.database.clone();
    let description = Description::new(move || {
        Document::default()
            .with(&base, VISITORS, RequestContext::default())
            .with(
                &format!("{base}{DOCUMENT}"),
                Description::ROUTES,
                RequestContext::default(),
            )
    });
    web::scope(&api.base_path.clone())
        .app_data(multipart::form_config(api.limits))
        .app_data(uploads)
        .app_data(web::Data::new(api))
        .wrap(private_headers())
        .wrap(from_fn(json_errors))
        .wrap_fn(move |request, next| {
            Arrival::note(&request, database.now());
            next.call(request)
        })
        .service(description.scope(DOCUMENT))
        .configure(VISITORS.configure)
}

/// Returns headers that keep caches from storing personal responses.
pub(crate) fn private_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Cache-Control", "no-store"))
        .add(("X-Content-Type-Options", "nosniff"))
}
