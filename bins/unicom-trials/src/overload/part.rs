//! What the parts of the trial come to.

use std::sync::Arc;
use std::time::Duration;

use crate::ack_log::AckLog;
use crate::readback::Findings;
use crate::row::Row;

/// How long after a storm the server was ready, and acknowledged a message of somebody who came new.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recovery {
    pub ready: Option<Duration>,
    pub sent: Option<Duration>,
}

/// What came of a part of the trial.
pub(super) struct Part {
    pub rows: Vec<Row>,
    pub ack_log: Arc<AckLog>,
    pub found: Findings,
}
