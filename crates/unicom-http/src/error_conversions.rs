//! Converts errors of services and of the database into [`ApiError`]s. Internal details are logged
//! and not sent to the client.

use unicom_core::media::MediaError;

use unicom_content::media::ImageError;
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
        match &error {
            CoreError::Db(_) => {}
            CoreError::EmptyMessage => {
                return Self::empty_message("a message needs a `text` or `media`");
            }
            CoreError::Nul { .. } => return Self::invalid_text(error.to_string()),
            CoreError::TooLarge { .. } => return Self::too_large(error.to_string()),
            CoreError::IdempotencyConflict { .. } => {
                return Self::idempotency_conflict(error.to_string());
            }
            CoreError::Invalid { .. } | CoreError::Channel(_) => {
                return Self::invalid_body(error.to_string());
            }
            CoreError::UnknownPlatform { choices, .. } => {
                return Self::invalid_body(format!("`platform` must be one of {choices}"));
            }
            CoreError::Buttons(problem) => {
                return Self::invalid_body(format!("`buttons` are invalid: {problem}"));
            }
            CoreError::ButtonExpired => {
                return Self::button_expired("this button has expired");
            }
            CoreError::NotFound { what, .. } => {
                return Self::not_found(format!("there is no such {what}"));
            }
            CoreError::Conflict { .. } => return Self::conflict(error.to_string()),
            CoreError::InvalidCursor => return Self::invalid_cursor(error.to_string()),
            CoreError::RequestNotFound(_) => return Self::not_found("there is no such request"),
            CoreError::RequestEnded(_) => return Self::request_ended(error.to_string()),
            CoreError::ReplyNotFound(_) => {
                return Self::not_found(
                    "there is no such message in this chat: `reply_to_message_id` must be the id of one",
                );
            }
            CoreError::ChatNotFound(_) => return Self::chat_not_found(NO_CHAT),
            CoreError::ChannelNotFound(_) | CoreError::ChannelInactive(_) => {
                return Self::no_channel(NO_CHANNEL);
            }
            _ => {}
        }
        match error {
            CoreError::Db(error) => error.into(),
            error => Self::unexpected(error),
        }
    }
}

impl From<WebChatError> for ApiError {
    fn from(error: WebChatError) -> Self {
        match error {
            WebChatError::Core(error) => error.into(),
            WebChatError::NoChannel => Self::no_channel(NO_CHANNEL),
            WebChatError::ChatNotFound => Self::chat_not_found(NO_CHAT),
            WebChatError::NotFound => Self::not_found(NO_MESSAGE),
            WebChatError::NotYourButton => Self::not_your_button(
                "there is no such button in your chats: `callback_execution_id` must be that of one",
            ),
            WebChatError::AccountBlocked => Self::account_blocked("this account is blocked"),
            WebChatError::GuestLoggedIn => Self::ended_with_a_login(),
            WebChatError::QuotaExceeded { quota } => Self::quota_exceeded(format!(
                "your files may have at most {quota} bytes in total, and `media` would exceed that"
            )),
            WebChatError::GuestsQuotaExceeded => Refusal::GuestsQuota.into(),
            WebChatError::InvalidCursor => Self::invalid_cursor(error.to_string()),
            WebChatError::InvalidField { .. } => Self::invalid_body(error.to_string()),
            error => Self::unexpected(error),
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

impl From<ImageError> for ApiError {
    fn from(error: ImageError) -> Self {
        let sentence = format!("`media` is refused: {error}");
        match error {
            ImageError::Broken { .. } => Self::unsupported_media_type(sentence),
            ImageError::TooManyPixels { .. } | ImageError::TooManyFrames { .. } => {
                Self::too_large(sentence)
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
const NO_MESSAGE: &str = "there is no such message or file";
const NO_CHANNEL: &str = "there is no active WebChat channel here";
