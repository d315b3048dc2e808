//! [`ReplySink`]: where a bot writes a reply that its reader sees while it is being written.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use super::outcome::{BotError, Outcome};
use crate::LONGEST_TEXT;

/// Where a bot writes a reply that its reader sees while it is being written: a stream.
///
/// What is shown is a preview in plain text. The reply is what the bot returns, usually the same
/// text with [`finish`](Self::finish). If the bot fails, nothing remains of what it has written. If
/// the reader stops the reply, the text so far becomes the reply, whatever the bot returns.
///
/// Writing is cheap and does not wait: readers get what was written at most every 50 ms, and a
/// reply has at most [`LONGEST_TEXT`] bytes. A bot that keeps writing has the time of
/// [`PipelineOptions::stream_timeout`](crate::PipelineOptions::stream_timeout). On platforms that
/// deliver finished messages, nothing is shown and everything else is the same.
///
/// ```
/// use unicom_core::Bots;
/// use unicom_core::bots::BotContext;
///
/// let bots = Bots::default().with("slow", |context: BotContext| async move {
///     for word in context.message.text.split_inclusive(' ') {
///         // An error ends the bot when the reader has stopped the reply.
///         context.reply.push(word)?;
///         tokio::time::sleep(std::time::Duration::from_millis(100)).await;
///     }
///     Ok(context.reply.finish())
/// });
/// # drop(bots);
/// ```
///
/// Clones write the same reply, for example in another thread.
#[derive(Clone, Default)]
pub struct ReplySink(Arc<Shared>);

#[derive(Default)]
struct Shared {
    written: Mutex<Written>,
    progress: watch::Sender<Progress>,
}

#[derive(Default)]
struct Written {
    text: String,
    last_at: Option<Instant>,
}

/// How far a reply has got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Progress {
    /// The length of the text so far, in bytes.
    length: usize,
    is_stopped: bool,
    is_over: bool,
}

/// Why a piece of a reply was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplySinkError {
    /// The reader has stopped the reply. The text so far becomes the reply; the bot may return
    /// anything, soon.
    #[error("the reader has stopped the reply")]
    Stopped,
    /// The attempt is over: the bot has returned, or it took too long.
    #[error("the attempt to answer is over")]
    Over,
    /// The reply would be longer than [`LONGEST_TEXT`].
    #[error("a reply has at most {LONGEST_TEXT} bytes")]
    TooLong,
}

impl From<ReplySinkError> for BotError {
    fn from(error: ReplySinkError) -> Self {
        match error {
            ReplySinkError::TooLong => Self::Permanent(error.to_string()),
            _ => Self::Temporary(error.to_string()),
        }
    }
}

impl ReplySink {
    /// Appends a piece of text. NUL characters, which PostgreSQL cannot store, are left out.
    ///
    /// # Errors
    /// [`ReplySinkError`]. Nothing is appended then.
    pub fn push(&self, text: &str) -> Result<(), ReplySinkError> {
        let mut written = self.lock();
        let progress = *self.0.progress.borrow();
        if progress.is_stopped {
            return Err(ReplySinkError::Stopped);
        }
        if progress.is_over {
            return Err(ReplySinkError::Over);
        }
        if written.text.len() + text.len() > LONGEST_TEXT {
            return Err(ReplySinkError::TooLong);
        }
        written.text.extend(text.split('\0'));
        written.last_at = Some(Instant::now());
        let length = written.text.len();
        self.0
            .progress
            .send_modify(|progress| progress.length = length);
        Ok(())
    }

    /// Returns the text so far.
    pub fn text(&self) -> String {
        self.lock().text.clone()
    }

    /// Returns the outcome of a bot that has written its reply: one reply with the text so far,
    /// without white space around it, or none if there is no text.
    pub fn finish(&self) -> Outcome {
        let text = self.text();
        match text.trim() {
            "" => Outcome::default(),
            text => Outcome::text(text),
        }
    }

    /// Returns `true` if the reader has stopped the reply.
    pub fn is_stopped(&self) -> bool {
        self.0.progress.borrow().is_stopped
    }

    /// Waits until the reader stops the reply. A bot that waits for something else may select
    /// between the two, and has a few seconds to return.
    pub async fn stopped(&self) {
        self.until(|progress| progress.is_stopped).await;
    }

    /// Stops the reply as its reader does, for example to test a bot. Has no effect when the
    /// attempt is over.
    pub fn stop(&self) {
        let _written = self.lock();
        self.0
            .progress
            .send_modify(|progress| progress.is_stopped |= !progress.is_over);
    }

    /// Ends the attempt: nothing is accepted any more. Returns `true` if the reply was stopped.
    pub(crate) fn close(&self) -> bool {
        let _written = self.lock();
        self.0
            .progress
            .send_modify(|progress| progress.is_over = true);
        self.is_stopped()
    }

    /// Returns the text from this position on, in bytes.
    pub(crate) fn text_from(&self, position: usize) -> String {
        let written = self.lock();
        written.text.get(position..).unwrap_or_default().to_owned()
    }

    /// Returns when the last piece was written.
    pub(crate) fn last_at(&self) -> Option<Instant> {
        self.lock().last_at
    }

    /// Waits until the text is longer than this, in bytes.
    pub(crate) async fn longer_than(&self, length: usize) {
        self.until(|progress| progress.length > length).await;
    }

    async fn until(&self, is_so: impl FnMut(&Progress) -> bool) {
        // The sender is a field of `self`, so it is not dropped.
        let _ = self.0.progress.subscribe().wait_for(is_so).await;
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.0
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ReplySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text is private.
        f.debug_struct("ReplySink")
            .field("progress", &*self.0.progress.borrow())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_bounded_and_without_nul() {
        let sink = ReplySink::default();
        assert!(sink.finish().replies.is_empty());
        sink.push(" a\0b ").unwrap();
        assert_eq!(sink.text(), " ab ");
        assert_eq!(sink.finish().replies[0].text, "ab");
        let long = "x".repeat(LONGEST_TEXT - 4);
        sink.push(&long).unwrap();
        assert_eq!(sink.push("y"), Err(ReplySinkError::TooLong));
        assert_eq!(sink.text().len(), LONGEST_TEXT);
    }

    #[test]
    fn stop_and_end_refuse_further_text() {
        let sink = ReplySink::default();
        sink.push("one").unwrap();
        sink.stop();
        assert_eq!(sink.push("two"), Err(ReplySinkError::Stopped));
        assert!(sink.close());
        let sink = ReplySink::default();
        assert!(!sink.close());
        // A stop that comes too late.
        sink.stop();
        assert!(!sink.is_stopped());
        assert_eq!(sink.push("two"), Err(ReplySinkError::Over));
    }
}
