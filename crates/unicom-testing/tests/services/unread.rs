//! Tests of unread counts: messages since the reader last wrote or marked the chat as read.

use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{Visitor, WebChatError, mark_read};

use crate::fixture::Fixture;

impl Fixture {
    pub fn unread(&self, visitor: &Visitor) -> Vec<i64> {
        let chats = self.chats(visitor);
        chats.iter().map(|listed| listed.unread_count).collect()
    }
}

both_engines! {
    fn unread_count_resets_on_write_or_mark_read(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let chat = site.say(&guest, "hello").chat_id;
        assert_eq!(site.unread(&guest), [0]);
        site.answer(&chat, "one");
        site.answer(&chat, "two");
        assert_eq!(site.unread(&guest), [2]);
        site.say(&guest, "thanks");
        assert_eq!(site.unread(&guest), [0]);
        site.answer(&chat, "three");
        assert_eq!(site.unread(&guest), [1]);
        let (visitor, read) = (guest.clone(), chat.clone());
        site.write(move |tx| mark_read(tx, &visitor, &read));
        assert_eq!(site.unread(&guest), [0]);
        // Reading alone does not mark the chat as read.
        site.answer(&chat, "four");
        site.texts(&guest);
        assert_eq!(site.unread(&guest), [1]);
    }

    fn foreign_chat_cannot_be_marked_read(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let chat = site.say(&guest, "hello").chat_id;
        site.answer(&chat, "one");
        let refused = site.database.write(move |tx| mark_read(tx, &Visitor::guest("other"), &chat));
        assert!(matches!(refused.wait(), Err(WebChatError::ChatNotFound)));
        assert_eq!(site.unread(&guest), [1]);
    }
}
