//! The interface of category matchers, which decide whether a message belongs to a category of
//! requests. The crate `unicom-matchers` implements the kinds that categories can use.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;
use unicom_models::{Account, Channel, Member, Message};

/// The data that a matcher sees: a message and its context.
#[derive(Debug, Clone)]
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
