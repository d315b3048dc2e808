//! The cursor of the list of chats: opaque to clients, checked when it comes back.

use unicom_db::queries::chat_list::ListPosition;
use unicom_models::UtcTime;

use crate::ApiError;

/// The end of the year 9999: PostgreSQL's times do not reach as far as 64 bits of microseconds do.
const LATEST_MICROS: i64 = 253_402_300_799_999_999;

/// The place after which the next page begins, as text.
pub(crate) fn encode(position: &ListPosition) -> String {
    format!("{}.{}", position.last_activity_at.as_micros(), position.id)
}

/// The place that a cursor names.
///
/// # Errors
/// [`ApiError::invalid_cursor`] for anything that [`encode`] did not write.
pub(crate) fn decode(cursor: &str) -> Result<ListPosition, ApiError> {
    let parse = || {
        let (micros, id) = cursor.split_once('.')?;
        let micros = micros
            .parse()
            .ok()
            .filter(|micros| (0..=LATEST_MICROS).contains(micros))?;
        let last_activity_at = UtcTime::from_micros(micros)?;
        (!id.is_empty()).then(|| ListPosition {
            last_activity_at,
            id: id.into(),
        })
    };
    parse().ok_or_else(|| {
        ApiError::invalid_cursor("`cursor` must be a `next_cursor` of an earlier page")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_went() {
        let position = ListPosition {
            last_activity_at: UtcTime::now(),
            id: "webchat_user_1_c2.x".into(),
        };
        assert_eq!(decode(&encode(&position)).unwrap(), position);
        for broken in [
            "",
            ".",
            "1",
            "1.",
            "x.y",
            "99999999999999999999.a",
            "9223372036854775807.a",
            "-1.a",
        ] {
            assert!(decode(broken).is_err(), "{broken}");
        }
    }
}
