//! [`Refused`]: why a token was refused.

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The token is not valid, for this reason. The reason is for the log: clients are not told,
    /// because it would help in forging tokens.
    #[error("the identity token is invalid: {0}")]
    Invalid(&'static str),
    /// The time of the token is over. Nothing else is wrong with it.
    #[error("the identity token has expired")]
    Expired,
}
