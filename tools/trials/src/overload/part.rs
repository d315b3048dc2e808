//! The results of the parts of the overload trial.

use std::sync::Arc;
use std::time::Duration;

use crate::ack_log::AckLog;
use crate::readback::Findings;
use crate::row::Row;

/// How long after a storm the server was ready, and acknowledged a message of a visitor who took no
/// part in the storm. `None` if it did not happen in time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recovery {
    pub ready: Option<Duration>,
    pub sent: Option<Duration>,
}

/// The results of one part of the trial.
pub(super) struct Part {
    pub rows: Vec<Row>,
    pub ack_log: Arc<AckLog>,
    pub found: Findings,
}
