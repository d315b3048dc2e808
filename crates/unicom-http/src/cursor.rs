//! Cursors of paginated lists: opaque to clients and validated when they are sent back.

use std::fmt::Display;
use std::str::FromStr;

use unicom_db::queries::chat_list::ListPosition;
use unicom_models::UtcTime;

use crate::ApiError;

/// The end of the year 9999. PostgreSQL timestamps cover less than 64 bits of microseconds.
const LATEST_MICROS: i64 = 253_402_300_799_999_999;

/// Encodes a position in a list of chats as the cursor of the next page.
pub(crate) fn encode(position: &ListPosition) -> String {
    at(position.last_activity_at, &position.id)
}

/// Encodes a position in a list ordered by time as the cursor of the next page.
pub(crate) fn at(time: UtcTime, id: impl Display) -> String {
    format!("{}.{id}", time.as_micros())
}

/// Decodes a cursor of a list of chats.
///
/// # Errors
/// [`ApiError::invalid_cursor`] for anything that [`encode`] did not write.
pub(crate) fn decode(cursor: &str) -> Result<ListPosition, ApiError> {
    let (last_activity_at, id) = split(cursor)
        .filter(|(_, id)| !id.is_empty())
        .ok_or_else(invalid)?;
    let id = id.into();
    Ok(ListPosition {
        last_activity_at,
        id,
    })
}

/// Decodes a cursor that [`at`] wrote.
///
/// # Errors
/// [`ApiError::invalid_cursor`] for anything that [`at`] did not write.
pub(crate) fn decode_at<T: FromStr>(cursor: &str) -> Result<(UtcTime, T), ApiError> {
    let (time, id) = split(cursor).ok_or_else(invalid)?;
    Ok((time, decode_id(id)?))
}

/// Decodes a cursor of a list ordered by id, which is the id itself.
///
/// # Errors
/// [`ApiError::invalid_cursor`] if it is not an id.
pub(crate) fn decode_id<T: FromStr>(cursor: &str) -> Result<T, ApiError> {
    cursor.parse().map_err(|_| invalid())
}

fn split(cursor: &str) -> Option<(UtcTime, &str)> {
    let (micros, id) = cursor.split_once('.')?;
    let micros = micros
        .parse()
        .ok()
        .filter(|micros| (0..=LATEST_MICROS).contains(micros))?;
    Some((UtcTime::from_micros(micros)?, id))
}

/// Returns the error for a cursor that no page returned.
pub(crate) fn invalid() -> ApiError {
    ApiError::invalid_cursor("`cursor` must be a `next_cursor` of an earlier page")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_round_trips() {
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
