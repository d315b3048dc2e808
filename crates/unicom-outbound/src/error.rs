//! `OutboundError`: why a call failed.

use std::error::Error;
use std::time::Duration;

/// Why a call failed. An error contains at most the origin of an address, and nothing that was
/// sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// The address may not be called, or leads to one that may not.
    #[error("{reason}")]
    Refused {
        /// The rule that was violated.
        reason: String,
    },
    /// The complete answer did not arrive in time.
    #[error("there was no complete response within {} s", seconds(*within))]
    TimedOut {
        /// The time limit.
        within: Duration,
    },
    /// An answer that is read while it arrives has stopped arriving.
    #[error("nothing more arrived within {} s", seconds(*within))]
    Stalled {
        /// The time limit.
        within: Duration,
    },
    /// The connection could not be established, or it broke.
    #[error("the request failed: {reason}")]
    Failed {
        /// What went wrong.
        reason: String,
    },
    /// The answer is too long.
    #[error("the response is longer than {limit} bytes")]
    TooLarge {
        /// The maximum length in bytes.
        limit: usize,
    },
    /// The HTTP client could not be created.
    #[error("no HTTP client: {reason}")]
    Unusable {
        /// What went wrong.
        reason: String,
    },
}

/// Returns the number of seconds for people: what is left of a limit is not a round number.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}

impl OutboundError {
    /// Returns `true` if the same call may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::Stalled { .. } | Self::Failed { .. } => true,
            Self::Refused { .. } | Self::TooLarge { .. } | Self::Unusable { .. } => false,
        }
    }
}

/// Returns the refusal by `PublicOnly` if it caused the client's error, and
/// [`OutboundError::Failed`] otherwise.
pub(crate) fn of_client(error: reqwest::Error) -> OutboundError {
    let error = error.without_url();
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(at) = cause {
        if let Some(refused) = at.downcast_ref::<OutboundError>() {
            return refused.clone();
        }
        cause = at.source();
    }
    OutboundError::Failed {
        reason: chain(&error),
    }
}

/// Returns the error and its causes on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(at) = cause {
        let text = at.to_string();
        // Many errors repeat their cause.
        if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
        cause = at.source();
    }
    line
}
