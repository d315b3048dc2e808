//! Interprets the response of a webhook.

use std::time::Duration;

use unicom_content::replies::{InvalidReplies, outcome_from_json};
use unicom_core::bots::{BotError, Outcome};
use unicom_core::media::MediaStore;
use unicom_outbound::Answer;

use crate::{failure, json};

/// Permission to answer later.
pub(super) struct Promise {
    /// The token that authorises the answer.
    pub(super) token: String,
    /// The time within which the answer must arrive.
    pub(super) within: Duration,
}

/// Returns the outcome of a response, or the error that it stands for.
///
/// A response with status 2xx says that the call was received, so that the webhook is not called
/// again, whatever the response contains.
pub(super) async fn outcome(
    media: &dyn MediaStore,
    answer: Answer,
    promise: Option<Promise>,
) -> Result<Outcome, BotError> {
    match (answer.status, promise) {
        (202, Some(Promise { within, .. })) => Ok(Outcome::later(within)),
        (202, None) => Err(BotError::Permanent(
            "the webhook answered with status 202, to answer later: set `answer_within_s` for that"
                .to_owned(),
        )),
        (200..=299, _) if answer.body.trim_ascii().is_empty() => Ok(Outcome::default()),
        (200..=299, _) => described(media, answer).await,
        (status, _) => Err(failed(status, &answer)),
    }
}

async fn described(media: &dyn MediaStore, answer: Answer) -> Result<Outcome, BotError> {
    let status = answer.status;
    let body = json::read(answer.body).await.map_err(|problem| {
        BotError::Permanent(format!(
            "the webhook answered with status {status} and is not called again, but its response is \
             not JSON: {problem}"
        ))
    })?;
    let outcome = outcome_from_json(media, &body).await;
    outcome.map_err(|error| match error {
        InvalidReplies::Media(error) => failure::of_media(&error),
        error => BotError::Permanent(format!("the webhook sent {error}")),
    })
}

/// Returns the error for a failed call. It contains nothing of the body, since the webhook may send
/// back the token it received.
fn failed(status: u16, answer: &Answer) -> BotError {
    let reason = format!("the webhook answered with status {status}");
    if failure::is_temporary(status) {
        failure::busy(answer, reason)
    } else {
        BotError::Permanent(reason)
    }
}
