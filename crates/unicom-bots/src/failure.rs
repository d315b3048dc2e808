//! What a failure of the other side means for the request: whether asking again may help.

use unicom_core::bots::BotError;
use unicom_core::media::MediaError;
use unicom_db::DbError;

use crate::outbound::{Answer, OutboundError};

/// Characters of what others say that an error repeats.
const LONGEST: usize = 300;

/// A call that was not answered. What `outbound` refuses to do it will refuse again.
pub(crate) fn of_call(error: &OutboundError) -> BotError {
    if error.is_temporary() {
        BotError::Temporary(error.to_string())
    } else {
        BotError::Permanent(error.to_string())
    }
}

/// Whether a status says that the same may go well later: RFC 9110 section 15, RFC 6585 (429), RFC 8470 (425).
pub(crate) fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// An answer that says to come back later, and perhaps when.
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

/// What somebody else said, fit for an error: without `secrets`, on one line, and not too long.
///
/// PostgreSQL could not keep a NUL, and a log should not be written to by others.
pub(crate) fn quote(said: &str, secrets: &[&str]) -> String {
    let mut said = said.to_owned();
    for secret in secrets {
        // Before it is cut: half a secret is not found.
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
    fn what_others_say_is_short_and_has_no_secret() {
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
