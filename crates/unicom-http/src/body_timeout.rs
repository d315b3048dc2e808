//! `BodyTimeout`: a request body that must arrive in time (CWE-400: slow bodies would hold the
//! server's memory).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

/// Bytes that extend the deadline of a body by one second. This allows a large file over a slow
/// line, of at least 64 kbit/s.
const BYTES_PER_S: u64 = 8 << 10;

/// A body that ends with an error if it exceeds its time or its length limit.
pub(crate) struct BodyTimeout {
    payload: Payload,
    limit: u64,
    received: u64,
    /// The deadline for a body of which nothing has arrived yet.
    deadline: Instant,
    /// Created once the body has to be waited for. Most bodies arrive together with the head.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl BodyTimeout {
    /// Wraps a body of at most `limit` bytes that must arrive in `time`, plus one second for every
    /// 8 KiB received.
    pub fn new(payload: Payload, limit: usize, time: Duration) -> Self {
        Self {
            payload,
            limit: limit as u64,
            received: 0,
            deadline: Instant::now() + time,
            sleep: None,
        }
    }

    /// Converts this into the payload of a request.
    pub fn boxed(self) -> Payload {
        Payload::Stream {
            payload: Box::pin(self),
        }
    }
}

impl Stream for BodyTimeout {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match Pin::new(&mut self.payload).poll_next(context) {
            Poll::Ready(Some(Ok(bytes))) => {
                self.received += bytes.len() as u64;
                if self.received > self.limit {
                    return Poll::Ready(Some(Err(PayloadError::Overflow)));
                }
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(end) => Poll::Ready(end),
            Poll::Pending => {
                let deadline = self.deadline + Duration::from_secs(self.received / BYTES_PER_S);
                let sleep = self
                    .sleep
                    .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                if sleep.deadline() != deadline {
                    sleep.as_mut().reset(deadline);
                }
                let too_late = || PayloadError::Io(io::ErrorKind::TimedOut.into());
                sleep.as_mut().poll(context).map(|()| Some(Err(too_late())))
            }
        }
    }
}

/// Returns `true` if the error says that a body took too long to arrive.
pub(crate) fn is_too_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}
