//! The first write: claims a request, finds who asks, and takes it as far as can be without a matcher or a bot.

use futures_util::future::join_all;
use unicom_db::{
    DbError, Tx,
    queries::{
        accounts, categories,
        queue::{self, Context},
    },
};
use unicom_models::{
    Account, AccountId, Channel, Member, MemberId, Message, Request, RequestCategory, RequestId,
    RequestStatus,
};

use super::Shared;
use super::identify::{Identified, identify};
use crate::ChosenBot;

/// Categories that are looked at for a bot, one above the other: more than there can be.
const DEEPEST: usize = 32;

/// A claimed request, with all that concerns it.
#[derive(Debug, Clone)]
pub(super) struct Claimed {
    pub request: Request,
    pub message: Message,
    pub account: Account,
    pub member: Option<Member>,
    pub channel: Channel,
}

/// What is to be done with a claimed request next.
#[derive(Debug)]
pub(super) enum Next {
    /// Its category is to be found among these.
    Categorize(Box<Claimed>, Vec<RequestCategory>),
    /// This bot is to answer it.
    Ask(Box<Claimed>, ChosenBot),
    /// It is to end as it stands: without a bot it waits for a person, or it has failed. In a write of its own, since
    /// chats are locked before requests.
    End(Box<(Request, Message)>),
}

/// A request and what is to be done with it; and a member who was found and whom its account does not know yet.
type Prepared = (Option<Next>, Option<(AccountId, MemberId)>);

impl Shared {
    /// Claims up to `limit` requests that are due, and whether there may be more.
    pub(super) async fn claim_requests(&self, limit: usize) -> Result<(Vec<Next>, bool), DbError> {
        let (now, most) = (
            self.database.now(),
            i64::try_from(limit).unwrap_or(i64::MAX),
        );
        let due = self
            .database
            .read(move |db| queue::look(db, now, most))
            .await?;
        let (behind, first): (Vec<_>, Vec<_>) = due.into_iter().partition(|due| due.is_behind);
        let has_put_off = !behind.is_empty();
        if has_put_off {
            let behind: Vec<RequestId> = behind.iter().map(|due| due.id).collect();
            self.database
                .write_later(move |tx| queue::put_off(tx, &behind))
                .await?;
        }
        // Each in a write of its own: one that cannot be read stops nobody else.
        let claims = first.iter().take(limit).map(|due| self.claim(due.id));
        let claimed: Vec<Next> = join_all(claims).await.into_iter().flatten().collect();
        let may_be_more = has_put_off || !claimed.is_empty();
        Ok((claimed, may_be_more))
    }

    /// Claims one request; none where somebody else was faster. A failure is logged: the others go on.
    async fn claim(&self, id: RequestId) -> Option<Next> {
        let (lease, attempts) = (self.options.lease, self.options.attempts);
        let claimed: Result<Prepared, DbError> = self
            .database
            .write_later(move |tx| match queue::take(tx, id, lease)? {
                Some(request) => prepare(tx, request, attempts),
                None => Ok((None, None)),
            })
            .await;
        let (next, found) = claimed
            .inspect_err(|error| log::warn!("request {id}: it could not be claimed: {error}"))
            .ok()?;
        if let Some((account, member)) = found {
            self.link_member(account, member).await;
        }
        next
    }

    /// Remembers on the account who is behind it. In a write of its own: accounts are locked before requests.
    async fn link_member(&self, account: AccountId, member: MemberId) {
        let linked: Result<bool, DbError> = self
            .database
            .write_later(move |tx| accounts::link_member(tx, &account, member))
            .await;
        if let Err(error) = linked {
            log::warn!("who is behind an account was not remembered: {error}");
        }
    }
}

fn prepare(tx: &mut Tx<'_>, mut request: Request, attempts: i32) -> Result<Prepared, DbError> {
    let Some(Context {
        message,
        account,
        channel,
    }) = queue::context(tx, &request)?
    else {
        // Deleted, and its request with it.
        return Ok((None, None));
    };
    if request.attempts - request.attempts_before > attempts {
        // Whoever held it never came back to say why.
        let reason = match request.error.take() {
            Some(last) => format!("every attempt ended without an outcome; {last}"),
            None => "every attempt ended with its process or its database".to_owned(),
        };
        return Ok((Some(failed(tx, request, message, reason)), None));
    }
    let now = tx.now();
    request.reach(RequestStatus::Identifying, now);
    let (Some(account), Some(channel)) = (account, channel) else {
        let reason = "its account or channel is gone".to_owned();
        return Ok((Some(failed(tx, request, message, reason)), None));
    };
    let (member, found) = match identify(tx, &mut request, &account)? {
        Identified::Known(member) => (member, None),
        Identified::Found(member) => {
            let found = (account.id.clone(), member.id);
            (Some(member), Some(found))
        }
    };
    let member_id = member.as_ref().map(|member| member.id);
    if request.member_id != member_id {
        request.member_id = member_id;
        queue::set_member(tx, request.id, member_id)?;
    }
    request.reach(RequestStatus::Categorizing, now);
    let seen = match request.category_id {
        // An attempt that is made again.
        Some(_) => Vec::new(),
        None => categories::available(tx, channel.id, member_id)?,
    };
    let loses_default = request.category_id.is_none() && account.default_category_id.is_some();
    let claimed = Claimed {
        request,
        message,
        account,
        member,
        channel,
    };
    let next = if seen.is_empty() && !loses_default {
        queue_for_bot(tx, claimed)?
    } else {
        Next::Categorize(Box::new(claimed), seen)
    };
    match &next {
        Next::Categorize(claimed, _) | Next::Ask(claimed, _) => queue::hold(tx, &claimed.request)?,
        Next::End(_) => true,
    };
    Ok((Some(next), found))
}

fn failed(tx: &Tx<'_>, mut request: Request, message: Message, reason: String) -> Next {
    request.reach(RequestStatus::Failed, tx.now());
    request.error = Some(reason);
    Next::End(Box::new((request, message)))
}

/// What a request whose category is settled needs next: its bot, or, where it has none, a person.
pub(super) fn queue_for_bot(tx: &mut Tx<'_>, mut claimed: Claimed) -> Result<Next, DbError> {
    let now = tx.now();
    claimed.request.reach(RequestStatus::Queued, now);
    Ok(match bot_for(tx, &claimed)? {
        Some(bot) => {
            claimed.request.reach(RequestStatus::Processing, now);
            Next::Ask(Box::new(claimed), bot)
        }
        None => Next::End(Box::new((claimed.request, claimed.message))),
    })
}

/// The bot of the request's category, or of the nearest category above it that has one, or of its channel.
fn bot_for(tx: &mut Tx<'_>, claimed: &Claimed) -> Result<Option<ChosenBot>, DbError> {
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
