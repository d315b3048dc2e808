//! [`Bot`], the trait of a bot that answers requests, with its input.

use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use unicom_models::{Account, Channel, Member, Message, MessageFile, Request};

use super::outcome::{BotError, Outcome};
use super::reply_sink::ReplySink;
use crate::matchers::MatchInput;
use crate::media::{MediaStore, NoMedia};

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
    /// pipeline allows. It must not block: other bots share its thread. Readers may see the reply
    /// while it is being written: [`BotContext::reply`].
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
    /// Where the bot may write a reply that readers see while it is being written.
    pub reply: ReplySink,
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
            reply: ReplySink::default(),
        }
    }
}
