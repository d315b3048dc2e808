//! Messages of Anna, and what tests do with their deliveries.

use std::time::Duration;

use unicom_core::{
    IncomingMessage, OutgoingMessage,
    inbound::{Applied, PlatformEvent, Sender, receive},
    outbound::send_message,
};
use unicom_db::queries::deliveries::{self, ClaimedDelivery};
use unicom_db::queries::{chats, messages};
use unicom_models::{Channel, Message};
use unicom_testing::{FakePlatform, TestDatabase};
use unicom_webchat::WebChatError;

use crate::fixture::{Fixture, channel, platforms};
use crate::pipeline::until;

/// Creates a channel of the fake platform.
pub fn fake_site(db: &TestDatabase, config: serde_json::Value) -> Fixture {
    let channel = channel(db.database(), FakePlatform::KIND, config);
    Fixture {
        database: db.database().clone(),
        channel,
    }
}

pub fn from_anna(id: &str, text: &str) -> PlatformEvent {
    from_anna_in("fake_chat", id, text)
}

/// Returns a message of Anna in the chat with this id.
pub fn from_anna_in(chat: &str, id: &str, text: &str) -> PlatformEvent {
    PlatformEvent::message(
        Sender::new("anna", "Anna"),
        FakePlatform::chat(chat.trim_start_matches("fake_")),
        IncomingMessage {
            text: text.to_owned(),
            provider_message_id: Some(id.to_owned()),
            ..IncomingMessage::default()
        },
    )
}

impl Fixture {
    pub fn receive(
        &self,
        channel: &Channel,
        event: PlatformEvent,
    ) -> Result<Applied, WebChatError> {
        let channel = channel.clone();
        self.database
            .write(move |tx| Ok(receive(tx, &channel, event)?))
            .wait()
    }

    pub fn send_out(&self, text: &str) -> Message {
        self.send_all("fake_chat", &[text]).remove(0)
    }

    /// Sends all texts in one transaction.
    pub fn send_all(&self, chat: &'static str, texts: &[impl ToString]) -> Vec<Message> {
        let channel = self.channel.clone();
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let platforms = platforms(&FakePlatform::default());
        self.write(move |tx| {
            let mut sent = Vec::new();
            for text in texts {
                let outgoing = OutgoingMessage::text(text);
                let chat = chat.into();
                sent.push(send_message(tx, &platforms, &channel, &chat, outgoing)?);
            }
            Ok(sent)
        })
    }

    /// Claims the first due delivery as a worker does.
    pub fn take(&self, lease: Duration) -> Option<ClaimedDelivery> {
        self.write(move |tx| {
            let Some(lease) = deliveries::claim(tx, 1, lease)?.pop() else {
                return Ok(None);
            };
            Ok(deliveries::begin_attempt(tx, lease)?)
        })
    }

    /// Records for the holder of the claim that the message was sent. Returns `true` if the claim
    /// was still valid.
    pub fn note_sent(&self, held: &ClaimedDelivery) -> bool {
        let held = held.clone();
        self.write(move |tx| {
            let chat = chats::lock(tx, &held.message.chat_id)?.unwrap();
            Ok(deliveries::sent(tx, &chat, &held)?)
        })
    }

    pub fn note_dead(&self, held: &ClaimedDelivery) -> bool {
        let held = held.clone();
        self.write(move |tx| {
            let chat = chats::lock(tx, &held.message.chat_id)?.unwrap();
            Ok(deliveries::dead(tx, &chat, &held, "a reason")?)
        })
    }

    pub fn retry(&self, message: &Message) -> bool {
        let id = message.id;
        self.write(move |tx| Ok(deliveries::retry(tx, id)?))
    }

    /// Returns the number of attempts: in total, and before the message was last requeued.
    pub fn attempts(&self, message: &Message) -> (i32, i32) {
        let id = message.id;
        let delivery = self.read(move |db| deliveries::get(db, id)).unwrap();
        (delivery.attempts, delivery.attempts_before)
    }

    pub fn delivery(&self, message: &Message) -> (&'static str, Option<String>) {
        let id = message.id;
        let delivery = self.read(move |db| deliveries::get(db, id)).unwrap();
        (delivery.status.as_str(), delivery.error)
    }

    pub fn until_delivery(&self, message: &Message, status: &str) {
        until(status, || self.delivery(message).0 == status);
    }

    pub fn now(&self, message: &Message) -> Message {
        let id = message.id;
        self.read(move |db| messages::get_unchecked(db, id))
            .unwrap()
    }
}
