//! Chats as admins see them.

use serde::Serialize;
use unicom_db::queries::chat_list::AdminListedChat;
use unicom_models::{AccountId, Chat, ChatState, HolderKind, UtcTime};
use utoipa::ToSchema;

use crate::json::RatingJson;

/// A chat as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffChat)]
pub(crate) struct AdminChatJson {
    #[serde(flatten)]
    chat: Chat,
    /// Who answers in the chat; `null` if neither a bot nor a person does.
    pub holder: Option<AdminHolderJson>,
    state: ChatState,
    /// How a visitor has rated the chat.
    rating: Option<AdminRatingJson>,
}

/// How a visitor has rated a chat, as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffRating)]
struct AdminRatingJson {
    #[serde(flatten)]
    rating: RatingJson,
    /// The account of the visitor.
    account_id: AccountId,
}

/// Who answers in a chat, as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffHolder)]
pub(crate) struct AdminHolderJson {
    kind: HolderKind,
    /// The name in messages; `null` while a person is waited for.
    name: Option<String>,
    /// The host's id of the user who holds the chat.
    user_id: Option<String>,
    /// Since when; `null` if the chat was never taken or handed over.
    since: Option<UtcTime>,
    /// Why the bot handed the chat over.
    reason: Option<String>,
    /// What the bot knows about the conversation.
    summary: Option<String>,
}

impl From<AdminListedChat> for AdminChatJson {
    fn from(
        AdminListedChat {
            chat,
            shown,
            holder,
            rating,
        }: AdminListedChat,
    ) -> Self {
        let holder = shown.map(|shown| {
            let (user_id, since, reason, summary) = match holder {
                Some(holder) => (
                    holder.user_id,
                    Some(holder.held_at),
                    holder.reason,
                    holder.summary,
                ),
                None => (None, None, None, None),
            };
            AdminHolderJson {
                kind: shown.kind,
                name: shown.name,
                user_id,
                since,
                reason,
                summary,
            }
        });
        Self {
            state: chat.state(),
            chat,
            holder,
            rating: rating.map(|rating| AdminRatingJson {
                account_id: rating.account_id.clone(),
                rating: rating.into(),
            }),
        }
    }
}
