//! The `retry-after` header, RFC 9110 section 10.2.3: seconds or a date.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Returns how long to wait from `now`. Returns `None` if the header contains neither seconds nor a
/// date.
pub(crate) fn parse(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // An HTTP date has the format of an e-mail date, apart from the two formats that RFC 9110 calls
    // obsolete.
    let date = DateTime::parse_from_rfc2822(header).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::DateTime;

    use super::parse;

    #[test]
    fn parses_seconds_and_dates() {
        // Sun, 06 Nov 1994 08:49:00 GMT
        let now = DateTime::from_timestamp(784_111_740, 0).unwrap();
        for (header, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(
                parse(header, now),
                seconds.map(Duration::from_secs),
                "{header}"
            );
        }
    }
}
