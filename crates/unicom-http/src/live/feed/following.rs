//! The chats whose content a connection follows.

use std::collections::HashMap;

use unicom_core::live::Topic;
use unicom_db::{Event, Typing};
use unicom_models::ChatId;
use unicom_webchat::Cursor;

use super::{Feed, Task};
use crate::ApiError;
use crate::live::reader::Reader;

/// Maximum number of chats whose content a connection follows.
const FOLLOWED: usize = 100;

impl<R: Reader> Feed<R> {
    /// Follows chats, each from the cursor that the client has, or from now on. Those that the
    /// reader may not read are told as gone.
    ///
    /// # Errors
    /// [`ApiError::invalid_cursor`], [`ApiError::invalid_parameter`] if they are too many.
    pub fn subscribe(&mut self, chats: HashMap<ChatId, Option<String>>) -> Result<(), ApiError> {
        let mut cursors = Vec::new();
        for (chat_id, cursor) in chats {
            let cursor = cursor.map(|cursor| cursor.parse::<Cursor>()).transpose();
            let cursor = cursor.map_err(|error| {
                ApiError::invalid_cursor(format!("the cursor of chat `{chat_id}`: {error}"))
            })?;
            cursors.push((chat_id, cursor));
        }
        let chats = cursors;
        let is_new = |(chat_id, _): &&(ChatId, _)| !self.followed.contains_key(chat_id);
        if self.followed.len() + chats.iter().filter(is_new).count() > FOLLOWED {
            return Err(ApiError::invalid_parameter(format!(
                "a connection follows at most {FOLLOWED} chats: unsubscribe from others first"
            )));
        }
        let follow = |(chat_id, cursor)| Task::Follow(chat_id, cursor);
        self.tasks.extend(chats.into_iter().map(follow));
        Ok(())
    }

    /// Follows a chat, and tells the client what has changed in it since `cursor`. Without a
    /// cursor, the client is told the present one.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`], [`ApiError::account_blocked`], and those of the database.
    pub async fn follow(
        &mut self,
        chat_id: &ChatId,
        cursor: Option<Cursor>,
    ) -> Result<(), ApiError> {
        let topic = Topic::Chat(chat_id.clone());
        let was_watched = self.subscription.contains(&topic);
        self.subscription.add(topic.clone());
        match self.reader.begin(&self.api, chat_id, cursor).await {
            Ok((cursor, frame)) => {
                self.reader.followed(chat_id);
                self.frames.push_back(frame);
                self.followed.insert(chat_id.clone(), cursor);
                self.streams.remove(chat_id);
                self.begin_stream(chat_id).await
            }
            Err(error) => {
                if !was_watched {
                    self.subscription.remove(&topic);
                }
                Err(error)
            }
        }
    }

    /// Stops following chats.
    pub fn unsubscribe(&mut self, chats: &[ChatId]) {
        for chat_id in chats {
            self.followed.remove(chat_id);
            self.streams.remove(chat_id);
            self.reader.unfollowed(chat_id);
            if self.listed.is_none() || R::LISTS_EVERY_CHAT {
                self.subscription.remove(&Topic::Chat(chat_id.clone()));
            }
        }
    }

    /// Returns `true` if the client follows the chat.
    pub fn follows(&self, chat_id: &ChatId) -> bool {
        self.followed.contains_key(chat_id)
    }

    /// Tells the others in a chat that the client follows that the reader begins or stops to write.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`] if the client does not follow the chat.
    pub fn signal_typing(&self, chat_id: &ChatId, is_typing: bool) -> Result<(), ApiError> {
        if !self.follows(chat_id) {
            return Err(ApiError::chat_not_found(
                "subscribe to the chat before writing in it",
            ));
        }
        self.api.database.publish(vec![Event::Typing(Typing {
            chat_id: chat_id.clone(),
            author: self.reader.author(),
            account_id: self.reader.account_id(),
            is_typing,
        })]);
        Ok(())
    }
}
