//! [`answer_request`], which stores an answer that a bot announced for later.

use sha2::{Digest, Sha256};
use unicom_db::{
    Tx,
    queries::{messages, queue},
};
use unicom_models::{Message, Request, RequestId, RequestStatus};

use crate::pipeline::{EndedRequest, NotStored, store_one};
use crate::{CoreError, Platforms, bots::Outcome};

/// Answers a request with the token of its current attempt: stores the replies and completes the
/// request, once. If the outcome hands the chat over, the request waits for a person instead.
///
/// # Errors
/// [`CoreError::RequestNotFound`] if the request does not exist or the token belongs to another
/// attempt, [`CoreError::RequestEnded`] if it was answered or given up in the meantime, and those
/// of [`reply_with`](crate::replies::reply_with).
pub fn answer_request(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    id: RequestId,
    token: &str,
    outcome: impl Into<Outcome>,
) -> Result<Vec<Message>, CoreError> {
    let request = open_request(tx, id, token)?;
    let message =
        messages::get_unchecked(tx, request.message_id)?.ok_or(CoreError::RequestNotFound(id))?;
    let ended = EndedRequest::answered(request, None, message, outcome.into(), tx.now());
    store_one(tx, platforms, ended).map_err(|error| match error {
        NotStored::Core(error) => error,
        _ => CoreError::RequestEnded(id),
    })
}

/// Returns the open request that the token may answer.
///
/// # Errors
/// Those of [`answer_request`] that can be detected before there is an answer.
pub fn open_request(
    db: &mut unicom_db::Db,
    id: RequestId,
    token: &str,
) -> Result<Request, CoreError> {
    let request =
        queue::by_reply_token(db, id, &token_hash(token))?.ok_or(CoreError::RequestNotFound(id))?;
    if request.status == RequestStatus::Processing && request.due_at.is_some() {
        Ok(request)
    } else {
        Err(CoreError::RequestEnded(id))
    }
}

/// Returns the hash of a token that is stored instead of the token: SHA-256 in hexadecimal.
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
