//! `CategoryMatcher`: a matcher that a host writes in Rust.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{MatchInput, MatcherError};

/// A matcher that a host registers.
///
/// A closure is one too:
///
/// ```
/// use unicom_core::matchers::{MatchInput, Matchers};
///
/// let matchers = Matchers::default()
///     .with("known", |input: &MatchInput| Ok(input.member.is_some()));
/// # drop(matchers);
/// ```
pub trait CategoryMatcher: Send + Sync + 'static {
    /// Whether the message belongs to the category.
    ///
    /// May be called again for the same message, and by several threads at once. It may block, but whoever waits for
    /// the message's category waits meanwhile.
    ///
    /// # Errors
    /// A sentence that says why it could not tell.
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

/// A custom matcher and the name it was chosen by.
pub(super) struct Custom {
    pub(super) name: String,
    pub(super) matcher: Arc<dyn CategoryMatcher>,
}

impl Custom {
    pub(super) fn matches(&self, input: &MatchInput) -> Result<bool, MatcherError> {
        let name = &self.name;
        match catch_unwind(AssertUnwindSafe(|| self.matcher.matches(input))) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(reason)) => Err(MatcherError::Failed(format!(
                "custom matcher `{name}`: {reason}"
            ))),
            Err(_panic) => Err(MatcherError::Failed(format!(
                "custom matcher `{name}` panicked"
            ))),
        }
    }
}
