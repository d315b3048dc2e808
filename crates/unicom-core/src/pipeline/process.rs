//! Processing claimed requests: the bot is asked, and its outcome is stored.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use unicom_db::{
    DbError, StreamEnd, Tx,
    queries::{
        accounts,
        queue::{self, Claim},
        streams,
    },
};
use unicom_models::{ChatId, Message};

use super::Shared;
use super::choose::Chosen;
use super::ended::{EndedRequest, EndedStream, NotStored};
use super::notices::{self, Notice};
use super::prepare::{ClaimedRequest, Next};
use super::reply_stream::ReplyStream;
use crate::leases::renewing;
use crate::{
    CoreError, OutgoingMessage,
    bots::{BotError, ChosenBot, Outcome},
};

impl Shared {
    /// Processes one claimed request as far as possible.
    pub(super) async fn process(self: Arc<Self>, next: Next) {
        let id = next.request().id;
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
            Next::End(ended) => self.ended.store(*ended).await,
            Next::Leave(claimed) => {
                self.link_member(&claimed).await;
                self.leave(*claimed).await
            }
            Next::Ask(claimed, bot) => {
                self.link_member(&claimed).await;
                self.answer(*claimed, bot).await
            }
            Next::Categorize(claimed, categories) => {
                self.link_member(&claimed).await;
                let (claim, message) = (claimed.claim(), claimed.message.clone());
                match self.choose_category(*claimed, categories).await {
                    Ok(Chosen::Bot(claimed, bot)) => self.answer(*claimed, bot).await,
                    Ok(Chosen::Ended(request)) => {
                        notices::write(&self.database, Notice::unanswered(&request)).await;
                        Ok(())
                    }
                    Err(error) => {
                        self.retry_or_fail(claim, message, as_bot_error(error)?)
                            .await
                    }
                }
            }
        }
    }

    /// Leaves a request to the person who holds its chat. If the person has just given the chat
    /// back, the request is claimed again.
    async fn leave(&self, claimed: ClaimedRequest) -> Result<(), NotStored> {
        let mut claim = claimed.claim();
        let left = EndedRequest {
            is_left: true,
            ..claimed.end()
        };
        match self.ended.store(left).await {
            Err(NotStored::Released) => {
                claim.request.error = None;
                let requeue = move |tx: &mut Tx<'_>| queue::requeue(tx, &claim, tx.now());
                let held: bool = self.database.write_background(requeue).await?;
                held.then_some(()).ok_or(NotStored::Superseded)
            }
            stored => stored,
        }
    }

    /// Links the account to the member that was found for it, in a separate write because accounts
    /// are locked before requests. After a crash, the member is found again.
    async fn link_member(&self, claimed: &ClaimedRequest) {
        let Some(member) = claimed.found else { return };
        let account = claimed.account.id.clone();
        let linked: Result<bool, DbError> = self
            .database
            .write_background(move |tx| accounts::link_member(tx, &account, member))
            .await;
        if let Err(error) = linked {
            log::warn!("the account's member was not stored: {error}");
        }
    }

    /// Asks the bot and stores its answer, the announcement of a later answer, or the error.
    async fn answer(
        self: &Arc<Self>,
        claimed: ClaimedRequest,
        bot: ChosenBot,
    ) -> Result<(), NotStored> {
        let (claim, message) = (claimed.claim(), claimed.message.clone());
        let stream = ReplyStream::new(self, claimed.request.clone());
        let attempted = self.attempt(claimed, bot, &stream).await;
        if !matches!(attempted, Ok(Ok(()))) {
            self.abandon(&stream, &message.chat_id).await;
        }
        match attempted? {
            Ok(()) => Ok(()),
            Err(error) => self.retry_or_fail(claim, message, error).await,
        }
    }

    /// Asks the bot and stores its answer or the announcement of a later one. Returns the error if
    /// the attempt has failed.
    async fn attempt(
        self: &Arc<Self>,
        claimed: ClaimedRequest,
        bot: ChosenBot,
        stream: &ReplyStream<'_>,
    ) -> Result<Result<(), BotError>, NotStored> {
        let (claim, message) = (claimed.claim(), claimed.message.clone());
        let asked = self.ask(claimed, bot, stream);
        let outcome = match self.with_lease(&claim, asked).await? {
            Ok(outcome) => outcome,
            Err(error) => return Ok(Err(error)),
        };
        if let Some(within) = outcome.later {
            self.abandon(stream, &message.chat_id).await;
            return self.wait_for_answer(claim, within).await.map(Ok);
        }
        let stored = self.complete(claim.clone(), message, outcome, stream.ended());
        match self.with_lease(&claim, stored).await? {
            Ok(()) => {
                log::debug!("request {}: answered", claim.request.id);
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(as_bot_error(error)?)),
        }
    }

    /// Ends the stream of a reply that is not stored.
    async fn abandon(&self, stream: &ReplyStream<'_>, chat_id: &ChatId) {
        let Some(EndedStream { id, .. }) = stream.ended() else {
            return;
        };
        let chat_id = chat_id.clone();
        let ended: Result<(), DbError> = self
            .database
            .write_background(move |tx| streams::end(tx, &chat_id, id, StreamEnd::Done))
            .await;
        if let Err(error) = ended {
            // The next attempt or housekeeping deletes it.
            log::warn!("the stream of a reply could not be ended: {error}");
        }
    }

    /// Runs `work` and renews the claim meanwhile. If the claim is lost, `work` is dropped.
    pub(super) async fn with_lease<T>(
        &self,
        claim: &Claim,
        work: impl Future<Output = T>,
    ) -> Result<T, NotStored> {
        renewing(self.options.lease, || self.renew(claim), work)
            .await
            .ok_or(NotStored::Superseded)
    }

    /// Renews the claim. Returns `true` if it still holds, or if the database failed and it may
    /// still hold.
    async fn renew(&self, claim: &Claim) -> bool {
        let (held, lease) = (claim.clone(), self.options.lease);
        let renewed: Result<bool, DbError> = self
            .database
            .write(move |tx| queue::renew(tx, &held, lease))
            .await;
        renewed.unwrap_or_else(|error| {
            log::warn!(
                "request {}: its claim could not be renewed: {error}",
                claim.request.id
            );
            true
        })
    }

    /// Stores an outcome.
    async fn complete(
        &self,
        claim: Claim,
        message: Message,
        outcome: Outcome,
        stream: Option<EndedStream>,
    ) -> Result<(), NotStored> {
        let Claim { request, lease } = claim;
        let (replies, now) = (outcome.replies.clone(), self.database.now());
        let ended = EndedRequest {
            stream,
            ..EndedRequest::answered(request, Some(lease), message, outcome, now)
        };
        let stored = self.ended.store(ended).await;
        // After a database error, the replies may have been stored nevertheless.
        if matches!(&stored, Err(error) if !matches!(error, NotStored::Core(CoreError::Db(_)))) {
            self.delete_files(&replies).await;
        }
        stored
    }

    /// Deletes the files of replies that were not stored.
    pub(super) async fn delete_files(&self, replies: &[OutgoingMessage]) {
        for (_, file) in replies.iter().filter_map(|reply| reply.media.as_ref()) {
            if let Err(error) = self.media.delete(file.key.clone()).await {
                log::warn!("cannot delete a file of a reply that was not stored: {error}");
            }
        }
    }

    /// Keeps the claim without a worker, so that the answer may come until `within` has passed.
    async fn wait_for_answer(&self, mut claim: Claim, within: Duration) -> Result<(), NotStored> {
        claim.request.error = Some(format!(
            "the bot promised a reply within {} s, and none has arrived",
            within.as_secs()
        ));
        let held: bool = self
            .database
            .write_background(move |tx| {
                let due = tx.now().plus(within);
                queue::requeue(tx, &claim, due)
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
        NotStored::Superseded | NotStored::Moved(_) | NotStored::Released => Err(error),
        NotStored::Core(ref failed) if failed.is_temporary() => Err(error),
        NotStored::Core(CoreError::Db(_)) | NotStored::Categorize(_) => {
            Ok(BotError::Temporary(error.to_string()))
        }
        NotStored::Core(_) => Ok(BotError::Permanent(error.to_string())),
    }
}
