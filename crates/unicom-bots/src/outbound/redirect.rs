//! Where a redirect leads, if it may be followed.

use url::Url;

use super::OutboundError;

/// Redirects that one call follows at the most.
pub(super) const MOST_REDIRECTS: usize = 3;

/// The next address, for an answer with a status from 300 to 399. Whether it may be called is still to be checked.
///
/// `followed` counts the redirects before this one.
pub(super) fn next_hop(
    from: &Url,
    status: u16,
    location: Option<&str>,
    followed: usize,
) -> Result<Url, OutboundError> {
    let refuse = |reason: String| Err(OutboundError::Refused { reason });
    // The others make a GET of a POST, or are no redirects at all.
    if !matches!(status, 307 | 308) {
        return refuse(format!(
            "it redirects with status {status}: only 307 and 308 are followed, which keep the POST"
        ));
    }
    if followed >= MOST_REDIRECTS {
        return refuse(format!("it redirects more than {MOST_REDIRECTS} times"));
    }
    let Some(next) = location.and_then(|location| from.join(location).ok()) else {
        return refuse(format!("it redirects with status {status} to no address"));
    };
    // What is sent is meant for the address that was configured: a webhook's has the token to answer with in it.
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
    fn a_redirect_keeps_the_post_and_the_origin() {
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
