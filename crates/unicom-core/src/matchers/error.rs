//! `MatcherError`: what is wrong with a matcher, or why it could not tell.

/// What is wrong with a matcher, or why it could not tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MatcherError {
    /// Its JSON is wrong. Only [`Matchers::compile`](super::Matchers::compile) says so.
    #[error("invalid matcher: {0}")]
    Invalid(String),
    /// It could not tell whether a message belongs to its category. Another message may do better.
    #[error("matcher failed: {0}")]
    Failed(String),
}
