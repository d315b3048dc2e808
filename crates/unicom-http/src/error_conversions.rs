//! Converts errors of services and of the database into [`ApiError`]s. Internal details are logged
//! and not sent to the client.

use unicom_core::media::MediaError;

use unicom_content::media::{FileError, ImageError};
use unicom_content::replies::InvalidReplies;
use unicom_core::CoreError;
use unicom_db::DbError;
use unicom_webchat::WebChatError;

use crate::ApiError;
use crate::storage::refusal::Refusal;

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        if let DbError::NotWritable { .. } = error {
            log::error!("request refused: {error}");
            return Self::storage_full("nothing can be stored at the moment");
        }
        if error.is_temporary() {
            // The cause has been counted and logged where it occurred. A line here would be one for
            // each request, just when there are too many of them.
            log::debug!("request refused: {error}");
            return Self::busy();
        }
        Self::unexpected(error)
    }
}

impl From<CoreError> for ApiError {
    fn from(error: CoreError) -> Self {
        let sentence = match &error {
            CoreError::EmptyMessage => "a message needs a `text` or `media`".to_owned(),
            CoreError::UnknownPlatform { choices, .. } => {
                format!("`platform` must be one of {choices}")
            }
            CoreError::Buttons(problem) => format!("`buttons` are invalid: {problem}"),
            CoreError::ButtonExpired => "this button has expired".to_owned(),
            CoreError::NotFound { what, .. } => format!("there is no such {what}"),
            CoreError::RequestNotFound(_) => "there is no such request".to_owned(),
            CoreError::ReplyNotFound(_) => {
                "there is no such message in this chat: `reply_to_message_id` must be the id of one"
                    .to_owned()
            }
            CoreError::ChatNotFound(_) => NO_CHAT.to_owned(),
            CoreError::ChannelNotFound(_) | CoreError::ChannelInactive(_) => NO_CHANNEL.to_owned(),
            _ => error.to_string(),
        };
        match error {
            CoreError::Db(error) => error.into(),
            error => Self::with_code(error.code(), sentence),
        }
    }
}

impl From<WebChatError> for ApiError {
    fn from(error: WebChatError) -> Self {
        let code = error.code();
        match error {
            WebChatError::Core(error) => error.into(),
            WebChatError::GuestLoggedIn => Self::ended_with_a_login(),
            WebChatError::GuestsQuotaExceeded => Refusal::GuestsQuota.into(),
            WebChatError::NotYourButton => Self::with_code(
                code,
                "there is no such button in your chats: `callback_execution_id` must be that of one",
            ),
            WebChatError::QuotaExceeded { quota } => Self::with_code(
                code,
                format!(
                    "your files may have at most {quota} bytes in total, and `media` would exceed that"
                ),
            ),
            WebChatError::FileNotAccepted { .. } => {
                Self::with_code(code, format!("`media` is refused: {error}"))
            }
            error => Self::with_code(code, error.to_string()),
        }
    }
}

impl From<MediaError> for ApiError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Unavailable { .. } => {
                log::warn!("request refused: {error}");
                Self::busy()
            }
            MediaError::Full { .. } => {
                log::warn!("request refused: {error}");
                Refusal::DiskFull.into()
            }
            MediaError::Refused { reason } => Self::unsupported_media_type(reason),
            MediaError::TooLarge { .. } | MediaError::TooManyPixels { .. } => {
                Self::too_large(error.to_string())
            }
            error => Self::unexpected(error),
        }
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        let sentence = format!("`media` is refused: {error}");
        match error {
            FileError::Image(
                ImageError::TooManyPixels { .. } | ImageError::TooManyFrames { .. },
            ) => Self::too_large(sentence),
            FileError::Unsupported(_) | FileError::Image(_) => {
                Self::unsupported_media_type(sentence)
            }
            error => Self::unexpected(error),
        }
    }
}

impl From<InvalidReplies> for ApiError {
    fn from(error: InvalidReplies) -> Self {
        match error {
            InvalidReplies::Form(_) => Self::invalid_body(error.to_string()),
            InvalidReplies::TooLarge(_) => Self::too_large(error.to_string()),
            InvalidReplies::Content(_) => Self::unsupported_media_type(error.to_string()),
            InvalidReplies::Media(error) => error.into(),
            error => Self::unexpected(error),
        }
    }
}

const NO_CHAT: &str = "there is no such chat";
const NO_CHANNEL: &str = "there is no active WebChat channel here";

#[cfg(test)]
mod tests {
    use unicom_core::platform::ChannelError;
    use unicom_models::{ChannelId, MessageId, RequestId};

    use super::*;

    #[test]
    fn clients_get_the_codes_of_core_errors() {
        let (field, what, id) = ("name", "member", "7".to_owned());
        let (problem, limit) = ("is taken".to_owned(), "at most 1".to_owned());
        let reason = || "no reason".to_owned();
        for (error, code) in [
            (DbError::Busy.into(), "busy"),
            (DbError::Closed.into(), "busy"),
            (DbError::Unavailable { reason: reason() }.into(), "busy"),
            (
                DbError::NotWritable { reason: reason() }.into(),
                "storage_full",
            ),
            (DbError::Panicked.into(), "internal"),
            (
                CoreError::UnknownPlatform {
                    platform: "Sms".into(),
                    choices: reason(),
                },
                "invalid_body",
            ),
            (ChannelError(reason()).into(), "invalid_body"),
            (CoreError::ProbeFailed(reason()), "invalid_body"),
            (
                CoreError::Invalid {
                    field,
                    problem: problem.clone(),
                },
                "invalid_body",
            ),
            (CoreError::Buttons(reason()), "invalid_body"),
            (CoreError::ChannelNotFound(ChannelId(1)), "no_channel"),
            (CoreError::ChannelInactive(ChannelId(1)), "no_channel"),
            (CoreError::ChatNotFound("x".into()), "chat_not_found"),
            (
                CoreError::NotFound {
                    what,
                    id: id.clone(),
                },
                "not_found",
            ),
            (CoreError::RequestNotFound(RequestId::new()), "not_found"),
            (CoreError::ReplyNotFound(MessageId::new()), "not_found"),
            (CoreError::Conflict { what, id, problem }, "conflict"),
            (CoreError::InvalidCursor, "invalid_cursor"),
            (CoreError::RequestEnded(RequestId::new()), "request_ended"),
            (CoreError::EmptyMessage, "empty_message"),
            (CoreError::Nul { field }, "invalid_text"),
            (CoreError::TooLarge { field, limit }, "too_large"),
            (CoreError::ButtonExpired, "button_expired"),
            (
                CoreError::IdempotencyConflict {
                    client_message_id: reason(),
                },
                "idempotency_conflict",
            ),
        ] {
            check(error.code(), error.is_temporary(), error, code);
        }
    }

    #[test]
    fn clients_get_the_codes_of_webchat_errors() {
        let (field, problem) = ("name", "must not be empty");
        for (error, code) in [
            (WebChatError::NoChannel, "no_channel"),
            (WebChatError::ChatNotFound, "chat_not_found"),
            (WebChatError::NotFound, "not_found"),
            (WebChatError::TooLate, "too_late"),
            (WebChatError::AccountBlocked, "account_blocked"),
            (WebChatError::GuestLoggedIn, "csrf_failed"),
            (WebChatError::NotYourButton, "not_your_button"),
            (WebChatError::InvalidCursor, "invalid_cursor"),
            (WebChatError::NotAnswered, "conflict"),
            (
                WebChatError::InvalidField { field, problem },
                "invalid_body",
            ),
            (
                WebChatError::FileNotAccepted {
                    content_type: String::new(),
                    accepted: String::new(),
                },
                "unsupported_media_type",
            ),
            (WebChatError::QuotaExceeded { quota: 1 }, "quota_exceeded"),
            (WebChatError::GuestsQuotaExceeded, "storage_full"),
            (CoreError::EmptyMessage.into(), "empty_message"),
            (DbError::Busy.into(), "busy"),
        ] {
            check(error.code(), error.is_temporary(), error, code);
        }
    }

    fn check(code: &str, is_temporary: bool, error: impl Into<ApiError>, expected: &str) {
        let kind = error.into().kind();
        assert_eq!((code, kind.code()), (expected, expected));
        assert_eq!(is_temporary, kind.has_retry_after(), "{expected}");
    }
}
