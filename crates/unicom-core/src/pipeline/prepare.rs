//! The first write of the pipeline: claims a request, finds the member, and runs every step that
//! needs neither a matcher nor a bot. A request that needs neither ends here.

use futures_util::future::join_all;
use unicom_db::{
    DbError, Tx,
    queries::{
        accounts, categories, chats,
        leases::Lease,
        queue::{self, Claim, Context},
    },
};
use unicom_models::{
    Account, AccountId, Channel, ChatId, Member, MemberId, Message, Request, RequestCategory,
    RequestStatus,
};

use super::Shared;
use super::identify::identify;
use crate::bots::ChosenBot;

/// Maximum number of categories to search for a bot up the tree. Greater than the maximum depth of
/// the tree.
const DEEPEST: usize = 32;

/// A claimed request with its context.
#[derive(Debug, Clone)]
pub(super) struct ClaimedRequest {
    pub lease: Lease,
    pub request: Request,
    pub message: Message,
    pub account: Account,
    pub member: Option<Member>,
    pub channel: Channel,
}

impl ClaimedRequest {
    /// Returns the request and its lease.
    pub fn claim(&self) -> Claim {
        Claim {
            request: self.request.clone(),
            lease: self.lease.clone(),
        }
    }
}

/// The next step for a claimed request.
#[derive(Debug)]
pub(super) enum Next {
    /// Find its category among these. The list is empty if the request has a category.
    Categorize(Box<ClaimedRequest>, Vec<RequestCategory>),
    /// Let this bot answer it.
    Ask(Box<ClaimedRequest>, ChosenBot),
}

/// What a claimed chat leads to.
#[derive(Debug)]
enum Taken {
    /// Nothing is left to do: the request waits for a person because it has no bot, has failed, or
    /// was deleted.
    Ended,
    /// This is the next step.
    For(Next),
    /// The next step follows once the account is linked to the member who was found.
    Found(Next, AccountId, MemberId),
}

/// The next steps of claimed requests, and whether there may be more requests.
#[derive(Debug)]
pub(super) struct Claims {
    pub next: Vec<Next>,
    pub may_be_more: bool,
}

impl Shared {
    /// Claims at most `limit` due requests of different chats.
    pub(super) async fn claim_requests(&self, limit: usize) -> Result<Claims, DbError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let duration = self.options.lease;
        let leases = self
            .database
            .write_background(move |tx| queue::claim(tx, most, duration))
            .await?;
        let mut made = Claims {
            next: Vec::new(),
            may_be_more: !leases.is_empty(),
        };
        // Each in a separate write: a request that cannot be read does not affect the others.
        let claims = leases.into_iter().map(|lease| self.begin(lease));
        for taken in join_all(claims).await.into_iter().flatten() {
            match taken {
                Taken::Ended => {}
                Taken::For(next) => made.next.push(next),
                Taken::Found(next, account, member) => {
                    self.link_member(account, member).await;
                    made.next.push(next);
                }
            }
        }
        Ok(made)
    }

    /// Begins an attempt at the first request of a claimed chat. A failure is logged and does not
    /// affect the other chats; the chat is claimed again when the lease has expired.
    async fn begin(&self, lease: Lease) -> Option<Taken> {
        let (chat_id, attempts) = (ChatId::from(lease.key.clone()), self.options.attempts);
        let taken: Result<Taken, DbError> = self
            .database
            .write_background({
                let chat_id = chat_id.clone();
                move |tx| {
                    // Chats are locked before requests. The request may end here.
                    chats::lock_row(tx, &chat_id)?;
                    match queue::begin_attempt(tx, lease)? {
                        Some(claim) => prepare(tx, claim, attempts),
                        None => Ok(Taken::Ended),
                    }
                }
            })
            .await;
        taken
            .inspect_err(|error| {
                log::warn!("chat {chat_id}: its next request could not be claimed: {error}");
            })
            .ok()
    }

    /// Links the member to the account, in a separate write because accounts are locked before
    /// requests.
    async fn link_member(&self, account: AccountId, member: MemberId) {
        let linked: Result<bool, DbError> = self
            .database
            .write_background(move |tx| accounts::link_member(tx, &account, member))
            .await;
        if let Err(error) = linked {
            log::warn!("the account's member was not stored: {error}");
        }
    }
}

/// Runs identification and, if possible, bot selection for a claimed request. The chat must be
/// locked.
fn prepare(tx: &mut Tx<'_>, claim: Claim, attempts: i32) -> Result<Taken, DbError> {
    let Claim { mut request, lease } = claim;
    let Some(Context {
        message,
        account,
        channel,
    }) = queue::context(tx, &request)?
    else {
        // The message was deleted, and its request with it. The next request is found when the lease
        // has expired.
        return Ok(Taken::Ended);
    };
    if request.attempts - request.attempts_before > attempts {
        // The last claimant never reported an outcome.
        let reason = match request.error.take() {
            Some(last) => format!("every attempt failed; {last}"),
            None => "every attempt was interrupted".to_owned(),
        };
        return fail(tx, request, &lease, reason);
    }
    let now = tx.now();
    request.reach(RequestStatus::Identifying, now);
    let (Some(account), Some(channel)) = (account, channel) else {
        let reason = "its account or channel was deleted".to_owned();
        return fail(tx, request, &lease, reason);
    };
    let member = identify(tx, &mut request, &account)?;
    let member_id = member.as_ref().map(|member| member.id);
    let found = member_id.filter(|_| account.member_id.is_none());
    if request.member_id != member_id {
        request.member_id = member_id;
        queue::set_member(tx, request.id, member_id)?;
    }
    request.reach(RequestStatus::Categorizing, now);
    let claimed = ClaimedRequest {
        lease,
        request,
        message,
        account,
        member,
        channel,
    };
    next_step(tx, claimed, found)
}

/// Queues an identified request for its bot, or returns the categories to find its category among.
/// `found` is a member who is not linked to the account yet.
fn next_step(
    tx: &mut Tx<'_>,
    claimed: ClaimedRequest,
    found: Option<MemberId>,
) -> Result<Taken, DbError> {
    let (request, account) = (&claimed.request, &claimed.account);
    let seen = match request.category_id {
        // An earlier attempt has found the category.
        Some(_) => Vec::new(),
        None => categories::available(tx, claimed.channel.id, request.member_id)?,
    };
    let loses_default = request.category_id.is_none() && account.default_category_id.is_some();
    let is_settled = seen.is_empty() && !loses_default;
    // If a member was found, the request continues, and may end, only after the account is linked.
    // After a crash in between, the member is found again.
    if is_settled && found.is_none() {
        return Ok(match queue_for_bot(tx, claimed)? {
            Queued::Ask(claimed, bot) => Taken::For(Next::Ask(claimed, bot)),
            // The claim was made in this transaction, so it still holds.
            Queued::Ended | Queued::Superseded => Taken::Ended,
        });
    }
    queue::save_progress(tx, request)?;
    let account_id = account.id.clone();
    let next = Next::Categorize(Box::new(claimed), seen);
    Ok(match found {
        Some(member) => Taken::Found(next, account_id, member),
        None => Taken::For(next),
    })
}

fn fail(
    tx: &mut Tx<'_>,
    mut request: Request,
    lease: &Lease,
    reason: String,
) -> Result<Taken, DbError> {
    request.reach(RequestStatus::Failed, tx.now());
    request.error = Some(reason);
    queue::finish(tx, &request, Some(lease))?;
    Ok(Taken::Ended)
}

/// The result of queueing a request whose category is decided.
#[derive(Debug)]
pub(super) enum Queued {
    /// This bot is to be asked.
    Ask(Box<ClaimedRequest>, ChosenBot),
    /// The request has no bot, so it has ended. A person may answer.
    Ended,
    /// The claim no longer held.
    Superseded,
}

/// Queues a request whose category is decided for its bot. Without a bot the request ends and is
/// left to people.
///
/// The chat must be locked.
pub(super) fn queue_for_bot(
    tx: &mut Tx<'_>,
    mut claimed: ClaimedRequest,
) -> Result<Queued, DbError> {
    let now = tx.now();
    claimed.request.reach(RequestStatus::Queued, now);
    let bot = bot_for(tx, &claimed)?;
    let held = match &bot {
        Some(_) => {
            claimed.request.reach(RequestStatus::Processing, now);
            queue::save_progress(tx, &claimed.request)?
        }
        None => queue::finish(tx, &claimed.request, Some(&claimed.lease))?,
    };
    Ok(match bot {
        _ if !held => Queued::Superseded,
        Some(bot) => Queued::Ask(Box::new(claimed), bot),
        None => Queued::Ended,
    })
}

/// Returns the bot of the request's category, of its nearest ancestor that has one, or of the
/// channel.
fn bot_for(tx: &mut Tx<'_>, claimed: &ClaimedRequest) -> Result<Option<ChosenBot>, DbError> {
    let mut at = claimed.request.category_id;
    for _ in 0..DEEPEST {
        let Some(id) = at else { break };
        let Some(category) = categories::get(tx, id)? else {
            break;
        };
        if let Some(bot) = ChosenBot::of(tx, category.bot.as_ref())? {
            return Ok(Some(bot));
        }
        at = category.parent_id;
    }
    ChosenBot::of(tx, claimed.channel.config.get("bot"))
}
