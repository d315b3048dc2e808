//! [`Bot`], the trait of a bot that answers requests, with its input and outcome.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use unicom_models::{Account, Channel, Member, Message, MessageFile, Request};

use crate::CoreError;
use crate::matchers::MatchInput;
use crate::media::{MediaStore, NoMedia};
use crate::outbound::OutgoingMessage;

/// A bot that answers requests.
///
/// Closures implement the trait:
///
/// ```
/// use unicom_core::{Bots, bots::{BotContext, Outcome}};
///
/// let bots = Bots::default().with("shout", |context: BotContext| async move {
///     Ok(Outcome::text(context.message.text.to_uppercase()))
/// });
/// # drop(bots);
/// ```
///
/// A type implements it to have settings, which `validate` checks. A test asks the bot without a
/// database, about a text of [`BotContext::of_visitor`]:
///
/// ```
/// use serde_json::{Map, Value, json};
/// use unicom_core::BoxFuture;
/// use unicom_core::bots::{Bot, BotContext, BotError, Outcome};
///
/// struct Greeter;
///
/// impl Bot for Greeter {
///     fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>> {
///         Box::pin(async move {
///             let greeting = context.config.get("greeting").and_then(Value::as_str);
///             let greeting = greeting.unwrap_or("Hello");
///             Ok(Outcome::text(format!("{greeting}, {}", context.account.name)))
///         })
///     }
///
///     fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
///         match config.get("greeting") {
///             None | Some(Value::String(_)) => Ok(()),
///             Some(_) => Err("`greeting` must be a string".to_owned()),
///         }
///     }
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let mut context = BotContext::of_visitor("Is anyone there?");
/// context.account.name = "Ada".to_owned();
/// context.config.insert("greeting".to_owned(), json!("Good morning"));
/// let outcome = Greeter.handle(context).await.unwrap();
/// assert_eq!(outcome.replies[0].text, "Good morning, Ada");
/// # });
/// ```
pub trait Bot: Send + Sync + 'static {
    /// Answers one request. No transaction is open meanwhile.
    ///
    /// May be called again for the same request after a crash or a temporary error. The outcome is
    /// stored completely and once, or not at all. The future is dropped if it takes longer than the
    /// pipeline allows. It must not block: other bots share its thread.
    ///
    /// # Errors
    /// [`BotError`] says whether a retry may help.
    fn handle(&self, context: BotContext) -> BoxFuture<'_, Result<Outcome, BotError>>;

    /// Validates a bot configuration before it is stored. The default accepts any configuration.
    ///
    /// # Errors
    /// A sentence that names the setting and the allowed values.
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

/// The input of a bot: a request and its context.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BotContext {
    /// The request.
    pub request: Request,
    /// The message the request came from.
    pub message: Message,
    /// The account of the requester.
    pub account: Account,
    /// The member behind the account, if known.
    pub member: Option<Member>,
    /// The files that came with the message, except for the one that is part of it. Those that
    /// could not be fetched are [`Gone`](unicom_models::FileState::Gone), or still
    /// [`Waiting`](unicom_models::FileState::Waiting) after 10 minutes.
    pub files: Vec<MessageFile>,
    /// The channel the request came through.
    pub channel: Channel,
    /// The settings of the bot, from the channel or the category.
    pub config: Map<String, Value>,
    /// The store of the message's files and of the files in replies.
    pub media: Arc<dyn MediaStore>,
}

impl BotContext {
    /// Creates the context of a text by an unknown visitor of a web chat, without settings and
    /// files, to test a bot. The test may change any field.
    pub fn of_visitor(text: impl Into<String>) -> Self {
        let MatchInput {
            message,
            account,
            member,
            channel,
        } = MatchInput::of_visitor(text);
        Self {
            request: Request::new(&message, &account, message.timestamp),
            message,
            account,
            member,
            files: Vec::new(),
            channel,
            config: Map::new(),
            media: Arc::new(NoMedia),
        }
    }
}

/// The outcome of a bot.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The replies, in order. May be empty: that is an answer too.
    pub replies: Vec<OutgoingMessage>,
    /// The time within which the answer will come through
    /// [`answer_request`](crate::replies::answer_request), if it comes later.
    ///
    /// `replies` is empty then. If no answer comes in time, the bot is asked again, as after a
    /// temporary error.
    pub later: Option<Duration>,
    /// The language model usage of the bot.
    pub usage: Usage,
    /// Set if a person is to go on: after the replies, no bot answers in the chat until the person
    /// gives it back.
    pub hand_over: Option<HandOver>,
}

/// What a bot says when it hands a chat over to a person. Only admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandOver {
    /// Why a person is needed, in a few words. At most 500 characters.
    pub reason: String,
    /// What the person should know about the conversation. At most 8,000 characters.
    pub summary: String,
}

impl HandOver {
    /// Maximum number of characters of the reason.
    pub const REASON_CHARACTERS: usize = 500;

    /// Maximum number of characters of the summary.
    pub const SUMMARY_CHARACTERS: usize = 8_000;

    /// Checks the lengths and characters.
    ///
    /// # Errors
    /// [`CoreError::TooLarge`], [`CoreError::Nul`].
    pub fn check(&self) -> Result<(), CoreError> {
        let texts = [
            ("reason", &self.reason, Self::REASON_CHARACTERS),
            ("summary", &self.summary, Self::SUMMARY_CHARACTERS),
        ];
        for (field, text, most) in texts {
            if text.contains('\0') {
                return Err(CoreError::Nul { field });
            }
            if text.chars().count() > most {
                let limit = format!("at most {most} characters");
                return Err(CoreError::TooLarge { field, limit });
            }
        }
        Ok(())
    }
}

impl From<Vec<OutgoingMessage>> for Outcome {
    fn from(replies: Vec<OutgoingMessage>) -> Self {
        Self {
            replies,
            ..Self::default()
        }
    }
}

/// The language model usage of an answer. The request holds the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Number of language model calls.
    pub calls: i32,
    /// Number of tokens, of prompts and answers.
    pub tokens: i64,
}

impl Outcome {
    /// Creates an outcome with one plain text reply.
    pub fn text(text: impl Into<String>) -> Self {
        Self::reply(OutgoingMessage::text(text))
    }

    /// Creates an outcome with one reply.
    pub fn reply(reply: OutgoingMessage) -> Self {
        Self {
            replies: vec![reply],
            ..Self::default()
        }
    }

    /// Creates an outcome that hands the chat over to a person, without a reply.
    pub fn hand_over(reason: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            hand_over: Some(HandOver {
                reason: reason.into(),
                summary: summary.into(),
            }),
            ..Self::default()
        }
    }

    /// Creates an outcome that announces an answer within this time.
    pub fn later(within: Duration) -> Self {
        Self {
            later: Some(within),
            ..Self::default()
        }
    }
}

/// The error of a bot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BotError {
    /// A retry may help.
    #[error("temporary: {0}")]
    Temporary(String),
    /// A retry may help, but not before this time has passed.
    #[error("temporary: {reason}")]
    Busy {
        /// What went wrong.
        reason: String,
        /// Minimum time to wait. Limited to 15 minutes.
        after: Duration,
    },
    /// A retry will not help.
    #[error("permanent: {0}")]
    Permanent(String),
}
