//! Decides whether a redirect may be followed, and where it leads.

use url::Url;

use crate::OutboundError;

/// Maximum number of redirects per call.
pub(crate) const MOST_REDIRECTS: usize = 3;

/// Returns the next address for a response with a status from 300 to 399. The caller must still
/// check whether it may be called.
///
/// `followed` is the number of redirects before this one.
///
/// # Errors
/// [`OutboundError::Refused`].
pub(crate) fn next_hop(
    from: &Url,
    status: u16,
    location: Option<&str>,
    followed: usize,
) -> Result<Url, OutboundError> {
    let refuse = |reason: String| Err(OutboundError::Refused { reason });
    // Other statuses change the POST to a GET, or are not redirects.
    if !matches!(status, 307 | 308) {
        return refuse(format!(
            "it redirects with status {status}: only 307 and 308 are followed, which keep the POST"
        ));
    }
    if followed >= MOST_REDIRECTS {
        return refuse(format!("it redirects more than {MOST_REDIRECTS} times"));
    }
    let Some(next) = location.and_then(|location| from.join(location).ok()) else {
        return refuse(format!(
            "it redirects with status {status} without a location"
        ));
    };
    // The request is meant for the configured address: that of a webhook contains the token to
    // answer with.
    if next.origin() != from.origin() {
        return refuse(format!(
            "it redirects to another origin, `{}`: only redirects within one are followed",
            next.origin().ascii_serialization()
        ));
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::next_hop;

    #[test]
    fn only_redirects_that_keep_method_and_origin_are_followed() {
        let from = |url: &str| Url::parse(url).unwrap();
        let plain = from("http://example.org/a/b");
        let secure = from("https://example.org/a/b");
        for (from, status, location, followed, expected) in [
            (&plain, 307, Some("c"), 0, Some("http://example.org/a/c")),
            (&plain, 308, Some("/c"), 2, Some("http://example.org/c")),
            (
                &secure,
                307,
                Some("https://example.org:443/c"),
                0,
                Some("https://example.org/c"),
            ),
            (&plain, 307, Some("https://example.org/"), 0, None),
            (&plain, 307, Some("http://example.org:8080/"), 0, None),
            (&plain, 307, Some("http://www.example.org/"), 0, None),
            (&secure, 307, Some("//example.net/"), 0, None),
            (&secure, 307, Some("http://example.org/"), 0, None),
            (&secure, 308, Some("file:///etc/passwd"), 0, None),
            (&plain, 307, Some("c"), 3, None),
            (&plain, 307, None, 0, None),
            (&plain, 307, Some("http://["), 0, None),
            (&plain, 301, Some("c"), 0, None),
            (&plain, 302, Some("c"), 0, None),
            (&plain, 303, Some("c"), 0, None),
            (&plain, 304, None, 0, None),
        ] {
            let next = next_hop(from, status, location, followed).ok();
            let next = next.as_ref().map(Url::as_str);
            assert_eq!(next, expected, "{status} {location:?}");
        }
    }
}
