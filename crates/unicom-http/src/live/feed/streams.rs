//! What a connection is told about replies that bots are writing.

use unicom_db::StreamEnd;
use unicom_db::queries::streams;
use unicom_models::{ChatId, MessageId};
use unicom_webchat::StoredStream;

use super::{Feed, Task};
use crate::live::frame::{Frame, StreamState};
use crate::live::reader::Reader;
use crate::live::told_stream::ToldStream;
use crate::{Api, ApiError};

/// Reads the reply that a bot is writing in a chat, and notes what is found for all connections of
/// the process.
pub(in crate::live) async fn learn_stream<R: Reader>(
    api: &Api,
    reader: &R,
    chat_id: &ChatId,
) -> Result<(), ApiError> {
    let hub = api.hub()?;
    let known = hub.known_stream(chat_id).map(|(id, _)| id);
    let stored = reader.stored_stream(api, chat_id).await?;
    if let Some(known) = known {
        let is_open = match &stored {
            Some(stored) => stored.id == known,
            // Another reader may still see it.
            None => {
                let read = api
                    .database
                    .read_inline(move |db| streams::is_open(db, known));
                read.await?
            }
        };
        if !is_open {
            hub.forget_stream(chat_id, known);
        }
    }
    if let Some(StoredStream { id, text }) = stored {
        hub.learn_stream(chat_id, id, &text);
    }
    Ok(())
}

impl<R: Reader> Feed<R> {
    /// Tells a client that begins to follow a chat what a bot has written of a reply.
    pub(super) async fn begin_stream(&mut self, chat_id: &ChatId) -> Result<(), ApiError> {
        if !matches!(self.api.hub()?.known_stream(chat_id), Some((_, true))) {
            self.learn_stream(chat_id).await?;
        }
        self.tell_stream(chat_id, None)
    }

    /// Lets the replies be read that bots are writing in the chats that the client follows, as far
    /// as they are known: their ends may have been missed.
    pub(super) fn check_streams(&mut self) -> Result<(), ApiError> {
        let hub = self.api.hub()?;
        let with_stream = self.followed.keys().filter(|chat_id| {
            self.streams.contains_key(*chat_id) || hub.known_stream(chat_id).is_some()
        });
        self.tasks
            .extend(with_stream.cloned().map(Task::CheckStream));
        Ok(())
    }

    /// Tells the client what a bot has written of a reply in a chat. Reads the text from the
    /// database if pieces were missed.
    pub(super) async fn read_stream(
        &mut self,
        chat_id: &ChatId,
        ended: Option<(MessageId, StreamEnd)>,
    ) -> Result<(), ApiError> {
        if let Some((_, false)) = self.api.hub()?.known_stream(chat_id) {
            self.learn_stream(chat_id).await?;
        }
        self.tell_stream(chat_id, ended)
    }

    /// Reads the reply that a bot is writing in a chat.
    pub(super) async fn learn_stream(&self, chat_id: &ChatId) -> Result<(), ApiError> {
        learn_stream(&self.api, &self.reader, chat_id).await
    }

    /// Adds the frames that tell what a bot has written of a reply in a chat that the client
    /// follows, as far as this process knows, and how it has ended.
    pub(super) fn tell_stream(
        &mut self,
        chat_id: &ChatId,
        ended: Option<(MessageId, StreamEnd)>,
    ) -> Result<(), ApiError> {
        if !self.followed.contains_key(chat_id) {
            return Ok(());
        }
        let mut told = self.streams.remove(chat_id);
        if let (Some(last), Some((id, end))) = (told, ended)
            && last.id == id
        {
            self.push(&last.end(chat_id, end.into()))?;
            told = None;
        }
        let known = told.map(ToldStream::known);
        let part = self.api.hub()?.stream_part(chat_id, known);
        if let Some(last) = told
            && part.as_ref().is_none_or(|part| part.stream_id != last.id)
        {
            // Its end was missed.
            self.push(&last.end(chat_id, StreamState::Done))?;
            told = None;
        }
        let Some(part) = part else { return Ok(()) };
        if !part.text.is_empty() {
            let (offset, now) = ToldStream::after(told, &part);
            self.push(&Frame::Stream {
                chat_id,
                stream_id: part.stream_id,
                offset,
                text: part.text,
                state: StreamState::Open,
            })?;
            told = Some(now);
        }
        if let Some(told) = told {
            self.streams.insert(chat_id.clone(), told);
        }
        Ok(())
    }
}
