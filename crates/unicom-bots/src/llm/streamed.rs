//! Reads an answer that a language model sends in pieces, and shows it while it arrives.

use serde_json::Value;
use unicom_core::bots::{BotError, Outcome, ReplySink, ReplySinkError, Usage};
use unicom_outbound::{Answer, AnswerStream};

use super::answer;
use super::call::{LARGEST_RESPONSE, of_call};
use super::event_data::{EventData, TooLong};
use super::refusal::{Failure, failed};
use super::thoughts::Thoughts;
use crate::json;

/// The media type of an answer in pieces.
const EVENT_STREAM: &str = "text/event-stream";

/// The data of the last event.
const DONE: &[u8] = b"[DONE]";

/// Writes the pieces of an answer to `reply` and returns the outcome, or the error that the answer
/// stands for. An answer that does not come in pieces is read as a whole.
///
/// `begins_in_thought` says whether the model begins with a thought without marking it: nothing is
/// shown before the thought ends. It is set when one has ended.
pub(super) async fn outcome(
    mut stream: AnswerStream,
    key: Option<&str>,
    reply: &ReplySink,
    begins_in_thought: &mut bool,
) -> Result<Outcome, Failure> {
    if !matches!(stream.status(), 200..=299) || stream.media_type() != EVENT_STREAM {
        let whole = stream.into_answer(LARGEST_RESPONSE).await;
        return answer::outcome(whole.map_err(|error| of_call(&error))?, key).await;
    }
    let mut events = EventData::default();
    let mut read = Streamed {
        held: begins_in_thought.then(String::new),
        ..Streamed::default()
    };
    let outcome = read_events(&mut read, &mut events, &mut stream, key, reply).await;
    *begins_in_thought |= read.thoughts.is_unopened();
    outcome
}

async fn read_events(
    read: &mut Streamed,
    events: &mut EventData,
    stream: &mut AnswerStream,
    key: Option<&str>,
    reply: &ReplySink,
) -> Result<Outcome, Failure> {
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
    if let Some(data) = std::mem::take(events).end() {
        match read.take(&data, key, reply)? {
            Next::Continue => {}
            Next::Stopped => return Ok(read.stopped(reply)),
            Next::Done => return read.outcome(reply),
        }
    }
    if read.finish_reason.is_some() {
        read.outcome(reply)
    } else {
        let reason = "the model's response was cut off".to_owned();
        Err(BotError::Temporary(reason).into())
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
    /// Why the model finished, if it has said so.
    finish_reason: Option<String>,
    thoughts: Thoughts,
    /// The text without thoughts, if it is not what was written: a thought was only known at its
    /// end.
    said: Option<String>,
    /// What may be a thought, and is not shown yet. `None` if it would have a beginning.
    held: Option<String>,
}

impl Streamed {
    /// Takes the data of an event.
    fn take(&mut self, data: &[u8], key: Option<&str>, reply: &ReplySink) -> Result<Next, Failure> {
        if data.trim_ascii() == DONE {
            return Ok(Next::Done);
        }
        let event: Value = json::parse(data).map_err(|problem| {
            BotError::Temporary(format!("the model's response is not JSON: {problem}"))
        })?;
        if answer::has_error(&event) {
            return Err(self.failed(&event, key, reply));
        }
        self.tokens = self.tokens.max(answer::tokens(&event["usage"]));
        let choice = &event["choices"][0];
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.finish_reason = Some(reason.to_owned());
        }
        let was_unopened = self.thoughts.is_unopened();
        let said = self.thoughts.read(&answer::content(&choice["delta"]));
        if self.thoughts.is_unopened() != was_unopened {
            // What was held is the thought, and what was shown cannot be taken back.
            self.said = self.held.take().is_none().then(String::new);
        }
        self.say(&said, reply)
    }

    /// Writes text. An empty one only says that the model still works.
    fn say(&mut self, text: &str, reply: &ReplySink) -> Result<Next, Failure> {
        if let Some(held) = &mut self.held {
            held.push_str(text);
            return self.push("", reply);
        }
        self.push(text, reply)
    }

    fn push(&mut self, text: &str, reply: &ReplySink) -> Result<Next, Failure> {
        if let Some(said) = &mut self.said {
            said.push_str(text);
        }
        match reply.push(text) {
            Ok(()) => Ok(Next::Continue),
            Err(ReplySinkError::Stopped) => Ok(Next::Stopped),
            Err(ReplySinkError::TooLong) => Err(too_long().into()),
            Err(error) => Err(BotError::from(error).into()),
        }
    }

    /// Returns the failure that an event stands for. The request is not changed and sent again
    /// after readers have seen something.
    fn failed(&self, event: &Value, key: Option<&str>, reply: &ReplySink) -> Failure {
        let answer = Answer {
            status: 200,
            retry_after: None,
            body: bytes::Bytes::new(),
        };
        match failed(&answer, event, key) {
            Failure::Refused(refusal) if !reply.text().is_empty() => refusal.error.into(),
            failure => failure,
        }
    }

    fn outcome(&mut self, reply: &ReplySink) -> Result<Outcome, Failure> {
        let rest = self.thoughts.end();
        let rest = self.held.take().unwrap_or_default() + &rest;
        self.say(&rest, reply)?;
        let finish_reason = self.finish_reason.clone();
        let outcome = self.stopped(reply);
        if outcome.replies.is_empty() {
            return Err(answer::no_text(finish_reason.as_deref()).into());
        }
        Ok(outcome)
    }

    /// Returns the outcome of a reply that its reader has stopped.
    fn stopped(&self, reply: &ReplySink) -> Outcome {
        let written = match self.said.as_deref().map(str::trim) {
            None => reply.finish(),
            Some("") => Outcome::default(),
            Some(said) => Outcome::text(said.replace('\0', "")),
        };
        Outcome {
            usage: Usage {
                calls: 1,
                tokens: self.tokens,
            },
            ..written
        }
    }
}

/// The model may generate a shorter answer the next time.
fn too_long() -> BotError {
    BotError::Temporary("the model's response is too long".to_owned())
}
