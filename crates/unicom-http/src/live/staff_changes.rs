//! What has changed in a chat, as admins are told.

use std::collections::HashMap;

use unicom_db::queries::changes::{self, AdminChanges, Cursor};
use unicom_db::queries::chat_list::{self, AdminListedChat};
use unicom_db::queries::message_edits::{self, EarlierText};
use unicom_db::queries::read_positions::ParticipantPosition;
use unicom_db::queries::{chat_access, files};
use unicom_db::{Db, DbError};
use unicom_models::{ChatId, Message, MessageFile, MessageId};

use super::encoded_frame::EncodedFrame;
use super::reader::MOST_CHANGES;
use super::staff_frame::{StaffFrame, StaffItem};
use crate::admin::chat_json::AdminChatJson;
use crate::admin::message_json::AdminMessageJson;
use crate::{Api, ApiError};

/// What has changed in a chat, with what belongs to its messages.
pub(super) struct ReadChanges {
    changes: AdminChanges,
    files: HashMap<MessageId, Vec<MessageFile>>,
    edits: Vec<EarlierText>,
    /// The row of the chat, if it has changed who answers.
    chat: Option<AdminListedChat>,
}

/// Reads what has changed in a chat since a cursor, by default nothing yet. Returns `None` if there
/// is no such chat.
pub(super) fn read(
    db: &mut Db,
    chat_id: &ChatId,
    cursor: Option<Cursor>,
) -> Result<Option<ReadChanges>, DbError> {
    let Some(access) = chat_access::for_admin(db, chat_id)? else {
        return Ok(None);
    };
    let cursor = cursor.unwrap_or_else(|| Cursor::of(access.chat()));
    let changes = changes::since_for_admin(db, &access, cursor, MOST_CHANGES)?;
    let (mut files, mut edits, mut chat) = (HashMap::new(), Vec::new(), None);
    if let AdminChanges::Applied {
        messages,
        is_holder_changed,
        ..
    } = &changes
    {
        if !messages.is_empty() {
            let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
            let is_from_provider = |message: &&Message| message.provider_message_id.is_some();
            let from_provider = messages.iter().filter(is_from_provider);
            files = files::ready(db, from_provider.map(|message| message.id))?;
            edits = message_edits::list(db, &ids)?;
        }
        if *is_holder_changed {
            chat = chat_list::one_for_admin(db, chat_id)?;
        }
    }
    Ok(Some(ReadChanges {
        changes,
        files,
        edits,
        chat,
    }))
}

impl ReadChanges {
    /// Returns the cursor after the changes, and the frame that tells them.
    pub fn into_frame(
        self,
        api: &Api,
        chat_id: &ChatId,
    ) -> Result<(Cursor, EncodedFrame), ApiError> {
        let Self {
            changes,
            mut files,
            edits,
            chat,
        } = self;
        let (messages, deleted, participants, is_holder_changed, cursor) = match changes {
            AdminChanges::Reset(cursor) => {
                return Ok((cursor, StaffFrame::reset(chat_id, cursor)?));
            }
            AdminChanges::Applied {
                messages,
                deleted,
                participants,
                is_holder_changed,
                cursor,
            } => (messages, deleted, participants, is_holder_changed, cursor),
        };
        let mut edits_of: HashMap<MessageId, Vec<EarlierText>> = HashMap::new();
        for edit in edits {
            edits_of.entry(edit.message_id).or_default().push(edit);
        }
        let messages = messages.into_iter().map(|message| {
            let files = files.remove(&message.id).unwrap_or_default();
            let edits = edits_of.remove(&message.id).unwrap_or_default();
            let message = Box::new(AdminMessageJson::new(api, message, &files, edits));
            StaffItem::Message { message }
        });
        let deleted = deleted
            .into_iter()
            .map(|id| StaffItem::MessageDeleted { id });
        let participant = |ParticipantPosition { name, position }| StaffItem::Participant {
            account_id: position.account_id,
            name,
            delivered_up_to: position.delivered_message_at,
            read_up_to: position.read_message_at,
        };
        let mut items: Vec<StaffItem> = messages.chain(deleted).collect();
        items.extend(participants.into_iter().map(participant));
        if is_holder_changed {
            let holder = chat.and_then(|chat| AdminChatJson::from(chat).holder);
            let holder = holder.map(Box::new);
            items.push(StaffItem::Holder { holder });
        }
        let frame = StaffFrame::Changes {
            chat_id,
            cursor: cursor.to_string(),
            items,
        };
        Ok((cursor, frame.encode()?))
    }
}
