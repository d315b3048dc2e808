//! The WebChat platform. It is local: a stored message counts as sent.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use unicom_core::{
    Platform,
    platform::{
        Capabilities, ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt, read_settings,
    },
};
use unicom_models::PlatformKind;

use crate::edit::{DEFAULT_EDIT_MINUTES, EDIT_MINUTES, MOST_EDIT_MINUTES};
use crate::failure_message::{FAILURE_MESSAGE, FailureMessage};
use crate::file_types::{FILES, FileTypes};
use crate::opening_hours::{HOURS, OpeningHours};
use crate::pre_chat::{PRE_CHAT, PreChatField};
use crate::web_settings::{WEB, WebSettings};

/// The web chat platform. Its readers read messages from unicom's database.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebChat;

impl WebChat {
    /// Returns the name of the platform.
    pub fn kind() -> PlatformKind {
        "WebChat".into()
    }
}

/// The configuration of a channel: the platform's settings and those that every channel has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(rename = "new_chat")]
    _new_chat: Option<NewChat>,
    edit_minutes: Option<u32>,
    files: Option<FileTypes>,
    web: Option<WebSettings>,
    hours: Option<OpeningHours>,
    pre_chat: Option<Vec<PreChatField>>,
    #[serde(rename = "failure_message")]
    _failure_message: Option<FailureMessage>,
    #[serde(rename = "bot_name")]
    _bot_name: Option<String>,
    #[serde(rename = "bot")]
    _bot: Option<IgnoredAny>,
    #[serde(rename = "retention_days")]
    _retention_days: Option<IgnoredAny>,
}

/// Which chat a message goes to that names none.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum NewChat {
    /// The visitor's default chat.
    Default,
    /// A new one.
    Always,
}

impl Platform for WebChat {
    fn kind(&self) -> PlatformKind {
        Self::kind()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::local()
    }

    fn config_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "new_chat": {
                    "description": "The chat of a message that names none: the visitor's default \
                                    chat, or always a new one.",
                    "enum": ["default", "always", null],
                    "default": "default",
                },
                EDIT_MINUTES: {
                    "description": "The number of minutes for which visitors may edit and delete \
                                    a message that they sent. With 0, they may not.",
                    "type": ["integer", "null"],
                    "minimum": 0,
                    "maximum": MOST_EDIT_MINUTES,
                    "default": DEFAULT_EDIT_MINUTES,
                },
                FILES: FileTypes::schema(),
                WEB: WebSettings::schema(),
                HOURS: OpeningHours::schema(),
                PRE_CHAT: PreChatField::schema(),
                FAILURE_MESSAGE: FailureMessage::schema(),
            },
            "additionalProperties": false,
        })
    }

    /// Validates the settings `new_chat`, `edit_minutes`, `files`, `web`, `hours`, `pre_chat`,
    /// `failure_message` and `bot_name`, and refuses unknown ones: a misspelt setting would have no
    /// effect. There is no external service to ask (seed 5.2).
    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        let Settings {
            edit_minutes,
            files,
            web,
            hours,
            pre_chat,
            ..
        } = read_settings(config)?;
        if edit_minutes.is_some_and(|minutes| minutes > MOST_EDIT_MINUTES) {
            return Err(ChannelError(format!(
                "`{EDIT_MINUTES}` must be an integer from 0 to {MOST_EDIT_MINUTES}"
            )));
        }
        let fields = pre_chat.unwrap_or_default();
        files
            .map_or(Ok(()), |files| files.check_entries())
            .and_then(|()| web.map_or(Ok(()), |web| web.check()))
            .and_then(|()| hours.map_or(Ok(()), |hours| hours.check()))
            .and_then(|()| PreChatField::check_all(&fields))
            .map_err(ChannelError)
    }

    fn failure_message(&self, config: &Value) -> Option<String> {
        FailureMessage::of(config)
    }

    fn deliver(&self, _: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        std::future::ready(Ok(DeliveryReceipt::Local)).boxed()
    }
}
