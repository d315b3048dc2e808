//! `MatcherError`: error of an invalid or failed matcher.

/// Error of a matcher that is invalid or cannot decide.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MatcherError {
    /// The JSON of the matcher is invalid. Returned only by
    /// [`Matchers::compile`](super::Matchers::compile).
    #[error("invalid matcher: {0}")]
    Invalid(String),
    /// The matcher cannot decide if the message belongs to its category. It may succeed for other
    /// messages.
    #[error("matcher failed: {0}")]
    Failed(String),
}
