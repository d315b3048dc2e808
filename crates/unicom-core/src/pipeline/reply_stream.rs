//! [`ReplyStream`]: shows a reply to its readers while the bot writes it, and stops the bot when a
//! reader wants that.
//!
//! Pieces are told to this process and to others by events that are not stored. The text so far is
//! stored once per second, for those who come later or have missed a piece. What is told is a
//! preview: the reply itself is stored with the end of the request.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use unicom_db::queries::{chats, streams};
use unicom_db::{Database, DbError, Event, StreamDelta, StreamEnd};
use unicom_models::{MessageId, Request};

use super::ended::EndedStream;
use super::open_replies::OpenReplies;
use super::{PipelineOptions, Shared};
use crate::bots::ReplySink;

/// Minimum time between two pieces that readers are told.
const PIECE_EVERY: Duration = Duration::from_millis(50);

/// Minimum time between two writes of the text so far.
const STORE_EVERY: Duration = Duration::from_secs(1);

/// Maximum time between these writes while the bot writes nothing. They also find out whether a
/// reader wants the reply to stop and this process was not told.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// How long a bot may continue after a reader has stopped its reply.
const STOP_GRACE: Duration = Duration::from_secs(2);

impl Shared {
    /// Stops the replies that readers want to stop, in this process or another one.
    pub(super) async fn hear_stops(&self) -> Infallible {
        let mut events = self.database.subscribe();
        loop {
            match events.recv().await {
                Ok(Event::StreamStopRequested { stream_id }) => self.replies.stop(stream_id),
                // A stop that is missed is found when the text is stored.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => pending().await,
            }
        }
    }
}

/// How far the stream of a reply has got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct State {
    /// Whether it may have been stored, so that its end has to be.
    is_begun: bool,
    /// Whether readers see it.
    is_open: bool,
    /// Whether a write is in progress.
    is_writing: bool,
}

/// The reply of one attempt at a request.
pub(super) struct ReplyStream<'a> {
    /// The id of the stream, and of the finished message.
    id: MessageId,
    request: Request,
    database: &'a Database,
    replies: &'a OpenReplies,
    sink: ReplySink,
    state: watch::Sender<State>,
}

impl<'a> ReplyStream<'a> {
    /// Prepares the stream of an attempt. It begins when the bot writes something.
    pub fn new(shared: &'a Shared, request: Request) -> Self {
        let stream = Self {
            id: MessageId::new(),
            request,
            database: &shared.database,
            replies: &shared.replies,
            sink: ReplySink::default(),
            state: watch::Sender::default(),
        };
        stream.replies.add(stream.id, stream.sink.clone());
        stream
    }

    /// Returns where the bot writes.
    pub fn sink(&self) -> &ReplySink {
        &self.sink
    }

    /// Ends what the bot may write. Returns `true` if a reader has stopped it.
    pub fn close(&self) -> bool {
        self.sink.close()
    }

    /// Returns the end of the stream if it has begun, which has to be stored with the reply or
    /// without one.
    pub fn ended(&self) -> Option<EndedStream> {
        let end = match self.sink.is_stopped() {
            true => StreamEnd::Stopped,
            false => StreamEnd::Done,
        };
        let id = self.id;
        let is_begun = self.state.borrow().is_begun;
        is_begun.then_some(EndedStream { id, end })
    }

    /// Waits until readers see the reply.
    pub async fn opened(&self) {
        self.until(|state| state.is_open).await;
    }

    /// Runs `bot`, and meanwhile tells readers what it writes. Returns `None` if a reader has
    /// stopped the reply and the bot does not return.
    pub async fn show_while<T>(&self, bot: impl Future<Output = T>) -> Option<T> {
        let mut showing = std::pin::pin!(self.show());
        let done = tokio::select! {
            done = bot => Some(done),
            never = &mut showing => match never {},
            () = self.stopped() => None,
        };
        // A write that came after that of the end would leave a stream behind.
        tokio::select! {
            () = self.until(|state| !state.is_writing) => {}
            never = showing => match never {},
        }
        done
    }

    /// Waits until the bot has taken too long: it has written nothing for
    /// [`PipelineOptions::bot_timeout`], or the reply takes longer than
    /// [`PipelineOptions::stream_timeout`]. Returns the duration.
    pub async fn too_late(&self, options: &PipelineOptions) -> Duration {
        let idle = options.bot_timeout;
        let begun = Instant::now();
        let last = begun + options.stream_timeout.max(idle);
        loop {
            let silent_since = self.sink.last_at().map_or(begun, |at| at.max(begun));
            let due = (silent_since + idle).min(last);
            if due <= Instant::now() {
                return if due == last { last - begun } else { idle };
            }
            sleep_until(due).await;
        }
    }

    /// Waits until a reader has stopped the reply and the bot has had time to return.
    async fn stopped(&self) {
        self.sink.stopped().await;
        sleep(STOP_GRACE).await;
    }

    async fn show(&self) -> Infallible {
        self.sink.longer_than(0).await;
        let told = self.begin().await;
        tokio::select! {
            never = self.tell_pieces(told) => match never {},
            () = self.store_until_ended() => {}
        }
        pending().await
    }

    /// Stores the beginning of the reply, which tells readers of it. Returns the length of the text
    /// that they have.
    async fn begin(&self) -> usize {
        loop {
            let (id, request, text) = (self.id, self.request.clone(), self.sink.text());
            let length = text.len();
            self.change(|state| (state.is_begun, state.is_writing) = (true, true));
            let begun: Result<bool, DbError> = self
                .database
                .write_background(move |tx| match chats::lock(tx, &request.chat_id)? {
                    Some(chat) => streams::begin(tx, &chat, &request, id, &text),
                    None => Ok(false),
                })
                .await;
            self.change(|state| state.is_writing = false);
            match begun {
                Ok(true) => {
                    self.change(|state| state.is_open = true);
                    return length;
                }
                // The chat is gone or the claim is lost, which the worker will notice.
                Ok(false) => return pending().await,
                Err(error) => log::debug!("a reply cannot be shown yet: {error}"),
            }
            sleep(STORE_EVERY).await;
        }
    }

    /// Tells readers what is written beyond `told`.
    async fn tell_pieces(&self, mut told: usize) -> Infallible {
        loop {
            sleep(PIECE_EVERY).await;
            self.sink.longer_than(told).await;
            let text = self.sink.text_from(told);
            let length = text.len();
            self.tell(told, text, false);
            told += length;
        }
    }

    /// Stores the text so far now and then, and stops the bot if a reader wants that. Returns when
    /// the stream has ended for another reason than the end of the attempt.
    async fn store_until_ended(&self) {
        let mut stored = 0;
        loop {
            sleep(STORE_EVERY).await;
            // A timeout only means that the bot has written nothing.
            let _ = timeout(CHECK_EVERY - STORE_EVERY, self.sink.longer_than(stored)).await;
            let (id, text) = (self.id, self.sink.text());
            let length = text.len();
            self.change(|state| state.is_writing = true);
            let saved: Result<Option<bool>, DbError> = self
                .database
                .write_background(move |tx| streams::save(tx, id, &text))
                .await;
            self.change(|state| state.is_writing = false);
            match saved {
                Ok(Some(is_stop_requested)) => {
                    stored = length;
                    self.tell(length, String::new(), true);
                    if is_stop_requested {
                        self.sink.stop();
                    }
                }
                // The chat or the request was deleted, or the claim is lost.
                Ok(None) => {
                    self.database.publish(vec![Event::StreamEnded {
                        chat_id: self.request.chat_id.clone(),
                        stream_id: self.id,
                        end: StreamEnd::Done,
                    }]);
                    return;
                }
                Err(error) => log::debug!("the text of a reply was not stored: {error}"),
            }
        }
    }

    fn tell(&self, offset: usize, text: String, is_stored: bool) {
        self.database.publish(vec![Event::StreamDelta(StreamDelta {
            chat_id: self.request.chat_id.clone(),
            stream_id: self.id,
            offset,
            text,
            is_stored,
        })]);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.state.send_modify(change);
    }

    async fn until(&self, is_so: impl FnMut(&State) -> bool) {
        // The sender is a field of `self`, so it is not dropped.
        let _ = self.state.subscribe().wait_for(is_so).await;
    }
}

impl Drop for ReplyStream<'_> {
    fn drop(&mut self) {
        self.sink.close();
        self.replies.remove(self.id);
    }
}
