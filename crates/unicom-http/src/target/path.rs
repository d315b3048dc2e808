//! `plain_paths`: the middleware that refuses paths with needlessly percent-encoded characters.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::ApiError;
use crate::admission::count_refusal;

/// Middleware that refuses a path in which an unreserved character (RFC 3986, 2.3) is
/// percent-encoded.
///
/// Such paths are equivalent to the plain ones, and actix routes them accordingly, but code that
/// compares the text treats them as different: the route pattern in metrics and logs, or a proxy's
/// rule for a prefix. No client needs to send them, since encoders leave these characters alone.
/// Characters that must be encoded, such as spaces, slashes within an id and anything outside
/// ASCII, stay allowed. A refused request counts as a request of its address.
///
/// # Errors
/// [`ApiError::invalid_path`], [`ApiError::rate_limited`].
pub async fn plain_paths(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if let Some(character) = encoded_unreserved(request.uri().path()) {
        let refused = ApiError::invalid_path(format!(
            "the path must have `{character}` as it is, without percent-encoding"
        ));
        return Err(count_refusal(request.request(), refused).into());
    }
    next.call(request).await
}

/// Returns the first unreserved character that is percent-encoded in the path.
fn encoded_unreserved(path: &str) -> Option<char> {
    let encoded = path.split('%').skip(1).filter_map(|rest| {
        let digits = rest.get(..2)?;
        // `from_str_radix` would accept a sign.
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        Some(char::from(byte))
    });
    let is_unreserved = |c: &char| c.is_ascii_alphanumeric() || "-._~".contains(*c);
    encoded.into_iter().find(is_unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_unreserved_character_is_found() {
        for (path, found) in [
            ("/unicom/auth/%6cogin", 'l'),
            ("/unicom/auth/%6Cogin", 'l'),
            ("/%ff%41", 'A'),
            ("/%2f%2e%2e", '.'),
            ("/%%6c", 'l'),
            ("/%25%7E", '~'),
            ("/x%30", '0'),
            ("/a%2Db", '-'),
            ("/a%5fb", '_'),
        ] {
            assert_eq!(encoded_unreserved(path), Some(found), "{path}");
        }
    }

    #[test]
    fn necessary_or_invalid_encoding_is_ignored() {
        for path in [
            "/",
            "/plain-._~09",
            "/%256c",
            "/..%2f..",
            "/%00%ff%7f",
            "/%F0%9F%98%80",
            "/%c0%ae",
            "/%",
            "/%6",
            "/%+6",
            "/%zz",
            "/%é6c",
        ] {
            assert_eq!(encoded_unreserved(path), None, "{path}");
        }
    }
}
