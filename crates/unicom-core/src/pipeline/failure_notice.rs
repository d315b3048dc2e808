//! The message that tells a visitor that a request has failed for good.

use unicom_models::{AuthorKind, Channel, Request, RequestStatus};

use crate::{OutgoingMessage, Platforms};

/// Returns the message that tells the visitor that no answer comes, if the request has failed and
/// the platform has a message for that on the channel. A request that an admin has retried is not
/// mentioned again.
pub(super) fn failure_notice(
    platforms: &Platforms,
    channel: &Channel,
    request: &Request,
) -> Option<OutgoingMessage> {
    if !is_due(request) {
        return None;
    }
    let platform = platforms.for_sending(channel).ok()?;
    let text = platform.failure_message(&channel.config)?;
    Some(OutgoingMessage {
        author: Some(AuthorKind::System),
        ..OutgoingMessage::text(text)
    })
}

/// Returns `true` if a notice follows the end of the request, if its channel has one.
pub(super) fn is_due(request: &Request) -> bool {
    request.status == RequestStatus::Failed && request.attempts_before == 0
}
