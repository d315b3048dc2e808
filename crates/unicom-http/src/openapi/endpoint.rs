//! `Description`: the route that serves the OpenAPI document.

use std::sync::{Arc, OnceLock};

use actix_web::http::header::{CACHE_CONTROL, ContentType, EntityTag, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use unicom_content::media::sha256_hex;

use super::{Document, Routes};
use crate::conditional::Precondition;
use crate::{respond, routes};

/// The document contains nothing personal, so a proxy may cache it. It only changes with the
/// program, and clients revalidate it with the tag. A new version may go unnoticed for these five
/// minutes.
const CACHED: &str = "public, max-age=300";

/// A document that is created on the first request. Cheap to clone; clones share the document.
#[derive(Clone)]
pub struct Description(Arc<Inner>);

struct Inner {
    make: Box<dyn Fn() -> Document + Send + Sync>,
    made: OnceLock<(web::Bytes, EntityTag)>,
}

impl Description {
    /// Creates a description whose document is created by `make`.
    pub fn new(make: impl Fn() -> Document + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            make: Box::new(make),
            made: OnceLock::new(),
        }))
    }

    /// Returns the scope that serves the document at `path`.
    pub fn scope(&self, path: &str) -> Scope {
        web::scope(path)
            .app_data(web::Data::new(self.clone()))
            .configure(Self::ROUTES.configure)
    }

    /// The route of [`Description::scope`], to be described under the same path.
    pub const ROUTES: Routes = routes! {
        self => [describe],
    };

    fn served(&self) -> &(web::Bytes, EntityTag) {
        self.0.made.get_or_init(|| {
            let text = (self.0.make)().into_json().to_string();
            // Reading from memory does not fail.
            let digest = sha256_hex(text.as_bytes()).unwrap_or_default();
            let tag = EntityTag::new_strong(digest);
            (text.into(), tag)
        })
    }
}

/// Returns this document
///
/// Describes the routes and their responses as OpenAPI 3.1.
#[utoipa::path(
    get, path = "", operation_id = "openapi", tag = "service",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the document the client has")),
    responses(
        (status = 200, description = "The document", body = Object, headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "Not modified: the client has the current version"),
    ),
)]
async fn describe(request: HttpRequest, description: web::Data<Description>) -> HttpResponse {
    let (bytes, tag) = description.served();
    let mut response = if Precondition::of(&request).has(tag) {
        respond::not_modified(tag.clone())
    } else {
        let response = HttpResponse::Ok()
            .content_type(ContentType::json())
            .body(bytes.clone());
        respond::tagged(response, Some(tag.clone()))
    };
    let cached = HeaderValue::from_static(CACHED);
    response.headers_mut().insert(CACHE_CONTROL, cached);
    response
}

impl std::fmt::Debug for Description {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Description").finish_non_exhaustive()
    }
}
