//! Reads an answer that a language model sends in pieces, and shows it while it arrives.

use serde_json::Value;
use unicom_core::bots::{BotError, Outcome, ReplySink, ReplySinkError, Usage};
use unicom_outbound::{Answer, AnswerStream};

use super::answer;
use super::call::{LARGEST_RESPONSE, of_call};
use super::event_data::{EventData, TooLong};

/// The media type of an answer in pieces.
const EVENT_STREAM: &str = "text/event-stream";

/// The data of the last event.
const DONE: &[u8] = b"[DONE]";

/// Writes the pieces of an answer to `reply` and returns the outcome, or the error that the answer
/// stands for. An answer that does not come in pieces is read as a whole.
pub(super) async fn outcome(
    mut stream: AnswerStream,
    key: Option<&str>,
    reply: &ReplySink,
) -> Result<Outcome, BotError> {
    if !matches!(stream.status(), 200..=299) || stream.media_type() != EVENT_STREAM {
        let whole = stream.into_answer(LARGEST_RESPONSE).await;
        return answer::outcome(whole.map_err(|error| of_call(&error))?, key).await;
    }
    let mut events = EventData::default();
    let mut read = Streamed::default();
    loop {
        let piece = tokio::select! {
            piece = stream.next() => piece.map_err(|error| of_call(&error))?,
            () = reply.stopped() => return Ok(read.stopped(reply)),
        };
        let Some(piece) = piece else { break };
        for data in events.read(&piece).map_err(|TooLong| too_long())? {
            match read.take(&data, key, reply)? {
                Next::Continue => {}
                Next::Stopped => return Ok(read.stopped(reply)),
                Next::Done => return read.outcome(reply),
            }
        }
    }
    if let Some(data) = events.end() {
        match read.take(&data, key, reply)? {
            Next::Continue => {}
            Next::Stopped => return Ok(read.stopped(reply)),
            Next::Done => return read.outcome(reply),
        }
    }
    if read.is_finished {
        read.outcome(reply)
    } else {
        Err(BotError::Temporary(
            "the model's response was cut off".to_owned(),
        ))
    }
}

/// What follows an event.
enum Next {
    Continue,
    /// The reader has stopped the reply.
    Stopped,
    Done,
}

/// What was read of an answer in pieces.
#[derive(Default)]
struct Streamed {
    tokens: i64,
    /// Whether the model has said why it finished.
    is_finished: bool,
}

impl Streamed {
    /// Takes the data of an event.
    fn take(
        &mut self,
        data: &[u8],
        key: Option<&str>,
        reply: &ReplySink,
    ) -> Result<Next, BotError> {
        if data.trim_ascii() == DONE {
            return Ok(Next::Done);
        }
        let event: Value = serde_json::from_slice(data).map_err(|problem| {
            BotError::Temporary(format!("the model's response is not JSON: {problem}"))
        })?;
        if event["error"].is_object() {
            let answer = Answer {
                status: 200,
                retry_after: None,
                body: bytes::Bytes::new(),
            };
            return Err(answer::failed(&answer, &event, key));
        }
        self.tokens = self.tokens.max(answer::tokens(&event["usage"]));
        let choice = &event["choices"][0];
        self.is_finished |= choice["finish_reason"].is_string();
        match reply.push(&answer::content(&choice["delta"])) {
            Ok(()) => Ok(Next::Continue),
            Err(ReplySinkError::Stopped) => Ok(Next::Stopped),
            Err(ReplySinkError::TooLong) => Err(too_long()),
            Err(error) => Err(error.into()),
        }
    }

    fn outcome(self, reply: &ReplySink) -> Result<Outcome, BotError> {
        let outcome = self.stopped(reply);
        if outcome.replies.is_empty() {
            return Err(answer::no_text());
        }
        Ok(outcome)
    }

    /// Returns the outcome of a reply that its reader has stopped.
    fn stopped(self, reply: &ReplySink) -> Outcome {
        Outcome {
            usage: Usage {
                calls: 1,
                tokens: self.tokens,
            },
            ..reply.finish()
        }
    }
}

/// The model may generate a shorter answer the next time.
fn too_long() -> BotError {
    BotError::Temporary("the model's response is too long".to_owned())
}
