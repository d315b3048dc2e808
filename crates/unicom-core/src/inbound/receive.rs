//! [`receive`], the only entry point for what platforms report.

use unicom_db::Tx;
use unicom_models::Channel;

use super::event::{Applied, PlatformEvent, Refusal};
use crate::CoreError;

/// Applies an event that a provider reported through `channel`.
///
/// An event that is repeated changes nothing the second time. Apply all events of one call of the
/// provider in one transaction, and answer the provider after the commit.
///
/// # Errors
/// [`CoreError::ChannelInactive`].
pub fn receive(
    _tx: &mut Tx<'_>,
    channel: &Channel,
    _event: PlatformEvent,
) -> Result<Applied, CoreError> {
    if !channel.active {
        return Err(CoreError::ChannelInactive(channel.id));
    }
    Ok(Applied::Refused(Refusal::UnknownAddress))
}
