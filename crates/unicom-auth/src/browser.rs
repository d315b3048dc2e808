//! The `User-Agent` of the browser that logged in, stored with the session so that the user
//! recognizes it.

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use serde_json::Value;

/// Maximum length of a stored user agent, in characters.
const LONGEST_BROWSER: usize = 200;

/// Returns the `User-Agent` of the request, or `None` if it is missing, empty or not ASCII.
pub(crate) fn user_agent(request: &HttpRequest) -> Option<String> {
    let named = request.headers().get(USER_AGENT)?.to_str().ok()?;
    let printable = named.chars().filter(|c| !c.is_control());
    let browser: String = printable.take(LONGEST_BROWSER).collect();
    (!browser.is_empty()).then_some(browser)
}

/// Returns the user agent in the stored state of a session.
pub(crate) fn browser_in(state: &Value) -> Option<String> {
    Some(state.get("user_agent")?.as_str()?.to_owned())
}
