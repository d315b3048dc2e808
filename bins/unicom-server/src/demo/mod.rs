//! [`DemoPage`]: the page of `unicom quickstart` that shows the chat and says how to get it onto
//! another page.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, Resource, web};

/// What the page may load: its own files, the chat's, and what visitors attach. The chat needs no
/// inline style or script, and no HTML from text (Trusted Types).
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data: blob:; media-src 'self' blob:; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
];

/// A page at `/`, and its style and script beside it.
#[derive(Debug, Clone)]
pub(crate) struct DemoPage {
    html: web::Bytes,
}

impl DemoPage {
    /// Creates the page of a server whose routes are under `base_path`.
    pub fn new(base_path: &str) -> Self {
        let html = include_str!("page.html").replace("{base}", &escaped(base_path));
        Self { html: html.into() }
    }

    /// Returns the routes.
    pub fn resources(&self) -> [Resource; 3] {
        let html = self.html.clone();
        let style = web::Bytes::from_static(include_bytes!("page.css"));
        let script = web::Bytes::from_static(include_bytes!("page.js"));
        [
            file("/", "text/html; charset=utf-8", html),
            file("/demo.css", "text/css; charset=utf-8", style),
            file("/demo.js", "text/javascript; charset=utf-8", script),
        ]
    }
}

fn file(path: &str, content_type: &'static str, content: web::Bytes) -> Resource {
    let respond = move || {
        let mut response = HttpResponse::Ok().body(content.clone());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        for (name, value) in HEADERS {
            headers.insert(name, value);
        }
        std::future::ready(response)
    };
    web::resource(path)
        .route(web::get().to(respond.clone()))
        .route(web::head().to(respond))
}

/// Returns the text for an attribute or the content of an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
