//! A call whose answer is read while it arrives.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chrono::Utc;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

use crate::error::of_client;
use crate::post::header;
use crate::{Answer, Outbound, OutboundError, Post, retry_after};

/// The answer to a call, read while it arrives. Dropping it ends the call.
#[derive(Debug)]
pub struct AnswerStream {
    status: u16,
    retry_after: Option<Duration>,
    response: Response,
    idle: Duration,
    received: usize,
    limit: usize,
}

impl Outbound {
    /// Makes the call according to the [rules](crate#rules-for-calls) and returns the answer when
    /// it begins.
    ///
    /// [`Post::timeout`] limits the time until then, including redirects, and `idle` the wait for
    /// each further piece. There is no limit on the duration of the whole call: the caller sets
    /// one. [`Post::largest_answer`] limits all pieces together.
    ///
    /// # Errors
    /// Those of [`post`](Self::post).
    ///
    /// ```
    /// use std::time::Duration;
    /// use unicom_outbound::{Outbound, OutboundError, OutboundOptions, Post};
    ///
    /// async fn length(outbound: &Outbound, post: Post) -> Result<usize, OutboundError> {
    ///     let mut answer = outbound.post_stream(post, Duration::from_secs(30)).await?;
    ///     let mut length = 0;
    ///     while let Some(piece) = answer.next().await? {
    ///         length += piece.len();
    ///     }
    ///     Ok(length)
    /// }
    /// ```
    pub async fn post_stream(
        &self,
        post: Post,
        idle: Duration,
    ) -> Result<AnswerStream, OutboundError> {
        let (within, limit) = (post.timeout, post.largest_answer);
        let response = tokio::time::timeout(within, self.follow(post))
            .await
            .map_err(|_| OutboundError::TimedOut { within })??;
        let retry_after = header(&response, RETRY_AFTER)
            .and_then(|header| retry_after::parse(header, Utc::now()));
        Ok(AnswerStream {
            status: response.status().as_u16(),
            retry_after,
            response,
            idle,
            received: 0,
            limit,
        })
    }
}

impl AnswerStream {
    /// Returns the HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the media type of the body in lower case, without parameters. Empty if there is
    /// none.
    pub fn media_type(&self) -> String {
        let value = header(&self.response, CONTENT_TYPE).unwrap_or_default();
        let media_type = value.split(';').next().unwrap_or_default();
        media_type.trim().to_ascii_lowercase()
    }

    /// Waits for the next piece of the body. Returns `None` at its end.
    ///
    /// # Errors
    /// [`OutboundError::Stalled`] if nothing arrives in time, [`OutboundError::Failed`] if the
    /// connection breaks, and [`OutboundError::TooLarge`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, OutboundError> {
        let within = self.idle;
        let piece = tokio::time::timeout(within, self.response.chunk())
            .await
            .map_err(|_| OutboundError::Stalled { within })?
            .map_err(of_client)?;
        if let Some(piece) = &piece {
            self.received = self.received.saturating_add(piece.len());
            if self.received > self.limit {
                return Err(OutboundError::TooLarge { limit: self.limit });
            }
        }
        Ok(piece)
    }

    /// Reads the rest of the body, up to `largest` bytes.
    ///
    /// # Errors
    /// Those of [`next`](Self::next).
    pub async fn into_answer(mut self, largest: usize) -> Result<Answer, OutboundError> {
        let mut body = BytesMut::new();
        while let Some(piece) = self.next().await? {
            if body.len() + piece.len() > largest {
                return Err(OutboundError::TooLarge { limit: largest });
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer {
            status: self.status,
            retry_after: self.retry_after,
            body: body.freeze(),
        })
    }
}
