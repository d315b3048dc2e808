//! What has become of messages, as a participant of their chat sees it.

use std::collections::HashSet;

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_deliveries as deliveries, unicom_message_failures as failures,
    unicom_messages as messages,
};
use unicom_models::{
    AccountId, DeliveryStatus, Direction, MessageId, MessageStatus, UtcTime, VisibleMessage,
};

use super::read_positions::{self, ParticipantPosition};
use crate::{ChatAccess, Db, DbError, on_engine};

/// What decides the statuses of messages for one participant of their chat, who is the reader.
///
/// A message of the reader is seen when another participant has read it, or when a bot or the team
/// has written after it. Any other message is seen when the reader has read it. A message that goes
/// to a provider also has the status that the provider reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statuses {
    /// The positions of the participants who have got or read messages.
    pub participants: Vec<ParticipantPosition>,
    /// `None` for one who is no participant.
    reader: Option<AccountId>,
    /// The time of the newest message of a bot or the team, if one of the messages is the reader's.
    answered_at: Option<UtcTime>,
    failed: HashSet<MessageId>,
}

impl Statuses {
    /// Reads what decides the statuses of these messages of the chat. Runs a statement, another one
    /// if the newest message of bots and the team is not among them, and a third if some of them go
    /// to a provider.
    pub fn read(
        db: &mut Db,
        access: &ChatAccess,
        messages: &[VisibleMessage],
    ) -> Result<Self, DbError> {
        let reader = &access.account().id;
        let is_own = |message: &VisibleMessage| message.sender_id.as_ref() == Some(reader);
        let answered_at = match access.chat().last_outgoing_message_id {
            Some(id) if messages.iter().any(is_own) => {
                match messages.iter().find(|message| message.id == id) {
                    Some(newest) => Some(newest.timestamp),
                    None => super::messages::position(db, access, id)?.map(|at| at.timestamp),
                }
            }
            _ => None,
        };
        let undelivered: Vec<MessageId> = messages
            .iter()
            .filter(|message| may_have_failed(message))
            .map(|message| message.id)
            .collect();
        Ok(Self {
            participants: read_positions::all(db, access)?,
            failed: if undelivered.is_empty() {
                HashSet::new()
            } else {
                failed_among(db, &undelivered)?
            },
            answered_at,
            reader: Some(reader.clone()),
        })
    }

    /// Returns what decides the statuses of messages that have just been stored, which no one has
    /// read.
    pub fn of_new(reader: Option<AccountId>) -> Self {
        Self {
            participants: Vec::new(),
            reader,
            answered_at: None,
            failed: HashSet::new(),
        }
    }

    /// Returns `true` if the reader wrote the message.
    pub fn is_own(&self, message: &VisibleMessage) -> bool {
        self.reader.is_some() && message.sender_id == self.reader
    }

    /// Returns `true` if the position is that of the reader.
    pub fn is_readers(&self, participant: &ParticipantPosition) -> bool {
        Some(&participant.position.account_id) == self.reader.as_ref()
    }

    /// Returns the status of one of the messages.
    pub fn of(&self, message: &VisibleMessage) -> MessageStatus {
        let is_own = self.is_own(message);
        let reaches = |time: Option<UtcTime>| time.is_some_and(|time| time >= message.timestamp);
        let positions = self
            .participants
            .iter()
            .filter(|participant| self.is_readers(participant) != is_own)
            .map(|participant| &participant.position);
        let is_seen = message.seen_at.is_some()
            || is_own && reaches(self.answered_at)
            || positions
                .clone()
                .any(|position| reaches(position.read_message_at));
        let is_delivered = message.delivered_at.is_some()
            || positions
                .clone()
                .any(|position| reaches(position.delivered_message_at));
        if is_seen {
            MessageStatus::Seen
        } else if is_delivered {
            MessageStatus::Delivered
        } else if self.failed.contains(&message.id) {
            MessageStatus::Failed
        } else {
            MessageStatus::Sent
        }
    }
}

/// Returns `true` if the message goes to a provider and is not known to have arrived.
fn may_have_failed(message: &VisibleMessage) -> bool {
    message.direction == Direction::Outgoing
        && message.delivered_at.is_none()
        && (message.is_from_provider || message.sent_at.is_none())
}

/// Returns those of the messages whose delivery was given up, or whose provider reported that they
/// did not arrive.
fn failed_among(db: &mut Db, ids: &[MessageId]) -> Result<HashSet<MessageId>, DbError> {
    let found: Vec<MessageId> = on_engine!(db, conn => messages::table
        .left_join(failures::table.on(failures::message_id.eq(messages::id)))
        .left_join(deliveries::table.on(
            deliveries::message_id.eq(messages::id).and(deliveries::status.eq(DeliveryStatus::Dead)),
        ))
        .filter(messages::id.eq_any(ids))
        .filter(failures::message_id.is_not_null().or(deliveries::message_id.is_not_null()))
        .select(messages::id)
        .load(conn))?;
    Ok(found.into_iter().collect())
}
