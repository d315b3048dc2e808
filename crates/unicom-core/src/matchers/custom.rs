//! `CategoryMatcher`: a matcher that the host application implements in Rust.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{MatchInput, MatcherError};

/// A matcher that the host application registers.
///
/// Closures implement this trait too:
///
/// ```
/// use unicom_core::matchers::{MatchInput, Matchers};
///
/// let matchers = Matchers::default()
///     .with("known", |input: &MatchInput| Ok(input.member.is_some()));
/// # drop(matchers);
/// ```
pub trait CategoryMatcher: Send + Sync + 'static {
    /// Returns `true` if the message belongs to the category.
    ///
    /// May be called again for the same message, and by several threads at once. It may block, but
    /// the message's category is not determined until it returns.
    ///
    /// # Errors
    /// A sentence that describes why the matcher cannot decide.
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

/// A custom matcher and the name it was selected by.
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
