//! [`StaffFrame`]: what the server tells an admin's client.

use serde::Serialize;
use unicom_core::live::Viewer;
use unicom_db::queries::changes::Cursor;
use unicom_models::{AccountId, ChatId, MessageId, UtcTime};
use utoipa::ToSchema;

use super::encoded_frame::EncodedFrame;
use crate::ApiError;
use crate::admin::chat_json::{AdminChatJson, AdminHolderJson};
use crate::admin::message_json::AdminMessageJson;

/// What the server tells an admin's client, beside the frames `chat_gone`, `reset`, `typing`,
/// `pong` and `error` of `LiveFrame`.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = StaffLiveFrame)]
pub(crate) enum StaffFrame<'a> {
    /// The first frame of a connection that follows the list of chats.
    Hello {
        /// The chats, latest activity first, at most 100.
        chats: Vec<AdminChatJson>,
        /// Whether there are more chats: `admin/chats/` lists them.
        has_more: bool,
        /// Who views which chat.
        presence: Vec<Presence<'a>>,
        /// How many seconds may pass until the server sends something.
        heartbeat_s: u64,
    },
    /// A chat that is new or has changed: at most one frame of the same chat in 100 milliseconds,
    /// and always its last state.
    Chat { chat: Box<AdminChatJson> },
    /// What has changed in a chat that the client follows.
    Changes {
        chat_id: &'a ChatId,
        /// The cursor after these changes.
        cursor: String,
        items: Vec<StaffItem>,
    },
    /// Who views a chat, when it changes.
    Presence(Presence<'a>),
}

/// Who views a chat.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatPresence)]
pub(crate) struct Presence<'a> {
    chat_id: &'a ChatId,
    /// Each admin once.
    viewers: Vec<ViewerJson<'a>>,
}

/// An admin who views a chat.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatViewer)]
struct ViewerJson<'a> {
    name: &'a str,
    user_id: Option<&'a str>,
}

impl<'a> Presence<'a> {
    pub fn new(chat_id: &'a ChatId, viewers: &'a [Viewer]) -> Self {
        let viewer = |viewer: &'a Viewer| ViewerJson {
            name: &viewer.name,
            user_id: viewer.user_id.as_deref(),
        };
        Self {
            chat_id,
            viewers: viewers.iter().map(viewer).collect(),
        }
    }
}

/// Something in a chat that is new or has changed, in its present state.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = StaffEventItem)]
pub(crate) enum StaffItem {
    /// A message that is new or has changed.
    Message { message: Box<AdminMessageJson> },
    /// A message that was deleted. The client may not know it.
    MessageDeleted { id: MessageId },
    /// How far a participant has got and read the messages.
    Participant {
        account_id: AccountId,
        name: String,
        /// The time of the newest message that a client of the participant has received.
        delivered_up_to: Option<UtcTime>,
        /// The time of the newest message that the participant has read.
        read_up_to: Option<UtcTime>,
    },
    /// Who answers in the chat, when it changes.
    Holder {
        /// `null` if neither a bot nor a person does.
        holder: Option<Box<AdminHolderJson>>,
    },
}

impl StaffFrame<'_> {
    /// Returns the frame as text.
    pub(super) fn encode(&self) -> Result<EncodedFrame, ApiError> {
        let (event, id) = match self {
            Self::Hello { .. } => ("hello", None),
            Self::Chat { .. } => ("chat", None),
            Self::Changes { cursor, .. } => ("changes", Some(cursor.as_str().into())),
            Self::Presence(_) => ("presence", None),
        };
        let json = serde_json::to_string(self).map_err(ApiError::unexpected)?;
        Ok(EncodedFrame {
            event,
            id,
            json: json.into(),
        })
    }

    /// Returns the frame that tells that the chat has to be read again.
    pub(super) fn reset(chat_id: &ChatId, cursor: Cursor) -> Result<EncodedFrame, ApiError> {
        let cursor = cursor.to_string();
        super::frame::Frame::Reset { chat_id, cursor }.encode()
    }
}
