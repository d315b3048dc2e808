//! Decides whether a failure of the other side is temporary.

use unicom_core::bots::BotError;
use unicom_core::media::MediaError;
use unicom_db::DbError;

use crate::outbound::{Answer, OutboundError};

/// Maximum length in characters of a quote from another party in an error.
const LONGEST: usize = 300;

/// Returns the error for a call that was not answered. It is permanent if `outbound` refused the
/// call, since it would refuse it again.
pub(crate) fn of_call(error: &OutboundError) -> BotError {
    if error.is_temporary() {
        BotError::Temporary(error.to_string())
    } else {
        BotError::Permanent(error.to_string())
    }
}

/// Returns `true` if a call with this status may succeed later: RFC 9110 section 15, RFC 6585
/// (429), RFC 8470 (425).
pub(crate) fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// Returns the error for an answer that asks to try again later. Includes the waiting time if the
/// answer contains one.
pub(crate) fn busy(answer: &Answer, reason: String) -> BotError {
    match answer.retry_after {
        Some(after) => BotError::Busy { reason, after },
        None => BotError::Temporary(reason),
    }
}

pub(crate) fn of_database(error: &DbError) -> BotError {
    BotError::Temporary(error.to_string())
}

pub(crate) fn of_media(error: &MediaError) -> BotError {
    BotError::Temporary(error.to_string())
}

/// Prepares text from another party for an error: removes `secrets`, puts it on one line and limits
/// its length.
///
/// PostgreSQL cannot store a NUL, and other parties must not be able to forge log lines.
pub(crate) fn quote(said: &str, secrets: &[&str]) -> String {
    let mut said = said.to_owned();
    for secret in secrets {
        // Replace secrets before the text is cut: a part of a secret would not be found.
        said = said.replace(secret, "…");
    }
    let is_break = |character: char| character.is_control() || character.is_whitespace();
    let words = said.split(is_break).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_are_short_and_without_secrets() {
        assert_eq!(
            quote("no key\0 sk-1\n\tgiven: sk-1", &["sk-1"]),
            "no key … given: …"
        );
        let long = format!("{}sk-123456", "x".repeat(298));
        assert_eq!(
            quote(&long, &["sk-123456"]),
            format!("{}…", "x".repeat(298))
        );
        let long = quote(&"ä".repeat(1000), &[]);
        assert_eq!(long.chars().count(), 301);
    }
}
