//! A single call: a POST of JSON and its complete answer.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chrono::Utc;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use url::Url;

use crate::error::of_client;
use crate::redirect::next_hop;
use crate::{Outbound, OutboundError, retry_after};

/// A call to make. It does not implement `Debug`, since it contains keys and tokens.
#[derive(Clone)]
pub struct Post {
    /// The address.
    pub url: Url,
    /// Request headers in addition to `content-type` (`application/json`) and `user-agent`
    /// (`unicom/` and the version).
    pub headers: HeaderMap,
    /// The JSON text.
    pub body: Bytes,
    /// Maximum duration of the whole call, including redirects and the last byte of the answer.
    pub timeout: Duration,
    /// Maximum length of the answer in bytes.
    pub largest_answer: usize,
}

/// The answer to a call, with any status that is not a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the server asks the client to wait, from `retry-after`.
    pub retry_after: Option<Duration>,
    /// The complete body.
    pub body: Bytes,
}

impl Outbound {
    /// Makes the call according to the [rules](crate#rules-for-calls).
    ///
    /// # Errors
    /// [`OutboundError`]. [`is_temporary`](OutboundError::is_temporary) reports whether to try
    /// again.
    ///
    /// ```
    /// use std::time::Duration;
    /// use unicom_outbound::{Outbound, OutboundError, OutboundOptions, Post};
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    /// # runtime.block_on(async {
    /// let outbound = Outbound::new(OutboundOptions::default());
    /// let refused = outbound
    ///     .post(Post {
    ///         url: "http://169.254.169.254/latest/meta-data/".parse().unwrap(),
    ///         headers: Default::default(),
    ///         body: "{}".into(),
    ///         timeout: Duration::from_secs(10),
    ///         largest_answer: 1 << 20,
    ///     })
    ///     .await;
    /// assert!(matches!(refused, Err(OutboundError::Refused { .. })));
    /// # Ok::<(), OutboundError>(())
    /// # }).unwrap();
    /// ```
    pub async fn post(&self, post: Post) -> Result<Answer, OutboundError> {
        let within = post.timeout;
        tokio::time::timeout(within, self.post_and_read(post))
            .await
            .map_err(|_| OutboundError::TimedOut { within })?
    }

    async fn post_and_read(&self, post: Post) -> Result<Answer, OutboundError> {
        let limit = post.largest_answer;
        let response = self.follow(post).await?;
        let retry_after = header(&response, RETRY_AFTER)
            .and_then(|header| retry_after::parse(header, Utc::now()));
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after,
            body: read(response, limit).await?,
        })
    }

    /// Makes the call and follows redirects. Returns the last response.
    pub(crate) async fn follow(&self, mut post: Post) -> Result<Response, OutboundError> {
        let json = HeaderValue::from_static("application/json");
        post.headers.insert(CONTENT_TYPE, json);
        let mut followed = 0;
        loop {
            self.check(&post.url)?;
            let call = self
                .client(&post.url)
                .await?
                .post(post.url.clone())
                .headers(post.headers.clone())
                .body(post.body.clone());
            let response = call.send().await.map_err(of_client)?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let status = response.status().as_u16();
            post.url = next_hop(&post.url, status, header(&response, LOCATION), followed)?;
            followed += 1;
        }
    }
}

async fn read(mut response: Response, limit: usize) -> Result<Bytes, OutboundError> {
    let too_large = || Err(OutboundError::TooLarge { limit });
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return too_large();
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(of_client)? {
        if body.len() + chunk.len() > limit {
            return too_large();
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

pub(crate) fn header(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}
