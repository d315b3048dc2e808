//! What the tests of matchers match.

use serde_json::{Value, json};
use unicom_models::{
    Account, Channel, ChannelId, ChatId, Direction, MediaType, Member, MemberId, Message,
    MessageId, UtcTime,
};

use super::{MatchInput, Matcher, Matchers};

/// A message with `text` of somebody whom nobody knows.
pub(super) fn input(text: &str) -> MatchInput {
    let now = UtcTime::BEGINNING;
    let channel = Channel {
        id: ChannelId(7),
        name: "Support".to_owned(),
        platform: "Telegram".into(),
        config: json!({}),
        active: true,
        error: None,
        confirmed_webhook_url: None,
        created_at: now,
        updated_at: now,
    };
    let account = Account::new("telegram_1".into(), &channel, "Ann".to_owned(), now);
    let message = Message {
        id: MessageId::new(),
        chat_id: ChatId::new(),
        channel_id: channel.id,
        sender_id: Some(account.id.clone()),
        sender_name: "Ann".to_owned(),
        user_id: None,
        direction: Direction::Incoming,
        timestamp: now,
        text: text.to_owned(),
        html: None,
        subject: None,
        media_type: MediaType::Text,
        media_key: None,
        media_name: None,
        media_content_type: None,
        media_size: None,
        media_sha256: None,
        reply_to_message_id: None,
        provider_message_id: None,
        client_message_id: None,
        interactive_buttons: None,
        sent_at: None,
        delivered_at: None,
        seen_at: None,
        raw: json!({}),
    };
    MatchInput {
        message,
        account,
        member: None,
        channel,
    }
}

/// Somebody with a verified e-mail address and an unverified number.
pub(super) fn member() -> Member {
    Member {
        id: MemberId::new(),
        name: "Ann Smith".to_owned(),
        user_id: None,
        email: Some("ann@example.com".to_owned()),
        email_verified: true,
        phone: Some("+441234".to_owned()),
        phone_verified: false,
        created_at: UtcTime::BEGINNING,
        updated_at: UtcTime::BEGINNING,
    }
}

/// The matcher that `json` describes.
pub(super) fn matcher(json: Value) -> Matcher {
    Matchers::default().compile(&json).unwrap()
}

/// What is wrong with the matcher that `json` describes.
pub(super) fn invalid(json: Value) -> String {
    Matchers::default().compile(&json).unwrap_err().to_string()
}
