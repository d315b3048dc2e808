//! What a connection reads of one chat: its row, and what has changed in it.

use std::sync::Arc;

use unicom_core::live::Topic;
use unicom_models::ChatId;

use super::{Feed, Part, Reading};
use crate::ApiError;
use crate::live::frame::Frame;
use crate::live::reader::{Reader, WATCHED};
use crate::live::shared_reads::{ChatNews, Wanted};

/// Maximum number of chats whose last told change a connection remembers.
const MOST_LISTED: usize = 4 * WATCHED as usize;

impl<R: Reader> Feed<R> {
    /// Reads a chat that may have changed, and adds the frames that tell it.
    pub(super) async fn read_chat(
        &mut self,
        chat_id: ChatId,
        part: Part,
        reading: Reading,
    ) -> Result<(), ApiError> {
        let wanted = Wanted {
            reader: self.reader.key(),
            is_listed: self.listed.is_some() && part != Part::Content,
            cursor: match part {
                Part::Row => None,
                Part::Both | Part::Content => self.followed.get(&chat_id).copied(),
            },
            chat_id,
        };
        if wanted.is_listed {
            self.watch(std::iter::once(&wanted.chat_id));
        }
        let news = if reading == Reading::Shared {
            let topics = self.reader.topics(&wanted.chat_id);
            let version = self.subscription.version(&topics);
            let read = async |wanted: &Wanted| self.reader.read(&self.api, wanted).await;
            let shared = self.api.shared_reads.get(wanted.clone(), version, read);
            shared.await?
        } else {
            Arc::new(self.reader.read(&self.api, &wanted).await?)
        };
        let chat_id = wanted.chat_id;
        let ChatNews::Read { row, changes } = &*news else {
            // Otherwise its row, which is read next, tells it.
            return match part {
                Part::Content => Ok(()),
                Part::Both | Part::Row => self.forget(&chat_id),
            };
        };
        if let (Some(listed), Some((change, frame))) = (&mut self.listed, row) {
            if listed.len() >= MOST_LISTED && !listed.contains_key(&chat_id) {
                // The client may be told a row again.
                listed.clear();
            }
            if listed.insert(chat_id.clone(), *change) != Some(*change) {
                self.frames.push_back(frame.clone());
                self.is_unread_stale = true;
            }
        }
        if let Some((cursor, frame)) = changes
            && wanted.cursor != Some(*cursor)
            && self.follows(&chat_id)
        {
            self.frames.extend(frame.clone());
            self.followed.insert(chat_id, *cursor);
        }
        Ok(())
    }

    /// Forgets a chat that the reader may no longer read, and tells the client.
    pub(super) fn forget(&mut self, chat_id: &ChatId) -> Result<(), ApiError> {
        let was_followed = self.followed.remove(chat_id).is_some();
        self.streams.remove(chat_id);
        let was_listed = match &mut self.listed {
            Some(listed) => listed.remove(chat_id).is_some(),
            None => false,
        };
        self.subscription.remove(&Topic::Chat(chat_id.clone()));
        self.reader.unfollowed(chat_id);
        if was_followed || was_listed || R::LISTS_EVERY_CHAT {
            self.is_unread_stale = true;
            self.push(&Frame::ChatGone { chat_id })?;
        }
        Ok(())
    }
}
