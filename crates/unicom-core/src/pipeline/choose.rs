//! Choosing the category of a request: matchers run without a transaction, then the decision is
//! stored.

use std::sync::Arc;

use unicom_db::{
    Tx,
    queries::{accounts, queue},
};
use unicom_models::{AuthorKind, Request, RequestCategory, RequestStatus};

use super::Shared;
use super::bot_for::KnownBots;
use super::categorize::{Choice, Decision, DefaultChange, Question, categorize};
use super::ended::{EndedRequest, NotStored, store_one};
use super::prepare::ClaimedRequest;
use crate::matchers::MatchInput;
use crate::{OutgoingMessage, Platforms, bots::ChosenBot};

/// What follows the choice of a category.
pub(super) enum Chosen {
    /// This bot is asked.
    Bot(Box<ClaimedRequest>, ChosenBot),
    /// The request has ended: the requester was sent the list of categories, or there is no bot.
    Ended(Box<Request>),
}

impl Shared {
    /// Finds the category of a claimed request and the bot to ask.
    pub(super) async fn choose_category(
        self: &Arc<Self>,
        claimed: ClaimedRequest,
        categories: Vec<RequestCategory>,
    ) -> Result<Chosen, NotStored> {
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
) -> Result<Chosen, NotStored> {
    let default = match decision.default {
        DefaultChange::Keep => None,
        DefaultChange::Set(id) => Some(Some(id)),
        DefaultChange::Drop => Some(None),
    };
    if let Some(default) = default {
        accounts::set_default_category(tx, &claimed.account.id, default)?;
    }
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
            claimed
                .request
                .reach(RequestStatus::CategoryListSent, tx.now());
            let ended = EndedRequest {
                replies: vec![OutgoingMessage {
                    author: Some(AuthorKind::System),
                    ..OutgoingMessage::text(list)
                }],
                ..claimed.end()
            };
            return end(tx, platforms, ended);
        }
    }
    queue_for_bot(tx, platforms, claimed)
}

/// Stores that a request whose category is decided is handed to its bot. Without a bot, the request
/// ends and is left to people.
fn queue_for_bot(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    mut claimed: ClaimedRequest,
) -> Result<Chosen, NotStored> {
    let now = tx.now();
    claimed.request.reach(RequestStatus::Queued, now);
    let category = claimed.request.category_id;
    let Some(bot) = KnownBots::default().bot_for(tx, category, &claimed.channel)? else {
        return end(tx, platforms, claimed.end());
    };
    claimed.request.reach(RequestStatus::Processing, now);
    if queue::save_progress(tx, &claimed.request)? {
        Ok(Chosen::Bot(Box::new(claimed), bot))
    } else {
        Err(NotStored::Superseded)
    }
}

fn end(tx: &mut Tx<'_>, platforms: &Platforms, ended: EndedRequest) -> Result<Chosen, NotStored> {
    let request = Box::new(ended.request.clone());
    store_one(tx, platforms, ended)?;
    Ok(Chosen::Ended(request))
}
