//! Asking the bot, and storing its outcome.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use unicom_db::{DbError, queries::queue};
use unicom_models::{Message, Request, RequestStatus};

use super::Shared;
use super::lease::renewing;
use super::outcome::{NotStored, store_replies};
use super::prepare::{ClaimedRequest, Next};
use crate::{
    CoreError, OutgoingMessage,
    bots::{BotContext, BotError, ChosenBot, Outcome},
};

/// Maximum number of attempts to store an outcome before the request is left to the next claim.
const STORE_TRIES: u32 = 20;

/// The wait between these attempts.
const STORE_AGAIN: Duration = Duration::from_millis(500);

impl Shared {
    /// Processes one claimed request as far as possible.
    pub(super) async fn process(self: Arc<Self>, next: Next) {
        let (Next::Categorize(claimed, _) | Next::Ask(claimed, _)) = &next;
        let id = claimed.request.id;
        match self.run_request(next).await {
            Ok(()) => {}
            Err(NotStored::Superseded) => {
                log::warn!("request {id}: another worker has claimed it");
            }
            // The database is busy or unavailable: the lease expires, and the request is claimed
            // again.
            Err(error) => {
                log::warn!("request {id}: its outcome could not be stored: {error}");
            }
        }
    }

    /// Finds the category if it is not decided, asks the bot, and stores the result.
    async fn run_request(self: &Arc<Self>, next: Next) -> Result<(), NotStored> {
        match next {
            Next::Ask(claimed, bot) => self.answer(*claimed, bot).await,
            Next::Categorize(claimed, categories) => {
                let (request, message) = (claimed.request.clone(), claimed.message.clone());
                match self.choose_category(*claimed, categories).await {
                    Ok(Some((claimed, bot))) => self.answer(*claimed, bot).await,
                    Ok(None) => Ok(()),
                    Err(error) => {
                        self.retry_or_fail(request, message, as_bot_error(error)?)
                            .await
                    }
                }
            }
        }
    }

    /// Asks the bot and stores its answer, the announcement of a later answer, or the error.
    async fn answer(&self, claimed: ClaimedRequest, bot: ChosenBot) -> Result<(), NotStored> {
        let (request, message) = (claimed.request.clone(), claimed.message.clone());
        let asked = self.ask(claimed, bot);
        let error = match self.with_lease(&request, asked).await? {
            Ok(Outcome {
                later: Some(within),
                ..
            }) => return self.wait_for_answer(request, within).await,
            Ok(outcome) => {
                let stored = self.complete(request.clone(), message.clone(), outcome);
                match self.with_lease(&request, stored).await? {
                    Ok(()) => {
                        log::debug!("request {}: answered", request.id);
                        return Ok(());
                    }
                    Err(error) => as_bot_error(error)?,
                }
            }
            Err(error) => error,
        };
        self.retry_or_fail(request, message, error).await
    }

    async fn ask(&self, claimed: ClaimedRequest, bot: ChosenBot) -> Result<Outcome, BotError> {
        // Another process may have this kind of bot: a newer version or another host application.
        let handler = self.bots.get(&bot.kind).map_err(BotError::Temporary)?;
        let incoming = BotContext {
            request: claimed.request,
            message: claimed.message,
            account: claimed.account,
            member: claimed.member,
            channel: claimed.channel,
            config: bot.config,
            media: Arc::clone(&self.media),
        };
        // Call it inside the block, so that a panic before it returns a future is caught too.
        let answer = AssertUnwindSafe(async { handler.handle(incoming).await }).catch_unwind();
        let answer = tokio::time::timeout(self.options.bot_timeout, answer);
        match self.uninterrupted(answer).await {
            Some(Ok(Ok(outcome))) => outcome,
            Some(Ok(Err(_))) => Err(BotError::Temporary("the bot panicked".to_owned())),
            Some(Err(_)) => Err(BotError::Temporary(format!(
                "the bot took longer than {} s",
                self.options.bot_timeout.as_secs_f32(),
            ))),
            None => Err(BotError::Temporary(
                "the server stopped before the bot responded".to_owned(),
            )),
        }
    }

    /// Runs `work` and renews the claim meanwhile. If the claim is lost, `work` is dropped.
    pub(super) async fn with_lease<T>(
        &self,
        request: &Request,
        work: impl Future<Output = T>,
    ) -> Result<T, NotStored> {
        renewing(self.options.lease, || self.renew(request), work)
            .await
            .ok_or(NotStored::Superseded)
    }

    /// Renews the claim. Returns `true` if it still holds, or if the database failed and it may
    /// still hold.
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

    /// Stores an outcome. Retries for a while if the database is busy, since the answer may have
    /// been costly.
    async fn complete(
        &self,
        mut request: Request,
        message: Message,
        outcome: Outcome,
    ) -> Result<(), NotStored> {
        request.llm_calls = request.llm_calls.saturating_add(outcome.usage.calls);
        request.llm_tokens = request.llm_tokens.saturating_add(outcome.usage.tokens);
        request.error = None;
        let mut tries = 0;
        let stored = loop {
            let (mut request, message) = (request.clone(), message.clone());
            let (platforms, replies) = (self.platforms.clone(), outcome.replies.clone());
            let stored = self.database.write_background(move |tx| {
                request.reach(RequestStatus::Completed, tx.now());
                store_replies(tx, &platforms, request, message, replies).map(drop)
            });
            tries += 1;
            match stored.await {
                Err(NotStored::Core(error)) if error.is_temporary() && tries < STORE_TRIES => {
                    tokio::time::sleep(STORE_AGAIN).await;
                }
                stored => break stored,
            }
        };
        // After a database error, the replies may have been stored nevertheless.
        if matches!(&stored, Err(error) if !matches!(error, NotStored::Core(CoreError::Db(_)))) {
            self.delete_files(&outcome.replies).await;
        }
        stored
    }

    /// Deletes the files of replies that were not stored.
    async fn delete_files(&self, replies: &[OutgoingMessage]) {
        for (_, file) in replies.iter().filter_map(|reply| reply.media.as_ref()) {
            if let Err(error) = self.media.delete(file.key.clone()).await {
                log::warn!("cannot delete a file of a reply that was not stored: {error}");
            }
        }
    }

    /// Keeps the claim without a worker, so that the answer may come until `within` has passed.
    async fn wait_for_answer(
        &self,
        mut request: Request,
        within: Duration,
    ) -> Result<(), NotStored> {
        request.error = Some(format!(
            "the bot promised a reply within {} s, and none has arrived",
            within.as_secs()
        ));
        let held: bool = self
            .database
            .write_background(move |tx| {
                let due = tx.now().plus(within);
                queue::requeue(tx, &request, due)
            })
            .await?;
        // The answer may have come before this write.
        if !held {
            log::debug!("the reply arrived before the request waited for it");
        }
        Ok(())
    }
}

/// Converts the reason why an outcome was not stored into an error of the attempt.
///
/// A lost claim and a temporary database error are returned as errors. In the latter case the lease
/// expires and the request is claimed again.
fn as_bot_error(error: NotStored) -> Result<BotError, NotStored> {
    match error {
        NotStored::Superseded => Err(error),
        NotStored::Core(ref failed) if failed.is_temporary() => Err(error),
        NotStored::Core(CoreError::Db(_)) | NotStored::Categorize(_) => {
            Ok(BotError::Temporary(error.to_string()))
        }
        NotStored::Core(_) => Ok(BotError::Permanent(error.to_string())),
    }
}
