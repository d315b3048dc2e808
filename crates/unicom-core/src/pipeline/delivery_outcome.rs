//! What follows an attempt to deliver a message: it is sent, tried again, or given up.

use std::time::Duration;

use unicom_db::{
    LockedChat, Tx,
    queries::{
        channel_holds, channels, chats,
        deliveries::{self, ClaimedDelivery, DeliveryHistory},
        provider_messages,
        receipts::{self, Failure},
    },
};
use unicom_models::UtcTime;

use super::notices::Notice;
use super::retry::backoff;
use crate::CoreError;
use crate::outbound::note_in_chat;
use crate::platform::{BusyScope, DeliveryError, DeliveryFailure, DeliveryReceipt, Repeat};
use crate::validation::check_id;

/// The longest time that a platform can make messages or polling wait.
pub(super) const LONGEST_BUSY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a channel that does not work waits until one of its messages is tried again, or its
/// provider is polled again.
pub(super) const BROKEN_WAIT: Duration = Duration::from_secs(15 * 60);

/// When deliveries of a platform are tried again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// What happens if the platform is given the message twice.
    pub repeat: Repeat,
    /// The wait after the first failure.
    pub backoff: Duration,
    /// How long a delivery may fail before it is given up.
    pub horizon: Duration,
}

/// Stores the outcome of an attempt, unless the claim is lost. Returns what to tell admins after
/// the commit.
///
/// # Errors
/// Those of the database.
pub(super) fn store_outcome(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    rules: Rules,
    outcome: Result<DeliveryReceipt, DeliveryFailure>,
) -> Result<Option<Notice>, CoreError> {
    let Some(chat) = chats::lock(tx, &delivery.message.chat_id)? else {
        // The message was deleted with its chat.
        return Ok(None);
    };
    match outcome {
        Ok(DeliveryReceipt::Local) => sent(tx, delivery, &chat, &[]).map(|()| None),
        Ok(DeliveryReceipt::Accepted { parts }) => sent(tx, delivery, &chat, &parts).map(|()| None),
        Err(DeliveryFailure { parts, error }) => failed(tx, delivery, &chat, rules, &parts, &error),
    }
}

fn sent(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    chat: &LockedChat<'_>,
    parts: &[String],
) -> Result<(), CoreError> {
    if !deliveries::sent(tx, chat, delivery)? {
        return Ok(());
    }
    provider_messages::add_parts(tx, &delivery.message, &storable(delivery, parts))?;
    let channel_id = delivery.message.channel_id;
    if channel_holds::release(tx, channel_id)? {
        channels::set_error(tx, channel_id, None)?;
    }
    Ok(())
}

/// Stores a failed attempt that has sent some parts of the message.
fn failed(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    chat: &LockedChat<'_>,
    rules: Rules,
    parts: &[String],
    error: &DeliveryError,
) -> Result<Option<Notice>, CoreError> {
    let text = error.to_string();
    let next = next(tx.now(), delivery.history, rules, error);
    let held = match next {
        NextTry::At(due, history) => deliveries::retry_later(tx, delivery, due, &text, history)?,
        NextTry::Never => deliveries::dead(tx, chat, delivery, &text)?,
    };
    if !held {
        return Ok(None);
    }
    provider_messages::add_parts(tx, &delivery.message, &storable(delivery, parts))?;
    let channel_id = delivery.message.channel_id;
    match (next, error) {
        (NextTry::Never, _) => {
            note_failure(tx, delivery, chat, error)?;
            return Ok(Some(Notice::dead(channel_id)));
        }
        (NextTry::At(due, _), DeliveryError::Broken(reason)) => {
            channel_holds::hold(tx, channel_id, due, &text)?;
            channels::set_error(tx, channel_id, Some(reason))?;
            return Ok(Some(Notice::broken(channel_id, reason)));
        }
        (
            NextTry::At(due, _),
            DeliveryError::Busy {
                scope: BusyScope::Channel,
                ..
            },
        ) => channel_holds::hold(tx, channel_id, due, &text)?,
        (NextTry::At(..), _) => {}
    }
    Ok(None)
}

/// Records that a message was not delivered, also as a note for the admins who read the chat.
fn note_failure(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    chat: &LockedChat<'_>,
    error: &DeliveryError,
) -> Result<(), CoreError> {
    let (code, reason) = match error {
        DeliveryError::Rejected { code, reason } => (code.clone(), reason.clone()),
        DeliveryError::Unsupported(reason) => ("unsupported".to_owned(), reason.clone()),
        error => ("given_up".to_owned(), error.to_string()),
    };
    let line = format!("A message was not delivered: {reason}");
    let failure = Failure {
        message_id: delivery.message.id,
        code,
        reason,
        failed_at: tx.now(),
    };
    receipts::insert_failure(tx, chat, &failure)?;
    if let Some(channel) = channels::get(tx, chat.channel_id)? {
        note_in_chat(tx, &channel, chat, line)?;
    }
    Ok(())
}

/// When a failed delivery is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NextTry {
    /// Then. What its attempts have led to by now.
    At(UtcTime, DeliveryHistory),
    Never,
}

fn next(now: UtcTime, before: DeliveryHistory, rules: Rules, error: &DeliveryError) -> NextTry {
    let mut history = before;
    match error {
        DeliveryError::Rejected { .. } | DeliveryError::Unsupported(_) => NextTry::Never,
        DeliveryError::Busy { after, .. } => {
            NextTry::At(now.plus((*after).min(LONGEST_BUSY)), history)
        }
        DeliveryError::Broken(_) => NextTry::At(now.plus(BROKEN_WAIT), history),
        DeliveryError::Unknown(_) if rules.repeat != Repeat::Harmless => {
            history.unknown_outcomes += 1;
            match rules.repeat {
                _ if before.unknown_outcomes > 0 => NextTry::Never,
                Repeat::Reported { within } => NextTry::At(now.plus(within), history),
                _ => NextTry::At(now, history),
            }
        }
        DeliveryError::Temporary(_) | DeliveryError::Unknown(_) => {
            history.failures = history.failures.saturating_add(1);
            let since = *history.first_failed_at.get_or_insert(now);
            if now.since(since) >= rules.horizon {
                return NextTry::Never;
            }
            NextTry::At(now.plus(backoff(rules.backoff, history.failures)), history)
        }
    }
}

/// Returns those of the ids of a provider that both engines can store. The message is delivered in
/// any case: a retry would deliver it twice.
fn storable(delivery: &ClaimedDelivery, ids: &[String]) -> Vec<String> {
    let can_be_stored = |id: &&String| {
        check_id("provider_message_id", id)
            .inspect_err(|error| {
                let message = delivery.message.id;
                log::error!("message {message} is delivered without its provider's id: {error}");
            })
            .is_ok()
    };
    ids.iter().filter(can_be_stored).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rules(repeat: Repeat) -> Rules {
        Rules {
            repeat,
            backoff: SECOND,
            horizon: 10 * SECOND,
        }
    }

    fn unknown() -> DeliveryError {
        DeliveryError::Unknown("no answer".to_owned())
    }

    #[test]
    fn temporary_failures_are_retried_until_the_horizon() {
        let (mut now, mut history) = (UtcTime::now(), DeliveryHistory::default());
        let error = DeliveryError::Temporary("no network".to_owned());
        let mut tries = 0;
        while let NextTry::At(due, after) = next(now, history, rules(Repeat::Visible), &error) {
            assert!(due > now);
            (now, history) = (due, after);
            tries += 1;
        }
        assert!((4..=8).contains(&tries), "{tries}");
    }

    #[test]
    fn unknown_outcome_is_repeated_as_the_platform_allows() {
        let (now, before) = (UtcTime::now(), DeliveryHistory::default());
        let within = 60 * SECOND;
        for (repeat, wait) in [
            (Repeat::Visible, Duration::ZERO),
            (Repeat::Reported { within }, within),
        ] {
            let NextTry::At(due, history) = next(now, before, rules(repeat), &unknown()) else {
                panic!("{repeat:?}: not repeated");
            };
            assert_eq!(due, now.plus(wait), "{repeat:?}");
            assert_eq!(
                next(due, history, rules(repeat), &unknown()),
                NextTry::Never
            );
        }
        let again = next(now, before, rules(Repeat::Harmless), &unknown());
        assert!(matches!(again, NextTry::At(_, history) if history.failures == 1));
    }

    #[test]
    fn busy_counts_no_attempt_and_waits_as_told_for_a_day_at_most() {
        let (now, before) = (UtcTime::now(), DeliveryHistory::default());
        for (told, waited) in [(3, 3), (3600, 3600), (1_000_000, 86_400)] {
            let busy = DeliveryError::Busy {
                reason: "flood".to_owned(),
                after: told * SECOND,
                scope: BusyScope::Chat,
            };
            let due = now.plus(waited * SECOND);
            assert_eq!(
                next(now, before, rules(Repeat::Visible), &busy),
                NextTry::At(due, before)
            );
        }
    }
}
