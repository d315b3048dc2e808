//! Creating, activating and validating channels after their provider was asked whether they can
//! work, outside of transactions.

use unicom_db::{Database, queries::channels};
use unicom_models::{Channel, ChannelId};

use super::channels::{
    Creation, activate, changed, check_channel, check_new, get, store_change, store_new,
    store_verdict, update_channel,
};
use super::{Actor, ChannelChange, Extensions, NewChannel};
use crate::CoreError;

/// Creates a channel like [`create_channel`](super::create_channel), after its provider was asked.
/// Nothing is stored before.
///
/// # Errors
/// Returns the errors of [`create_channel`](super::create_channel); [`CoreError::ProbeFailed`] with
/// the words of the provider, without the channel's secrets.
pub async fn create_probed_channel(
    database: &Database,
    actor: &Actor,
    extensions: &Extensions,
    new: NewChannel,
) -> Result<Channel, CoreError> {
    let (actor, extensions) = (actor.clone(), extensions.clone());
    let platforms = extensions.platforms.clone();
    let (checking, first) = (extensions.clone(), new.clone());
    let channel = database.write(move |tx| -> Result<Channel, CoreError> {
        let new = check_new(tx, &checking, first)?;
        let id = channels::reserve_id(tx)?;
        let mut channel = Channel::new(id, new.platform, new.name, tx.now());
        channel.config = new.config;
        Ok(channel)
    });
    let channel = channel.await?;
    let id = channel.id;
    let creation = Creation::Probed(id, platforms.probe(channel).await?);
    let stored = database.write(move |tx| store_new(tx, &actor, &extensions, new, creation));
    stored.await
}

/// Changes a channel like [`update_channel`]. If the channel is then active and the change
/// activates it or replaces its configuration, its provider is asked before.
///
/// # Errors
/// Returns the errors of [`update_channel`]; [`CoreError::ProbeFailed`] with the words of the
/// provider, without the channel's secrets; [`CoreError::Conflict`] if the configuration changed
/// while the provider was asked.
pub async fn update_probed_channel(
    database: &Database,
    actor: &Actor,
    extensions: &Extensions,
    id: ChannelId,
    change: ChannelChange,
) -> Result<Channel, CoreError> {
    let (actor, extensions) = (actor.clone(), extensions.clone());
    let (checking, first) = (extensions.clone(), change.clone());
    let asked: Channel = database
        .read(move |db| changed(db, &checking, id, &first))
        .await?;
    let may_matter = change.active == Some(true) || change.config.is_some();
    if !asked.active || !may_matter {
        let stored = database.write(move |tx| update_channel(tx, &actor, &extensions, id, change));
        return stored.await;
    }
    let probed = extensions.platforms.probe(asked.clone()).await?;
    let stored = database.write(move |tx| {
        let mut channel = changed(tx, &extensions, id, &change)?;
        check_unchanged(&asked, &channel)?;
        activate(&mut channel, probed);
        store_change(tx, &actor, &change, channel)
    });
    stored.await
}

/// Validates a channel and stores the result like
/// [`validate_channel`](super::validate_channel), after its provider was asked.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] if the configuration changed while the provider
/// was asked. An invalid configuration and a refusal of the provider are not errors: they are
/// reported in the channel's `error`.
pub async fn validate_probed_channel(
    database: &Database,
    actor: &Actor,
    extensions: &Extensions,
    id: ChannelId,
) -> Result<Channel, CoreError> {
    let (actor, extensions) = (actor.clone(), extensions.clone());
    let checking = extensions.clone();
    let asked = database.read(move |db| -> Result<_, CoreError> {
        let channel = get(db, id)?;
        let checked = check_channel(db, &checking, &channel);
        Ok((channel, checked))
    });
    let (asked, checked) = asked.await?;
    let probed = match checked {
        Ok(()) => extensions.platforms.probe(asked.clone()).await,
        Err(error) => Err(error),
    };
    let stored = database.write(move |tx| {
        let mut channel = get(tx, id)?;
        check_unchanged(&asked, &channel)?;
        let checked = probed.and_then(|probed| {
            check_channel(tx, &extensions, &channel)?;
            activate(&mut channel, probed);
            Ok(())
        });
        store_verdict(tx, &actor, channel, checked)
    });
    stored.await
}

/// Checks that a channel is still the one that the provider was asked about.
fn check_unchanged(asked: &Channel, now: &Channel) -> Result<(), CoreError> {
    if asked.config == now.config {
        return Ok(());
    }
    let problem = "was changed while its provider was asked: try again";
    Err(CoreError::conflict("channel", now.id, problem))
}
