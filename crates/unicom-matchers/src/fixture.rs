//! Messages, members and matchers for tests.

use serde_json::{Value, json};
use unicom_models::{
    Account, Channel, ChannelId, ChatId, Direction, Member, MemberId, Message, UtcTime,
};

use unicom_core::matchers::{CategoryMatcher, MatchInput, MatcherCompiler};

use crate::Matchers;

/// Creates a message with `text` from an account without a member.
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
        sender_id: Some(account.id.clone()),
        sender_name: "Ann".to_owned(),
        text: text.to_owned(),
        ..Message::new(ChatId::new(), channel.id, Direction::Incoming, now)
    };
    MatchInput {
        message,
        account,
        member: None,
        channel,
    }
}

/// Creates a member with a verified e-mail address and an unverified telephone number.
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

/// Compiles the matcher that `json` describes.
pub(super) fn matcher(json: Value) -> std::sync::Arc<dyn CategoryMatcher> {
    Matchers::default().compile(&json).unwrap()
}

/// Returns the error message for the invalid matcher that `json` describes.
pub(super) fn invalid(json: Value) -> String {
    Matchers::default()
        .compile(&json)
        .err()
        .unwrap()
        .to_string()
}
