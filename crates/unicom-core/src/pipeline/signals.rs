//! Telling the sender of a message, and everyone who follows the chat, that it was seen and that an
//! answer is being written, and telling a provider that a click has arrived. Nothing waits for
//! these signals, and those to providers are dropped while too many are under way.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::broadcast::error::RecvError;
use unicom_db::queries::channels;
use unicom_db::{Database, Event, Typing};
use unicom_models::{Address, Author, AuthorKind, Channel, ChatId};

use super::Shared;
use crate::outbound::sender_name;
use crate::platform::{Signal, Stop};

/// Maximum time a platform may take to send a signal.
const LONGEST: Duration = Duration::from_secs(5);

/// How long a bot works before its sender is told. Quick bots cause no calls of the provider.
const FIRST_TYPING: Duration = Duration::from_millis(500);

/// How often the sender is told that the bot works. Providers show it for five seconds or more.
const TYPING_EVERY: Duration = Duration::from_secs(4);

impl Shared {
    /// Begins to send a signal to the chat with this address.
    pub(super) fn signal(&self, channel: &Channel, to: &Address, signal: Signal) {
        let Ok(slot) = Arc::clone(&self.signal_slots).try_acquire_owned() else {
            return;
        };
        let Ok(platform) = self.platforms.get(&channel.platform).cloned() else {
            return;
        };
        let (channel, to) = (channel.clone(), to.clone());
        tokio::spawn(async move {
            let id = channel.id;
            // Called inside the block, so that a panic before it returns a future is caught too.
            let sending = AssertUnwindSafe(async { platform.signal(channel, to, signal).await });
            match tokio::time::timeout(LONGEST, sending.catch_unwind()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => log::warn!("channel {id}: the platform panicked on a signal"),
                Err(_) => log::debug!("channel {id}: the platform took too long for a signal"),
            }
            drop(slot);
        });
    }

    /// Signals which clicks have arrived in this process, until it is told to stop.
    pub(super) async fn confirm_clicks(&self, stop: &Stop) {
        if !self.platforms.are_remote() {
            return;
        }
        let mut events = self.database.subscribe();
        loop {
            let event = tokio::select! {
                () = stop.requested() => return,
                event = events.recv() => event,
            };
            match event {
                Ok(Event::ClickTaken {
                    channel_id,
                    account,
                    provider_click_id,
                }) => {
                    let found = self.database.read(move |db| channels::get(db, channel_id));
                    if let Ok(Some(channel)) = found.await {
                        self.signal(&channel, &account, Signal::click_taken(provider_click_id));
                    }
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Signals that the bot works in the chat, until it is dropped. `remote` is the address of the
    /// chat if its platform is told, too.
    pub(super) async fn keep_typing(
        &self,
        chat_id: &ChatId,
        channel: &Channel,
        remote: Option<&Address>,
    ) -> Infallible {
        tokio::time::sleep(FIRST_TYPING).await;
        let shown = ShownTyping {
            database: &self.database,
            chat_id,
            bot: sender_name(channel),
        };
        loop {
            shown.publish(true);
            if let Some(to) = remote {
                self.signal(channel, to, Signal::Typing);
            }
            tokio::time::sleep(TYPING_EVERY).await;
        }
    }
}

/// A bot that those who follow the chat see typing. They see it stop when this is dropped.
struct ShownTyping<'a> {
    database: &'a Database,
    chat_id: &'a ChatId,
    bot: String,
}

impl ShownTyping<'_> {
    fn publish(&self, is_typing: bool) {
        self.database.publish(vec![Event::Typing(Typing {
            chat_id: self.chat_id.clone(),
            author: Author {
                kind: AuthorKind::Bot,
                name: self.bot.clone(),
            },
            account_id: None,
            is_typing,
        })]);
    }
}

impl Drop for ShownTyping<'_> {
    fn drop(&mut self) {
        self.publish(false);
    }
}
