//! Choosing the category of a request: matchers run without a transaction, then the decision is
//! stored.

use std::sync::Arc;

use unicom_db::{
    Tx,
    queries::{accounts, queue},
};
use unicom_models::{RequestCategory, RequestStatus};

use super::Shared;
use super::categorize::{Choice, Decision, DefaultChange, Question, categorize};
use super::outcome::{NotStored, lock_chat_of, store_replies};
use super::prepare::{ClaimedRequest, Queued, queue_for_bot};
use crate::matchers::MatchInput;
use crate::{OutgoingMessage, Platforms, bots::ChosenBot};

impl Shared {
    /// Finds the category of a claimed request and the bot to ask.
    ///
    /// Returns `None` if the requester was sent the list of categories, or if there is no bot.
    pub(super) async fn choose_category(
        self: &Arc<Self>,
        claimed: ClaimedRequest,
        categories: Vec<RequestCategory>,
    ) -> Result<Option<(Box<ClaimedRequest>, ChosenBot)>, NotStored> {
        let question = Question {
            categories,
            // If an earlier attempt found the category, it has already handled the default.
            default: match claimed.request.category_id {
                Some(_) => None,
                None => claimed.account.default_category_id,
            },
            input: MatchInput {
                message: claimed.message.clone(),
                account: claimed.account.clone(),
                member: claimed.member.clone(),
                channel: claimed.channel.clone(),
            },
        };
        let shared = Arc::clone(self);
        let decided = tokio::task::spawn_blocking(move || categorize(&question, &shared.matchers));
        let in_time = tokio::time::timeout(self.options.bot_timeout, decided);
        let decision = self
            .with_lease(&claimed.claim(), in_time)
            .await?
            .map_err(|_| NotStored::Categorize("the matchers took too long".to_owned()))?
            .map_err(|error| NotStored::Categorize(error.to_string()))?;
        let platforms = self.platforms.clone();
        self.database
            .write_background(move |tx| apply(tx, &platforms, claimed, decision))
            .await
    }
}

/// Stores a decision completely, or not at all if the claim is lost.
fn apply(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    mut claimed: ClaimedRequest,
    decision: Decision,
) -> Result<Option<(Box<ClaimedRequest>, ChosenBot)>, NotStored> {
    let default = match decision.default {
        DefaultChange::Keep => None,
        DefaultChange::Set(id) => Some(Some(id)),
        DefaultChange::Drop => Some(None),
    };
    if let Some(default) = default {
        accounts::set_default_category(tx, &claimed.account.id, default)?;
    }
    claimed.message = lock_chat_of(tx, claimed.message)?;
    claimed.request.chat_id = claimed.message.chat_id.clone();
    for note in decision.notes {
        claimed.request.note(note);
    }
    match decision.category {
        Choice::Nothing => {}
        Choice::Taken(id) => {
            claimed.request.category_id = Some(id);
            queue::set_category(tx, &claimed.request, id)?;
        }
        Choice::Ask(list) => {
            let (mut request, message) = (claimed.request, claimed.message);
            let lease = Some(&claimed.lease);
            request.reach(RequestStatus::CategoryListSent, tx.now());
            let reply = OutgoingMessage::text(list);
            store_replies(tx, platforms, request, lease, message, vec![reply])?;
            return Ok(None);
        }
    }
    match queue_for_bot(tx, claimed)? {
        Queued::Ask(claimed, bot) => Ok(Some((claimed, bot))),
        Queued::Ended => Ok(None),
        Queued::Superseded => Err(NotStored::Superseded),
    }
}
