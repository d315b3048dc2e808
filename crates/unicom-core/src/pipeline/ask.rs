//! Asking the bot, and showing its reply while it is written.

use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use unicom_db::{
    DbError,
    queries::{addresses, files},
};
use unicom_models::{Address, Channel, MessageFile};

use super::Shared;
use super::prepare::ClaimedRequest;
use super::reply_stream::ReplyStream;
use crate::bots::{BotContext, BotError, ChosenBot, Outcome, Usage};
use crate::platform::Signal;

/// What belongs to a message on a platform that is not local.
#[derive(Debug, Default)]
struct Remote {
    /// The files that are not part of the message.
    files: Vec<MessageFile>,
    /// The address of the chat.
    chat: Option<Address>,
}

impl Shared {
    /// Asks the bot, and shows its reply to readers while it is written.
    pub(super) async fn ask(
        &self,
        claimed: ClaimedRequest,
        bot: ChosenBot,
        stream: &ReplyStream<'_>,
    ) -> Result<Outcome, BotError> {
        // Another process may have this kind of bot: a newer version or another host application.
        let handler = self.bots.get(&bot.kind).map_err(BotError::Temporary)?;
        let remote = self.remote(&claimed).await;
        let Remote { files, chat } =
            remote.map_err(|error| BotError::Temporary(error.to_string()))?;
        let (channel, chat_id) = (claimed.channel.clone(), claimed.message.chat_id.clone());
        if let (Some(to), Some(id)) = (&chat, &claimed.message.provider_message_id) {
            self.signal(&channel, to, Signal::seen(id));
        }
        let incoming = BotContext {
            request: claimed.request,
            message: claimed.message,
            account: claimed.account,
            member: claimed.member,
            files,
            channel: claimed.channel,
            config: bot.config,
            media: Arc::clone(&self.media),
            reply: stream.sink().clone(),
        };
        // Call it inside the block, so that a panic before it returns a future is caught too.
        let answer = AssertUnwindSafe(async { handler.handle(incoming).await }).catch_unwind();
        let answer = async {
            tokio::select! {
                answered = answer => Ok(answered),
                limit = stream.too_late(&self.options) => Err(limit),
            }
        };
        let answer = self.uninterrupted(answer);
        let is_local = self.is_local(&channel);
        let shown = async {
            match is_local {
                true => stream.show_while(answer).await.flatten(),
                false => answer.await,
            }
        };
        let typing = async {
            tokio::select! {
                never = self.keep_typing(&chat_id, &channel, chat.as_ref()) => never,
                // Readers see what is written.
                () = stream.opened() => pending().await,
            }
        };
        let answered = tokio::select! {
            answered = shown => answered,
            never = typing => match never {},
        };
        if stream.close() {
            let usage = match answered {
                Some(Ok(Ok(Ok(outcome)))) => {
                    self.delete_files(&outcome.replies).await;
                    outcome.usage
                }
                _ => Usage::default(),
            };
            let written = stream.sink().finish();
            return Ok(Outcome { usage, ..written });
        }
        match answered {
            Some(Ok(Ok(outcome))) => outcome,
            Some(Ok(Err(_))) => Err(BotError::Temporary("the bot panicked".to_owned())),
            Some(Err(limit)) => Err(BotError::Temporary(format!(
                "the bot took longer than {} s",
                limit.as_secs_f32(),
            ))),
            None => Err(BotError::Temporary(
                "the server stopped before the bot responded".to_owned(),
            )),
        }
    }

    /// Returns `true` if the channel's platform delivers nothing, so that readers see messages as
    /// soon as they are stored.
    fn is_local(&self, channel: &Channel) -> bool {
        let platform = self.platforms.get(&channel.platform);
        platform.is_ok_and(|platform| platform.capabilities().local)
    }

    /// Returns what only a platform that is not local has. Reads nothing for a local one.
    async fn remote(&self, claimed: &ClaimedRequest) -> Result<Remote, DbError> {
        if self.is_local(&claimed.channel) {
            return Ok(Remote::default());
        }
        let (id, chat_id) = (claimed.message.id, claimed.message.chat_id.clone());
        self.database
            .read(move |db| {
                Ok(Remote {
                    files: files::of_messages(db, &[id])?,
                    chat: addresses::of_chat(db, &chat_id)?,
                })
            })
            .await
    }
}
