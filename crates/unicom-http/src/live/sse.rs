//! Server-Sent Events (WHATWG HTML, 9.2).

use std::fmt::Write;
use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use unicom_core::live::Notice;

use super::encoded_frame::EncodedFrame;
use super::feed::Feed;
use super::reader::Reader;
use crate::ApiError;
use crate::admission::LongLivedPlace;

/// How often the server sends something, so that proxies keep the connection open.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(25);

/// The media type of a stream of events.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// The longest time that clients are told to wait before they connect again when the server stops,
/// in milliseconds. It spreads them.
const LONGEST_RETRY: u64 = 5_000;

/// Returns `true` if the client asks for a stream of events.
pub(crate) fn is_requested(request: &HttpRequest) -> bool {
    let accept = request.headers().get(actix_web::http::header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| {
        accept
            .split(',')
            .any(|range| range.split(';').next().map(str::trim) == Some(EVENT_STREAM))
    })
}

/// A stream of events that is open.
struct Open<R> {
    feed: Feed<R>,
    heartbeat: Interval,
    is_ending: bool,
    _place: Option<LongLivedPlace>,
}

/// Returns the response that streams what `feed` tells until the client goes away, its session ends
/// or the server stops.
pub(super) fn respond<R: Reader>(feed: Feed<R>, place: Option<LongLivedPlace>) -> HttpResponse {
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let open = Open {
        feed,
        heartbeat,
        is_ending: false,
        _place: place,
    };
    let chunks = stream::unfold(open, |mut open| async {
        let chunk = open.next().await?;
        Some((Ok::<_, ApiError>(Bytes::from(chunk)), open))
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM)))
        // nginx passes the events on at once.
        .insert_header((
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ))
        .streaming(Box::pin(chunks))
}

impl<R: Reader> Open<R> {
    /// Returns the next piece of the stream, or `None` at its end.
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.is_ending {
                return None;
            }
            if let Some(frame) = self.feed.pop() {
                return Some(event(&frame));
            }
            if self.feed.has_work() {
                match Box::pin(self.feed.work()).await {
                    Ok(()) => continue,
                    Err(error) => return Some(self.end(&error)),
                }
            }
            let notice = tokio::select! {
                notice = self.feed.changed() => Some(notice),
                _ = self.heartbeat.tick() => None,
            };
            let read = match notice {
                Some(Notice::News(news)) => Box::pin(self.feed.read(news)).await,
                Some(Notice::Stopping) => {
                    self.is_ending = true;
                    return Some(format!("retry: {}\n\n", retry_after()));
                }
                None => match Box::pin(self.feed.check()).await {
                    Ok(()) => return Some(": heartbeat\n\n".to_owned()),
                    Err(error) => Err(error),
                },
            };
            if let Err(error) = read {
                return Some(self.end(&error));
            }
        }
    }

    /// Ends the stream. Returns the event that tells why.
    fn end(&mut self, error: &ApiError) -> String {
        self.is_ending = true;
        refusal(error)
    }
}

/// Returns a frame as an event.
fn event(frame: &EncodedFrame) -> String {
    let mut text = format!("event: {}\n", frame.event);
    if let Some(id) = &frame.id {
        // Writing to a string does not fail.
        let _ = writeln!(text, "id: {id}");
    }
    let _ = write!(text, "data: {}\n\n", frame.json);
    text
}

/// Returns the event that tells why the stream ends.
fn refusal(error: &ApiError) -> String {
    let told = super::frame::Frame::Error {
        code: error.kind().code(),
        error: error.to_string(),
    };
    told.encode()
        .map_or_else(|_| String::new(), |frame| event(&frame))
}

/// Returns a random time in milliseconds, after which a client may connect again.
pub(super) fn retry_after() -> u64 {
    getrandom::u64().map_or(0, |random| random % LONGEST_RETRY)
}
