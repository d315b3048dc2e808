//! The bot's turn, and the second write: its replies and the request's end together, or neither.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use unicom_db::{
    DbError, Tx,
    queries::{chats, messages, queue},
};
use unicom_models::{Message, Request, RequestStatus};

use super::Shared;
use super::backoff::backoff;
use super::prepare::Prepared;
use crate::{BotError, CoreError, Outcome, reply_with};

/// Why an outcome was not stored.
#[derive(Debug, thiserror::Error)]
enum NotStored {
    #[error("another worker has taken the request over")]
    Superseded,
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<DbError> for NotStored {
    fn from(error: DbError) -> Self {
        Self::Core(error.into())
    }
}

impl Shared {
    /// Lets the bot answer one claimed request and stores what came of it.
    pub(super) async fn process(self: Arc<Self>, prepared: Prepared) {
        let (request, message) = (
            prepared.incoming.request.clone(),
            prepared.incoming.message.clone(),
        );
        let Some(answered) = self.ask(prepared).await else {
            log::warn!(
                "request {}: left to another worker, which has it",
                request.id
            );
            return;
        };
        let result = match answered {
            Ok(outcome) => match self.complete(&request, message, outcome).await {
                Ok(()) => return,
                Err(NotStored::Superseded) => {
                    log::warn!(
                        "request {}: dropped a late answer, another worker has it",
                        request.id
                    );
                    return;
                }
                // A database that is busy or away: the lease runs out and the request is taken up again.
                Err(NotStored::Core(CoreError::Db(error))) if error.is_temporary() => {
                    log::warn!(
                        "request {}: its answer could not be stored: {error}",
                        request.id
                    );
                    return;
                }
                Err(NotStored::Core(error @ CoreError::Db(_))) => {
                    BotError::Temporary(error.to_string())
                }
                Err(NotStored::Core(error)) => BotError::Permanent(error.to_string()),
            },
            Err(error) => error,
        };
        if let Err(error) = self.give_back(&request, &result).await {
            log::warn!(
                "request {}: its failure could not be stored: {error}",
                request.id
            );
        }
    }

    /// Runs the bot, renewing the claim meanwhile. None where the claim was lost.
    async fn ask(&self, prepared: Prepared) -> Option<Result<Outcome, BotError>> {
        let request = prepared.incoming.request.clone();
        let bot = match self.bots.get(&prepared.bot) {
            Ok(bot) => bot,
            Err(unknown) => return Some(Err(BotError::Permanent(unknown))),
        };
        let answer = AssertUnwindSafe(bot.handle(prepared.incoming)).catch_unwind();
        let mut answer = std::pin::pin!(tokio::time::timeout(self.options.bot_timeout, answer));
        let mut renewal = tokio::time::interval(self.options.lease / 3);
        renewal.tick().await;
        loop {
            tokio::select! {
                answered = &mut answer => return Some(match answered {
                    Ok(Ok(outcome)) => outcome,
                    Ok(Err(_)) => Err(BotError::Temporary("the bot panicked".to_owned())),
                    Err(_) => Err(BotError::Temporary(format!(
                        "the bot took longer than {} s", self.options.bot_timeout.as_secs_f32(),
                    ))),
                }),
                _ = renewal.tick() => if !self.renew(&request).await { return None },
            }
        }
    }

    /// Whether the claim still holds, as far as can be told.
    async fn renew(&self, request: &Request) -> bool {
        let (held, lease) = (request.clone(), self.options.lease);
        let renewed: Result<bool, DbError> = self
            .database
            .write(move |tx| queue::renew(tx, &held, lease))
            .await;
        renewed.unwrap_or_else(|error| {
            log::warn!(
                "request {}: its claim could not be renewed: {error}",
                request.id
            );
            true
        })
    }

    async fn complete(
        &self,
        request: &Request,
        message: Message,
        outcome: Outcome,
    ) -> Result<(), NotStored> {
        let (request, platforms) = (request.clone(), self.platforms.clone());
        self.database
            .write(move |tx| {
                let message = lock_chat_of(tx, message)?;
                if !queue::advance(tx, &request, RequestStatus::Completed)? {
                    return Err(NotStored::Superseded);
                }
                for reply in outcome.replies {
                    reply_with(tx, &platforms, &message, reply)?;
                }
                Ok(())
            })
            .await
    }

    async fn give_back(&self, request: &Request, error: &BotError) -> Result<(), DbError> {
        let request = request.clone();
        let reason = error.to_string();
        let again =
            matches!(error, BotError::Temporary(_)) && request.attempts < self.options.attempts;
        log::warn!(
            "request {}: attempt {} failed: {reason}",
            request.id,
            request.attempts
        );
        let wait = backoff(self.options.backoff, request.attempts);
        self.database
            .write(move |tx| {
                if again {
                    queue::retry_later(tx, &request, tx.now().plus(wait), &reason)?;
                } else {
                    queue::fail(tx, &request, &reason)?;
                }
                Ok(())
            })
            .await
    }
}

/// Locks the chat of `message`, before its request as everyone does; the message as it stands then.
fn lock_chat_of(tx: &mut Tx<'_>, mut message: Message) -> Result<Message, DbError> {
    loop {
        chats::lock(tx, &message.chat_id)?;
        match messages::of_request(tx, message.id)? {
            // It has moved to another chat meanwhile: its guest has become a user.
            Some(moved) if moved.chat_id != message.chat_id => message = moved,
            Some(message) => return Ok(message),
            // Deleted, and its request with it.
            None => return Ok(message),
        }
    }
}
