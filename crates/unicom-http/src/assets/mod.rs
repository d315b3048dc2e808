//! The files of the web chat's widget, for the pages of a site.
//!
//! They are the same for all visitors and may be cached, so they are served before sessions
//! and CSRF tokens, which would set cookies and forbid caching.
//!
//! | path | |
//! | --- | --- |
//! | `{base}/widget.js` | the script that pages include; cached for five minutes |
//! | `{base}/assets/{version}/{name}` | a file that the script loads; cached for a year |
//!
//! `version` is the beginning of the hash of the content, so a new file has a new address. Another
//! `version` than the current one returns the current file, uncached: a page that was loaded before
//! an update, or from another process during one, goes on.

mod encoding;
mod source;

use std::path::PathBuf;

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CROSS_ORIGIN_RESOURCE_POLICY,
    EntityTag, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, Resource, web};

use crate::conditional::Precondition;
use crate::{ApiError, respond};
use encoding::Encoding;
use source::{Found, Source};

/// The script's address stays the same, so a new version is noticed after five minutes.
const SCRIPT: &str = "public, max-age=300, stale-while-revalidate=86400";

/// The address of a file names its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The client asks each time.
const ASK: &str = "no-cache";

/// The number of hexadecimal digits of a file's hash in its address.
const VERSION_LENGTH: usize = 8;

/// The files of the widget, and where they come from.
#[derive(Debug, Clone)]
pub struct Assets(Source);

impl Assets {
    /// The files that are part of the program.
    #[must_use]
    pub fn embedded() -> Self {
        Self(Source::Embedded)
    }

    /// The files of a folder, read for each request and never cached: for work on them.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self(Source::Folder(folder))
    }

    /// Returns the routes under `base_path`, such as `/unicom`: the script and the other files.
    ///
    /// Register them before a scope with the same base path, which would hide them.
    pub fn resources(&self, base_path: &str) -> [Resource; 2] {
        let at = |path: &str| {
            web::resource(format!("{base_path}{path}")).app_data(web::Data::new(self.clone()))
        };
        [
            at("/widget.js")
                .route(web::get().to(script))
                .route(web::head().to(script)),
            at("/assets/{version}/{name}")
                .route(web::get().to(file))
                .route(web::head().to(file)),
        ]
    }
}

async fn script(request: HttpRequest, assets: web::Data<Assets>) -> Result<HttpResponse, ApiError> {
    respond(&request, &assets, "widget.js", |_| SCRIPT).await
}

async fn file(
    request: HttpRequest,
    assets: web::Data<Assets>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (version, name) = path.into_inner();
    let cache = |found: &Found| {
        if found.hash.get(..VERSION_LENGTH) == Some(&version) {
            FOREVER
        } else {
            ASK
        }
    };
    respond(&request, &assets, &name, cache).await
}

/// Returns the file in the best encoding that the client accepts. `cache` is for the files of the
/// program; those of a folder change.
async fn respond(
    request: &HttpRequest,
    assets: &Assets,
    name: &str,
    cache: impl Fn(&Found) -> &'static str,
) -> Result<HttpResponse, ApiError> {
    let encoding = Encoding::accepted(request);
    let found = assets.0.find(name, encoding).await?;
    let found = found.ok_or_else(|| ApiError::not_found("there is no such file"))?;
    let tag = EntityTag::new_strong(format!("{}{}", found.hash, found.encoding.suffix()));
    let cached = match assets.0 {
        Source::Embedded => cache(&found),
        Source::Folder(_) => ASK,
    };
    let mut response = if Precondition::of(request).has(&tag) {
        respond::not_modified(tag)
    } else {
        let response = HttpResponse::Ok()
            .content_type(found.content_type)
            .body(found.content);
        respond::tagged(response, Some(tag))
    };
    let headers = response.headers_mut();
    if let Some(coding) = found.encoding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    for (name, value) in [
        (CACHE_CONTROL, cached),
        (VARY, "accept-encoding"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Pages of other sites load the files as modules, also pages that are isolated from other
        // origins (`Cross-Origin-Embedder-Policy`).
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
