//! `OutboundError`: why a call was not answered.

use std::error::Error;
use std::time::Duration;

/// Why a call was not answered. Names no more of an address than its origin, and nothing of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// The address may not be called, or leads to one that may not.
    #[error("{reason}")]
    Refused {
        /// What the rule is.
        reason: String,
    },
    /// The answer was not there, whole, in time.
    #[error("there was no whole answer within {} s", within.as_secs_f32())]
    TimedOut {
        /// The time that it had.
        within: Duration,
    },
    /// There was no connection, or it broke.
    #[error("the call failed: {reason}")]
    Failed {
        /// What went wrong.
        reason: String,
    },
    /// The answer is longer than it may be.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// Its bytes at the most.
        limit: usize,
    },
    /// There is no HTTP client here.
    #[error("no HTTP client: {reason}")]
    Unusable {
        /// What went wrong.
        reason: String,
    },
}

impl OutboundError {
    /// Whether the same call may go well later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::Failed { .. } => true,
            Self::Refused { .. } | Self::TooLarge { .. } | Self::Unusable { .. } => false,
        }
    }
}

/// What `PublicOnly` said to the client, or that the call failed.
pub(super) fn of_client(error: reqwest::Error) -> OutboundError {
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

/// The error and what caused it, on one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(at) = cause {
        let text = at.to_string();
        // Many an error repeats its cause.
        if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
        cause = at.source();
    }
    line
}
