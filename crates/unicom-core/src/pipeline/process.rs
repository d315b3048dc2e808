//! The bot's turn, and what becomes of its outcome.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use unicom_db::{DbError, queries::queue};
use unicom_models::{Request, RequestStatus};

use super::Shared;
use super::backoff::{LONGEST, backoff};
use super::outcome::{NotStored, store_replies};
use super::prepare::{Claimed, Next};
use crate::{BotError, ChosenBot, CoreError, Incoming, Outcome};

impl Shared {
    /// Takes one claimed request to its end, or as far as it comes.
    pub(super) async fn process(self: Arc<Self>, next: Next) {
        let (Next::Categorize(claimed, _) | Next::Ask(claimed, _)) = &next;
        let request = claimed.request.clone();
        match self.take_on(next).await {
            Ok(()) => {}
            Err(NotStored::Superseded) => {
                log::warn!(
                    "request {}: left to another worker, which has it",
                    request.id
                );
            }
            // A database that is busy or away: the lease runs out and the request is taken up again.
            Err(error) => {
                log::warn!(
                    "request {}: its outcome could not be stored: {error}",
                    request.id
                );
            }
        }
    }

    /// Finds the category where that is open, asks the bot, and stores what comes of it.
    async fn take_on(self: &Arc<Self>, next: Next) -> Result<(), NotStored> {
        let next = match next {
            Next::Categorize(claimed, categories) => {
                let request = claimed.request.clone();
                match self.choose_category(claimed, categories).await {
                    Ok(next) => next,
                    Err(error) => return self.give_back(request, as_bot_error(error)?).await,
                }
            }
            next @ Next::Ask(..) => Some(next),
        };
        let Some(Next::Ask(claimed, bot)) = next else {
            return Ok(());
        };
        let request = claimed.request.clone();
        let asked = self.ask(claimed.clone(), bot);
        match self.holding(&request, asked).await? {
            Ok(Outcome {
                later: Some(within),
                ..
            }) => self.wait_for_answer(request, within).await,
            Ok(outcome) => match self.complete(claimed, outcome).await {
                Ok(()) => {
                    log::debug!("request {}: answered", request.id);
                    Ok(())
                }
                Err(error) => self.give_back(request, as_bot_error(error)?).await,
            },
            Err(error) => self.give_back(request, error).await,
        }
    }

    async fn ask(&self, claimed: Claimed, bot: ChosenBot) -> Result<Outcome, BotError> {
        let handler = self.bots.get(&bot.kind).map_err(BotError::Permanent)?;
        let answer = handler.handle(Incoming {
            request: claimed.request,
            message: claimed.message,
            account: claimed.account,
            member: claimed.member,
            channel: claimed.channel,
            config: bot.config,
            media: Arc::clone(&self.media),
        });
        let answer = AssertUnwindSafe(answer).catch_unwind();
        match tokio::time::timeout(self.options.bot_timeout, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(BotError::Temporary("the bot panicked".to_owned())),
            Err(_) => Err(BotError::Temporary(format!(
                "the bot took longer than {} s",
                self.options.bot_timeout.as_secs_f32(),
            ))),
        }
    }

    /// Works, renewing the claim meanwhile. Where the claim is lost, the work is dropped.
    pub(super) async fn holding<T>(
        &self,
        request: &Request,
        work: impl Future<Output = T>,
    ) -> Result<T, NotStored> {
        let mut work = pin!(work);
        let mut renewal = tokio::time::interval(self.options.lease / 3);
        renewal.tick().await;
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = renewal.tick() => if !self.renew(request).await {
                    return Err(NotStored::Superseded);
                },
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

    async fn complete(&self, claimed: Claimed, outcome: Outcome) -> Result<(), NotStored> {
        let files: Vec<String> = outcome
            .replies
            .iter()
            .filter_map(|reply| Some(reply.media.as_ref()?.1.key.clone()))
            .collect();
        let platforms = self.platforms.clone();
        let Claimed {
            mut request,
            message,
            ..
        } = claimed;
        request.llm_calls = request.llm_calls.saturating_add(outcome.usage.calls);
        request.llm_tokens = request.llm_tokens.saturating_add(outcome.usage.tokens);
        let stored = self
            .database
            .write(move |tx| {
                request.reach(RequestStatus::Completed, tx.now());
                request.error = None;
                store_replies(tx, &platforms, request, message, outcome.replies).map(drop)
            })
            .await;
        // Where the database failed, the replies may have been stored all the same.
        if matches!(&stored, Err(error) if !matches!(error, NotStored::Core(CoreError::Db(_)))) {
            self.delete_files(files).await;
        }
        stored
    }

    /// Files of replies that were not stored are nobody's.
    async fn delete_files(&self, keys: Vec<String>) {
        for key in keys {
            if let Err(error) = self.media.delete(key).await {
                log::warn!("a file of a reply that was not stored is left: {error}");
            }
        }
    }

    /// Keeps the claim without a worker: until `within` has passed, the answer may come.
    async fn wait_for_answer(
        &self,
        mut request: Request,
        within: Duration,
    ) -> Result<(), NotStored> {
        request.error = Some(format!(
            "its bot promised an answer within {} s, and none has come yet",
            within.as_secs()
        ));
        let held: bool = self
            .database
            .write(move |tx| {
                let due = tx.now().plus(within);
                queue::release(tx, &request, due)
            })
            .await?;
        // The answer may have been faster than this.
        if !held {
            log::debug!("the answer was there before it was waited for");
        }
        Ok(())
    }

    /// Has a request tried again later, or gives it up.
    async fn give_back(&self, mut request: Request, error: BotError) -> Result<(), NotStored> {
        let reason = error.to_string();
        log::warn!(
            "request {}: attempt {} failed: {reason}",
            request.id,
            request.attempts
        );
        let usual = backoff(self.options.backoff, request.attempts);
        let wait = match &error {
            BotError::Permanent(_) => None,
            _ if request.attempts >= self.options.attempts => None,
            BotError::Busy { after, .. } => Some(usual.max(*after).min(LONGEST)),
            BotError::Temporary(_) => Some(usual),
        };
        request.error = Some(reason);
        self.database
            .write(move |tx| match wait {
                Some(wait) => {
                    let now = tx.now();
                    request.reach(RequestStatus::Queued, now);
                    queue::release(tx, &request, now.plus(wait)).map(drop)
                }
                None => {
                    request.reach(RequestStatus::Failed, tx.now());
                    queue::end(tx, &request).map(drop)
                }
            })
            .await
            .map_err(|error: DbError| error.into())
    }
}

/// What a refused outcome counts as for its request. What is temporary in the database stays an error: the lease runs
/// out and the request is taken up again.
fn as_bot_error(error: NotStored) -> Result<BotError, NotStored> {
    match error {
        NotStored::Superseded => Err(error),
        NotStored::Core(CoreError::Db(ref failed)) if failed.is_temporary() => Err(error),
        NotStored::Core(CoreError::Db(_)) | NotStored::Categorize(_) => {
            Ok(BotError::Temporary(error.to_string()))
        }
        NotStored::Core(_) => Ok(BotError::Permanent(error.to_string())),
    }
}
