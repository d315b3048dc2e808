//! The interface of category matchers, which decide whether a message belongs to a category of
//! requests. The crate `unicom-matchers` implements the kinds that categories can use.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;
use unicom_models::{Account, Channel, ChannelId, Direction, Member, Message, UtcTime};

/// The data that a matcher sees: a message and its context.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MatchInput {
    /// The message that may belong to the category.
    pub message: Message,
    /// The account that sent the message.
    pub account: Account,
    /// The member that the account belongs to, if it is known.
    pub member: Option<Member>,
    /// The channel on which the message arrived.
    pub channel: Channel,
}

impl MatchInput {
    /// Creates the input for a text that `account` writes on `channel` now.
    pub fn new(text: String, account: Account, member: Option<Member>, channel: Channel) -> Self {
        let chat_id = account.id.as_str().into();
        let mut message = Message::new(chat_id, channel.id, Direction::Incoming, UtcTime::now());
        message.sender_id = Some(account.id.clone());
        message.sender_name.clone_from(&account.name);
        message.text = text;
        Self {
            message,
            account,
            member,
            channel,
        }
    }

    /// Creates the input for a text by an unknown visitor of a web chat, to test a matcher. The
    /// test may change any field.
    ///
    /// ```
    /// use unicom_core::matchers::{CategoryMatcher, MatchInput};
    ///
    /// let from_the_shop = |input: &MatchInput| Ok(input.channel.name == "Shop");
    /// let mut input = MatchInput::of_visitor("Where is my order?");
    /// assert_eq!(from_the_shop.matches(&input), Ok(false));
    /// input.channel.name = "Shop".to_owned();
    /// assert_eq!(from_the_shop.matches(&input), Ok(true));
    /// ```
    pub fn of_visitor(text: impl Into<String>) -> Self {
        let now = UtcTime::now();
        let channel = Channel::new(ChannelId(0), "WebChat".into(), "Test".to_owned(), now);
        let account = Account::new("test".into(), &channel, "Test".to_owned(), now);
        Self::new(text.into(), account, None, channel)
    }

    /// Applies the matcher that a category's JSON was compiled to.
    ///
    /// # Errors
    /// A sentence that describes why the matcher is invalid or cannot decide.
    pub fn matches(
        &self,
        matcher: Result<Arc<dyn CategoryMatcher>, InvalidMatcher>,
    ) -> Result<bool, String> {
        let matcher = matcher.map_err(|error| error.to_string())?;
        let answer = matcher.matches(self);
        answer.map_err(|reason| format!("matcher failed: {reason}"))
    }
}

/// Decides whether a message belongs to a category. Closures implement this trait too.
pub trait CategoryMatcher: Send + Sync + 'static {
    /// Returns `true` if the message belongs to the category.
    ///
    /// May be called again for the same message, and by several threads at once. It may block, but
    /// the message's category is not determined until it returns.
    ///
    /// # Errors
    /// A sentence that describes why the matcher cannot decide. It may succeed for other messages.
    fn matches(&self, input: &MatchInput) -> Result<bool, String>;
}

impl<F> CategoryMatcher for F
where
    F: Fn(&MatchInput) -> Result<bool, String> + Send + Sync + 'static,
{
    fn matches(&self, input: &MatchInput) -> Result<bool, String> {
        self(input)
    }
}

/// Compiles matchers from the JSON that categories store.
pub trait MatcherCompiler: Debug + Send + Sync + 'static {
    /// Compiles a matcher.
    ///
    /// # Errors
    /// [`InvalidMatcher`] describes what is wrong and what is expected instead.
    fn compile(&self, matcher: &Value) -> Result<Arc<dyn CategoryMatcher>, InvalidMatcher>;
}

/// Refuses every matcher, in a process whose categories have none.
#[derive(Debug, Clone, Copy)]
pub struct NoMatchers;

impl MatcherCompiler for NoMatchers {
    fn compile(&self, _: &Value) -> Result<Arc<dyn CategoryMatcher>, InvalidMatcher> {
        Err(InvalidMatcher("this process has no matchers".to_owned()))
    }
}

/// Describes what is wrong with the JSON of a matcher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid matcher: {0}")]
pub struct InvalidMatcher(pub String);
