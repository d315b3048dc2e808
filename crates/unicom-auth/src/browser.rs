//! What a browser calls itself, kept with a session so that its user recognizes it.

use actix_session::Session;
use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use serde_json::Value;
use unicom_http::ApiError;

/// Where a session's state keeps the browser that logged in.
const BROWSER: &str = "user_agent";

/// Characters of a browser's name that are kept.
const LONGEST_BROWSER: usize = 200;

/// Keeps with a session that begins what the browser calls itself, so that its user knows it again.
pub(crate) fn keep_browser(request: &HttpRequest, session: &Session) -> Result<(), ApiError> {
    let named = request.headers().get(USER_AGENT);
    // A header with other characters than those of ASCII is left out.
    let named = named
        .and_then(|named| named.to_str().ok())
        .unwrap_or_default();
    let printable = named.chars().filter(|c| !c.is_control());
    let browser: String = printable.take(LONGEST_BROWSER).collect();
    if browser.is_empty() {
        return Ok(());
    }
    session
        .insert(BROWSER, browser)
        .map_err(ApiError::unexpected)
}

/// Returns what a stored session's state says of the browser that logged in. Each value there is JSON in a string.
pub(crate) fn browser_in(state: &Value) -> Option<String> {
    serde_json::from_str(state.get(BROWSER)?.as_str()?).ok()
}
