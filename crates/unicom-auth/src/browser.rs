//! The `User-Agent` of the browser that logged in, stored with the session so that the user
//! recognizes it.

use actix_session::Session;
use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use serde_json::Value;
use unicom_http::ApiError;

/// The key of the user agent in the session state.
const BROWSER: &str = "user_agent";

/// Maximum length of a stored user agent, in characters.
const LONGEST_BROWSER: usize = 200;

/// Stores the `User-Agent` of the request in a session that begins.
pub(crate) fn keep_browser(request: &HttpRequest, session: &Session) -> Result<(), ApiError> {
    let named = request.headers().get(USER_AGENT);
    // A header with non-ASCII characters is ignored.
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

/// Returns the user agent in a stored session state, whose values are JSON in strings.
pub(crate) fn browser_in(state: &Value) -> Option<String> {
    serde_json::from_str(state.get(BROWSER)?.as_str()?).ok()
}
