//! The request's category: matchers are asked with no transaction open, then what they said is written.

use std::sync::Arc;

use unicom_db::{
    DbError, Tx,
    queries::{accounts, queue},
};
use unicom_models::{RequestCategory, RequestStatus};

use super::Shared;
use super::categorize::{Choice, Decision, DefaultChange, Question, categorize};
use super::outcome::{NotStored, store_replies};
use super::prepare::{Claimed, Next, queue_for_bot};
use crate::matchers::MatchInput;
use crate::{OutgoingMessage, Platforms};

impl Shared {
    /// Finds the category of a claimed request. None where its writer was sent the list of categories, where the
    /// request waits for a person now, and where the claim was lost.
    pub(super) async fn choose_category(
        self: &Arc<Self>,
        claimed: Claimed,
        categories: Vec<RequestCategory>,
    ) -> Result<Option<Next>, NotStored> {
        let question = Question {
            categories,
            default: claimed.account.default_category_id,
            input: MatchInput {
                message: claimed.message.clone(),
                account: claimed.account.clone(),
                member: claimed.member.clone(),
                channel: claimed.channel.clone(),
            },
        };
        let shared = Arc::clone(self);
        let decided = tokio::task::spawn_blocking(move || categorize(&question, &shared.matchers));
        let decision = self
            .holding(&claimed.request, decided)
            .await?
            .map_err(|error| NotStored::Categorize(error.to_string()))?;
        let platforms = self.platforms.clone();
        self.database
            .write(move |tx| apply(tx, &platforms, claimed, decision))
            .await
    }
}

/// Writes a decision down.
fn apply(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    mut claimed: Claimed,
    decision: Decision,
) -> Result<Option<Next>, NotStored> {
    set_default(tx, &claimed, decision.default)?;
    for note in decision.notes {
        claimed.request.note(note);
    }
    match decision.category {
        Choice::Taken(id) => claimed.request.category_id = Some(id),
        Choice::Nothing => {}
        Choice::Ask(list) => {
            let Claimed {
                mut request,
                message,
                ..
            } = claimed;
            request.reach(RequestStatus::CategoryListSent, tx.now());
            let reply = OutgoingMessage::text(list);
            store_replies(tx, platforms, request, message, vec![reply])?;
            return Ok(None);
        }
    }
    Ok(queue_for_bot(tx, claimed)?)
}

fn set_default(tx: &mut Tx<'_>, claimed: &Claimed, change: DefaultChange) -> Result<(), DbError> {
    let default = match change {
        DefaultChange::Keep => return Ok(()),
        DefaultChange::Set(id) => Some(id),
        DefaultChange::Drop => None,
    };
    // Whoever has lost the claim decides nothing any more: the request may have been decided otherwise.
    if queue::holds(tx, &claimed.request)? {
        accounts::set_default_category(tx, &claimed.account.id, default)?;
    }
    Ok(())
}
