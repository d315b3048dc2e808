//! The server's routes, called without a network.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, Service};
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, web};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, poll_fn};
use unicom_auth::{Auth, SecretKey, SessionIdentity, protected};
use unicom_content::media::ObjectMediaStore;
use unicom_core::{Bots, admin::Extensions};
use unicom_db::Database;
use unicom_http::{
    Api, ApiError, Limits, UploadFolder,
    admin::admin_routes,
    admission::{Admission, admit},
    bot_replies::request_routes,
    json_errors,
    target::{AllowedHosts, allowed_hosts, plain_paths},
};
use unicom_matchers::Matchers;
use unicom_server::platforms;

use crate::requests::HOST;

/// The path at which the routes are mounted.
pub(crate) const BASE: &str = "/unicom";

/// The parts that the routes work with.
pub(crate) struct Parts {
    pub database: Database,
    pub media: Arc<ObjectMediaStore>,
    pub uploads: UploadFolder,
    pub admission: Admission,
    pub bots: Bots,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Returns `true` if the body is of this media type.
    pub fn has_type(&self, kind: &str) -> bool {
        let value = self.headers.get("content-type");
        value.is_some_and(|value| value.as_bytes().starts_with(kind.as_bytes()))
    }
}

/// The routes, as a function from a request to its response.
pub(crate) type Routes = Box<dyn Fn(TestRequest, Payload) -> LocalBoxFuture<'static, Answer>>;

/// Returns the platforms and matchers of the server, with these bots.
pub(crate) fn extensions(bots: Bots) -> Extensions {
    Extensions::default()
        .with_platforms(platforms())
        .with_bots(bots)
        .with_matchers(Matchers::default())
}

/// Builds the routes that `Server` mounts, in the same order, except those that report on the
/// process.
pub(crate) async fn routes(parts: &Parts) -> Routes {
    let key = "any secret that is long enough to be one, and nowhere else";
    let auth = Auth::new(
        parts.database.clone(),
        SecretKey::new(key).expect("the key is long enough"),
    )
    .with_admission(parts.admission.clone());
    let identity = Arc::new(SessionIdentity::new(&auth));
    let mut api = Api::new(parts.database.clone(), parts.media.clone(), identity, BASE);
    (api.limits, api.uploads) = (limits(), parts.uploads.clone());
    let extensions = extensions(parts.bots.clone());
    let hosts = AllowedHosts::listening_on([127, 0, 0, 1].into()).with(HOST);
    let requests = request_routes(api.clone(), platforms());
    let scope = unicom_http::webchat::scope(api)
        .configure(unicom_auth::ROUTES.configure)
        .service(admin_routes(extensions));
    let app = App::new()
        .app_data(web::Data::new(parts.admission.clone()))
        .app_data(web::Data::new(hosts.expect("it is a host")))
        .service(requests.wrap(from_fn(admit)))
        .service(protected(scope, &auth))
        .default_service(web::to(nothing_here))
        .wrap(from_fn(json_errors))
        .wrap(from_fn(plain_paths))
        .wrap(from_fn(allowed_hosts));
    let service = Rc::new(init_service(app).await);
    Box::new(move |request, payload| {
        let (request, _) = request.to_request().replace_payload(payload);
        let answering = service.call(request);
        async move {
            // Errors that no middleware turns into a response become one in actix.
            let response = match answering.await {
                Ok(answered) => answered.into_parts().1.map_into_boxed_body(),
                Err(error) => error.error_response(),
            };
            let (head, body) = response.into_parts();
            let mut answer = Answer {
                status: head.status().as_u16(),
                headers: head.headers().clone(),
                body: Bytes::new(),
            };
            answer.body = if answer.has_type("text/event-stream") {
                first_event(body).await
            } else {
                to_bytes(body).await.expect("a body is whole")
            };
            answer
        }
        .boxed_local()
    })
}

/// Returns the first piece of a stream of events, which does not end by itself.
async fn first_event(body: BoxBody) -> Bytes {
    let mut body = std::pin::pin!(body);
    let first = poll_fn(|context| body.as_mut().poll_next(context)).await;
    first.expect("an event").expect("a body is whole")
}

async fn nothing_here() -> Result<HttpResponse, ApiError> {
    Err(ApiError::not_found("no route matches this path"))
}

/// Small limits, so that small requests reach them.
fn limits() -> Limits {
    Limits {
        text: 512,
        body: 3 << 10,
        file: 4 << 10,
        user_quota: Some(16 << 10),
        ..Limits::default()
    }
}
