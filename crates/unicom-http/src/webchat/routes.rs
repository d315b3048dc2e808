//! Assigns paths to handlers. Every path works with and without its trailing slash.

use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{Scope, web};

use super::{
    button_click, chat, chats, claims, endings, media, message, messages, send, stream, transcript,
    unread,
};
use crate::live::{component_socket, events, socket};
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
    endings => [end],
    endings => [rate],
    transcript => [transcript],
    claims => [set],
    media => [media],
};

/// The socket for the web components of django-unicom, which [`component_scope`] mounts.
pub const COMPONENT: Routes = routes! {
    component_socket => [component_socket],
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
    let described = base.clone();
    let description = Description::new(move || {
        Document::default()
            .with(&described, VISITORS, RequestContext::default())
            .with(
                &format!("{described}{DOCUMENT}"),
                Description::ROUTES,
                RequestContext::default(),
            )
    });
    visitor_scope(&base, api)
        .service(description.scope(DOCUMENT))
        .configure(VISITORS.configure)
}

/// Returns the route of the WebSocket that the web components of django-unicom open, at
/// [`component_path`], to be mounted in an actix application beside [`scope`] and wrapped in the
/// same session. Only hosts whose pages have these components need it.
///
/// ```
/// use actix_web::App;
/// use unicom_http::Api;
/// use unicom_http::webchat::{component_scope, scope};
///
/// fn routes(api: Api) {
///     let app = App::new().service(component_scope(api.clone())).service(scope(api));
/// #   drop(app);
/// }
/// ```
pub fn component_scope(
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
    visitor_scope(&component_path(&api.base_path), api).configure(COMPONENT.configure)
}

/// Returns the path at which [`component_scope`] is mounted: `/ws/unicom` for the base path
/// `/unicom`.
pub fn component_path(base_path: &str) -> String {
    format!("/ws{base_path}")
}

/// Returns a scope at `path` for requests of visitors.
fn visitor_scope(
    path: &str,
    api: Api,
) -> Scope<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let database = api.database.clone();
    web::scope(path)
        .app_data(web::Data::new(api))
        .wrap(private_headers())
        .wrap(from_fn(json_errors))
        .wrap_fn(move |request, next| {
            Arrival::note(&request, database.now());
            next.call(request)
        })
}

/// Returns headers that keep caches from storing personal responses.
pub(crate) fn private_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Cache-Control", "no-store"))
        .add(("X-Content-Type-Options", "nosniff"))
}
