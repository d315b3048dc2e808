//! `answer_request`: the answer of a bot that said it would come later.

use sha2::{Digest, Sha256};
use unicom_db::{
    Tx,
    queries::{messages, queue},
};
use unicom_models::{Message, Request, RequestId, RequestStatus};

use crate::pipeline::{NotStored, store_replies};
use crate::{CoreError, OutgoingMessage, Platforms};

/// Answers a request for whoever has the token of its present attempt: stores the replies and completes it, once.
///
/// # Errors
/// [`CoreError::RequestNotFound`] where there is no such request or the token is another attempt's,
/// [`CoreError::RequestEnded`] where it was answered or given up meanwhile, and those of
/// [`reply_with`](crate::replies::reply_with).
pub fn answer_request(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    id: RequestId,
    token: &str,
    replies: Vec<OutgoingMessage>,
) -> Result<Vec<Message>, CoreError> {
    let mut request = open_request(tx, id, token)?;
    let message =
        messages::get_unchecked(tx, request.message_id)?.ok_or(CoreError::RequestNotFound(id))?;
    request.reach(RequestStatus::Completed, tx.now());
    request.error = None;
    store_replies(tx, platforms, request, message, replies).map_err(|error| match error {
        NotStored::Core(error) => error,
        NotStored::Superseded | NotStored::Categorize(_) => CoreError::RequestEnded(id),
    })
}

/// The open request that the token may answer.
///
/// # Errors
/// Those of [`answer_request`] that are known before there is an answer.
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

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
