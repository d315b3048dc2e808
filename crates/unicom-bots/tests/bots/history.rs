//! The messages that a bot needs to answer a message: by time, and by replies.

use unicom_core::{
    IncomingMessage,
    inbound::{PlatformEvent, Sender, receive},
};
use unicom_db::DbError;
use unicom_db::queries::{chats, history, messages};
use unicom_models::{ChatId, Direction, Message, MessageId, UtcTime};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};

use crate::chat::Chat;

fn texts(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.text.as_str())
        .collect()
}

/// Reads the messages of the chat up to `message`.
async fn history_of(chat: &Chat, message: &Message, depth: i64) -> Vec<Message> {
    let message = message.clone();
    let found: Result<_, DbError> = (chat.database)
        .read(move |db| history::history(db, &message, depth))
        .await;
    found.unwrap()
}

/// Reads the thread that ends with `message`.
async fn thread_of(chat: &Chat, message: &Message, depth: i64) -> Vec<Message> {
    let message = message.clone();
    let found: Result<_, DbError> = (chat.database)
        .read(move |db| history::thread(db, &message, depth))
        .await;
    found.unwrap()
}

/// Stores a message from Ada that replies to another one.
async fn answers(chat: &Chat, text: &str, to: MessageId) -> Message {
    let (text, reply_to_message_id) = (text.to_owned(), Some(to));
    chat.says(IncomingMessage {
        text,
        reply_to_message_id,
        ..IncomingMessage::default()
    })
    .await
}

/// Stores a message from another account in a separate chat.
async fn elsewhere(chat: &Chat, text: &str) -> Message {
    let channel = chat.channel.clone();
    let incoming = PlatformEvent::message(
        Sender::new("bob", "Bob"),
        FakePlatform::chat("bob"),
        IncomingMessage {
            text: text.to_owned(),
            ..IncomingMessage::default()
        },
    );
    let stored = chat
        .database
        .write(move |tx| receive(tx, &channel, incoming))
        .await;
    stored.unwrap().into_saved().unwrap().message
}

/// Returns a copy of `message` with another id, text and time.
fn copy(message: &Message, text: &str, timestamp: UtcTime) -> Message {
    let mut copy = message.clone();
    copy.id = MessageId::new();
    copy.text = text.to_owned();
    copy.client_message_id = None;
    copy.timestamp = timestamp;
    copy
}

/// Inserts `message` unchanged, without the checks of a chat.
async fn insert(chat: &Chat, message: Message) {
    let stored: Result<(), DbError> = (chat.database)
        .write(move |tx| {
            let chat = chats::lock(tx, &message.chat_id)?.unwrap();
            messages::insert(tx, &chat, &message)
        })
        .await;
    stored.unwrap();
}

both_engines! {
    /// The history has the newest messages of the chat before a message, in order of time.
    async fn history_has_the_newest_earlier_messages_in_order(db: &TestDatabase) {
        let chat = Chat::on(db).await;
        let one = chat.says_text("1").await;
        chat.append(|message| message.text = "2".to_owned()).await;
        elsewhere(&chat, "not here").await;
        let three = chat.says_text("3").await;
        let four = chat.says_text("4").await;
        assert_eq!(
            texts(&history_of(&chat, &four, 10).await),
            ["1", "2", "3", "4"]
        );
        assert_eq!(texts(&history_of(&chat, &four, 2).await), ["3", "4"]);
        assert_eq!(texts(&history_of(&chat, &three, 2).await), ["2", "3"]);
        assert_eq!(texts(&history_of(&chat, &one, 10).await), ["2", "1"]);
        assert_eq!(texts(&history_of(&chat, &one, 0).await), ["1"]);
    }

    /// Answers and notes that were stored after a message come before it in the history.
    async fn later_answers_come_before_the_message(db: &TestDatabase) {
        let chat = Chat::on(db).await;
        let one = chat.says_text("1").await;
        let two = chat.says_text("2").await;
        chat.append(|message| {
            message.text = "to 1".to_owned();
            message.direction = Direction::Outgoing;
        })
        .await;
        let three = chat.says_text("3").await;
        chat.append(|message| message.text = "a note".to_owned()).await;
        assert_eq!(
            texts(&history_of(&chat, &two, 10).await),
            ["1", "to 1", "a note", "2"]
        );
        assert_eq!(
            texts(&history_of(&chat, &three, 10).await),
            ["1", "2", "to 1", "a note", "3"]
        );
        assert_eq!(texts(&history_of(&chat, &one, 10).await), ["to 1", "a note", "1"]);
        // The message itself is always included, however many were written since.
        assert_eq!(texts(&history_of(&chat, &two, 3).await), ["to 1", "a note", "2"]);
        assert_eq!(texts(&history_of(&chat, &two, 1).await), ["2"]);
    }

    /// Messages with the same time are ordered by id.
    async fn equal_times_are_ordered_by_id(db: &TestDatabase) {
        let chat = Chat::on(db).await;
        let first = chat.says_text("first").await;
        let timestamp: UtcTime = first.timestamp.next();
        let same = |text: &str| copy(&first, text, timestamp);
        let mut ties = [same("a"), same("b"), same("c")];
        ties.sort_by_key(|message| message.id);
        for message in ties.clone() {
            insert(&chat, message).await;
        }
        let found = history_of(&chat, &ties[1], 10).await;
        let ids: Vec<MessageId> = found.iter().map(|message| message.id).collect();
        assert_eq!(ids, [first.id, ties[0].id, ties[1].id]);
        assert_eq!(history_of(&chat, &ties[2], 2).await[0].id, ties[1].id);
    }

    /// A thread follows the replies and contains no other messages.
    async fn thread_follows_replies(db: &TestDatabase) {
        let chat = Chat::on(db).await;
        let one = chat.says_text("1").await;
        let two = answers(&chat, "2", one.id).await;
        chat.says_text("between").await;
        answers(&chat, "beside", one.id).await;
        let three = answers(&chat, "3", two.id).await;
        assert_eq!(texts(&thread_of(&chat, &three, 10).await), ["1", "2", "3"]);
        assert_eq!(texts(&thread_of(&chat, &three, 2).await), ["2", "3"]);
        assert_eq!(texts(&thread_of(&chat, &three, 1).await), ["3"]);
        assert_eq!(texts(&thread_of(&chat, &one, 10).await), ["1"]);
    }

    /// A thread ends at a message of another chat and at a cycle, and a history is that of one
    /// chat.
    async fn thread_ends_at_another_chat_and_at_a_cycle(db: &TestDatabase) {
        let chat = Chat::on(db).await;
        let foreign = elsewhere(&chat, "not here").await;
        let here = chat.says_text("here").await;
        let mut leaving = copy(&here, "leaving", here.timestamp.next());
        leaving.reply_to_message_id = Some(foreign.id);
        insert(&chat, leaving.clone()).await;
        assert_eq!(texts(&thread_of(&chat, &leaving, 10).await), ["leaving"]);
        let mut circle = copy(&here, "circle", here.timestamp.next().next());
        circle.reply_to_message_id = Some(circle.id);
        insert(&chat, circle.clone()).await;
        assert_eq!(texts(&thread_of(&chat, &circle, 200).await), ["circle"]);
        for other in ["fake_nowhere", "fake_bob"] {
            let mut moved = here.clone();
            moved.chat_id = ChatId::from(other);
            assert!(history_of(&chat, &moved, 10).await.is_empty());
        }
    }
}
