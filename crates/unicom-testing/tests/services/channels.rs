//! Tests of several web chat channels: which default chat belongs to which channel.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{MessagePageRequest, NewMessage, Visitor, WebChatError};

use crate::fixture::Fixture;

both_engines! {
    fn default_chat_id_contains_account_and_channel(db: &TestDatabase) {
        let first = Fixture::new(db);
        let second = first.another(json!({}));
        let visitor = Visitor::user("7", "Ann");
        // The default chat of the channel where the account first wrote has no suffix, whatever the
        // channel's id.
        assert_eq!(second.say(&visitor, "one").chat_id.as_str(), "webchat_user_7");
        let away = format!("webchat_user_7_c{}", first.channel.id);
        assert_eq!(first.say(&visitor, "two").chat_id.as_str(), away);
        assert_eq!(first.say(&visitor, "three").chat_id.as_str(), away);
        assert_eq!(second.say(&visitor, "four").chat_id.as_str(), "webchat_user_7");
        assert_eq!(first.texts(&visitor), ["two", "three"]);
        assert_eq!(second.texts(&visitor), ["one", "four"]);
        assert_eq!(first.rows_of("unicom_accounts"), 1);
        // Without a channel, all chats are listed.
        assert_eq!(first.chats(&visitor).len(), 2);
    }

    fn chat_of_another_channel_is_found(db: &TestDatabase) {
        let first = Fixture::new(db);
        let second = first.another(json!({}));
        let visitor = Visitor::user("7", "Ann");
        first.say(&visitor, "one");
        let away = second.say(&visitor, "two").chat_id;
        let message = first.tell(&visitor, NewMessage::text("three").in_chat(away.clone()));
        assert_eq!(message.channel_id, second.channel.id);
        let page = MessagePageRequest { chat_id: Some(away), channel_id: Some(first.channel.id), ..MessagePageRequest::default() };
        assert_eq!(first.list(&visitor, page).unwrap().messages.len(), 2);
    }

    fn inactive_channel_rejects_messages(db: &TestDatabase) {
        let first = Fixture::new(db);
        let second = first.another(json!({}));
        let visitor = Visitor::user("7", "Ann");
        let chat = second.say(&visitor, "one").chat_id;
        let mut off = second.channel.clone();
        off.active = false;
        first.write(move |tx| Ok(unicom_db::queries::channels::update(tx, &off)?));
        let refused = first.save(&visitor, NewMessage::text("two").in_chat(chat));
        assert!(matches!(refused, Err(WebChatError::NoChannel)), "{refused:?}");
    }

    fn visitor_without_messages_has_no_default_chat(db: &TestDatabase) {
        let site = Fixture::new(db);
        let before = site.rows();
        let page = site.list(&Visitor::guest("4f3c"), MessagePageRequest::default()).unwrap();
        assert_eq!(page.chat_id, None);
        assert!(page.messages.is_empty() && !page.has_more && page.next.is_none());
        assert!(site.chats(&Visitor::guest("4f3c")).is_empty());
        assert_eq!(site.rows(), before);
    }
}
