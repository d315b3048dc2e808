//! `Bot`: what answers requests, and the registry of those in a process.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use unicom_models::{Account, Channel, Member, Message, Request};

use crate::media::MediaStore;
use crate::outbound::OutgoingMessage;

/// Answers requests.
///
/// A closure is one too:
///
/// ```
/// use unicom_core::{Bots, bots::{BotContext, Outcome}};
///
/// let bots = Bots::default()
///     .with("shout", |context: BotContext| async move { Ok(Outcome::text(context.message.text.to_uppercase())) });
/// # drop(bots);
/// ```
pub trait Bot: Send + Sync + 'static {
    /// Works out the answer to one request. No transaction is open meanwhile.
    ///
    /// May be called again for the same request after a crash or a temporary error; its outcome is stored as a
    /// whole and once, or not at all. It is dropped when it takes longer than the pipeline allows. It must not block:
    /// other bots share its thread.
    ///
    /// # Errors
    /// [`BotError`] says whether trying again may help.
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>>;

    /// Looks a configuration over before it is stored. By default, any will do.
    ///
    /// # Errors
    /// A sentence that names the setting and what it may be.
    fn validate(&self, _config: &Map<String, Value>) -> Result<(), String> {
        Ok(())
    }
}

impl<F, Fut> Bot for F
where
    F: Fn(BotContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Outcome, BotError>> + Send + 'static,
{
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>> {
        self(context).boxed()
    }
}

/// A request as its bot sees it.
#[derive(Debug, Clone)]
pub struct BotContext {
    /// The request.
    pub request: Request,
    /// The message it came from.
    pub message: Message,
    /// Who asks.
    pub account: Account,
    /// The person who asks, where known.
    pub member: Option<Member>,
    /// The channel it came through.
    pub channel: Channel,
    /// The bot's own settings, as the channel or the category gives them.
    pub config: Map<String, Value>,
    /// Where files are kept: the message's own, and those that the bot wants to reply with.
    pub media: Arc<dyn MediaStore>,
}

/// What a bot has to say.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Its replies, in order; none is an answer too.
    pub replies: Vec<OutgoingMessage>,
    /// The answer comes later, within this time, through [`answer_request`](crate::replies::answer_request); then `replies` is
    /// empty. Where none comes, the bot is asked again, as after a temporary error.
    pub later: Option<Duration>,
    /// What it took of a language model.
    pub usage: Usage,
}

/// What an answer took of a language model. Added up on the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Answers of the model.
    pub calls: i32,
    /// Tokens, of prompts and answers.
    pub tokens: i64,
}

impl Outcome {
    /// One reply in plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::reply(OutgoingMessage::text(text))
    }

    /// One reply.
    pub fn reply(reply: OutgoingMessage) -> Self {
        Self {
            replies: vec![reply],
            ..Self::default()
        }
    }

    /// The answer comes later, within this time.
    pub fn later(within: Duration) -> Self {
        Self {
            later: Some(within),
            ..Self::default()
        }
    }
}

/// Why a bot could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BotError {
    /// Trying again may help.
    #[error("temporary: {0}")]
    Temporary(String),
    /// Trying again may help, but not before this time has passed.
    #[error("temporary: {reason}")]
    Busy {
        /// What went wrong.
        reason: String,
        /// How long to wait at least; a quarter of an hour at the most.
        after: Duration,
    },
    /// Trying again will not help.
    #[error("permanent: {0}")]
    Permanent(String),
}
