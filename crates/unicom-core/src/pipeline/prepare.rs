//! The first write of the pipeline: claims requests, finds their members, and decides for each what
//! comes next, as far as neither a matcher nor a bot is needed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use futures_util::future::join_all;
use unicom_db::{
    DbError, Tx,
    queries::{
        categories,
        leases::{self, Lease},
        queue::{self, Claim, Head},
        streams,
    },
};
use unicom_models::{
    Account, Channel, ChannelId, Member, MemberId, Message, Request, RequestCategory, RequestId,
    RequestStatus,
};

use super::Shared;
use super::bot_for::KnownBots;
use super::ended::EndedRequest;
use super::identify::identify;
use crate::bots::ChosenBot;

/// A claimed request with its context.
#[derive(Debug, Clone)]
pub(super) struct ClaimedRequest {
    pub lease: Lease,
    pub request: Request,
    pub message: Message,
    pub account: Account,
    pub member: Option<Member>,
    /// The member, if the account is not linked to it yet.
    pub found: Option<MemberId>,
    pub channel: Channel,
    /// Whether a person holds the chat: no bot is asked.
    pub is_held: bool,
}

impl ClaimedRequest {
    /// Returns the request and its lease.
    pub fn claim(&self) -> Claim {
        Claim {
            request: self.request.clone(),
            lease: self.lease.clone(),
        }
    }

    /// Ends the request without a reply, with the status it has.
    pub fn end(self) -> EndedRequest {
        EndedRequest::new(self.request, Some(self.lease), self.message)
    }
}

/// The next step for a claimed request.
#[derive(Debug)]
pub(super) enum Next {
    /// Leave it to the person who holds its chat.
    Leave(Box<ClaimedRequest>),
    /// End it: it has failed, or it has no bot and waits for a person.
    End(Box<EndedRequest>),
    /// Find its category among these. The list is empty if the request has a category.
    Categorize(Box<ClaimedRequest>, Vec<RequestCategory>),
    /// Let this bot answer it.
    Ask(Box<ClaimedRequest>, ChosenBot),
}

impl Next {
    /// Returns the request.
    pub fn request(&self) -> &Request {
        match self {
            Self::End(ended) => &ended.request,
            Self::Leave(claimed) | Self::Categorize(claimed, _) | Self::Ask(claimed, _) => {
                &claimed.request
            }
        }
    }
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
        let (most, attempts) = (
            i64::try_from(limit).unwrap_or(i64::MAX),
            self.options.attempts,
        );
        let duration = self.options.lease;
        let begun: Result<Claims, DbError> = self
            .database
            .write_background(move |tx| {
                let leases = queue::claim(tx, most, duration)?;
                Ok(Claims {
                    may_be_more: !leases.is_empty(),
                    next: begin(tx, leases, attempts)?,
                })
            })
            .await;
        match begun {
            Err(error) if !error.is_temporary() => {
                log::warn!("requests are claimed one by one: {error}");
                self.claim_one_by_one(most).await
            }
            begun => begun,
        }
    }

    /// Claims requests like [`Shared::claim_requests`], each in a separate write: one that cannot
    /// be read does not affect the others.
    async fn claim_one_by_one(&self, limit: i64) -> Result<Claims, DbError> {
        let duration = self.options.lease;
        let leases = self
            .database
            .write_background(move |tx| queue::claim(tx, limit, duration))
            .await?;
        let may_be_more = !leases.is_empty();
        let begun = leases.into_iter().map(|lease| self.begin_one(lease));
        Ok(Claims {
            next: join_all(begun).await.into_iter().flatten().collect(),
            may_be_more,
        })
    }

    /// Begins an attempt at the first request of a claimed chat. A failure is logged; the chat is
    /// claimed again when the lease has expired.
    async fn begin_one(&self, lease: Lease) -> Option<Next> {
        let (chat_id, attempts) = (lease.key.clone(), self.options.attempts);
        let begun: Result<Vec<Next>, DbError> = self
            .database
            .write_background(move |tx| {
                if leases::holds(tx, &lease)? {
                    begin(tx, vec![lease], attempts)
                } else {
                    Ok(Vec::new())
                }
            })
            .await;
        begun
            .inspect_err(|error| {
                log::warn!("chat {chat_id}: its next request could not be claimed: {error}");
            })
            .ok()?
            .pop()
    }
}

/// Begins an attempt at the first request of each claimed chat, and returns what comes next.
fn begin(tx: &mut Tx<'_>, leases: Vec<Lease>, attempts: i32) -> Result<Vec<Next>, DbError> {
    let mut known = Known::default();
    let mut next = Vec::new();
    let mut begun = Vec::new();
    for head in queue::heads(tx, leases)? {
        let (request, step) = prepare(tx, &mut known, head, attempts)?;
        begun.push(request);
        next.push(step);
    }
    if !begun.is_empty() {
        queue::begin_attempts(tx, &begun)?;
    }
    // The worker of an earlier attempt may have died while it wrote a reply.
    let repeated = begun.iter().filter(|request| request.attempts > 1);
    let repeated: Vec<RequestId> = repeated.map(|request| request.id).collect();
    if !repeated.is_empty() {
        streams::end_of_requests(tx, &repeated)?;
    }
    Ok(next)
}

/// What was read for requests of the same write.
#[derive(Default)]
struct Known {
    categories: HashMap<(ChannelId, Option<MemberId>), Vec<RequestCategory>>,
    bots: KnownBots,
}

impl Known {
    /// Returns the categories that a request can get.
    fn categories(
        &mut self,
        tx: &mut Tx<'_>,
        channel: ChannelId,
        member: Option<MemberId>,
    ) -> Result<&[RequestCategory], DbError> {
        let found = match self.categories.entry((channel, member)) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(free) => free.insert(categories::available(tx, channel, member)?),
        };
        Ok(found)
    }
}

/// Begins an attempt at a request: finds its member and, if possible, its bot. Returns the request
/// as it is stored during the attempt, and what comes next.
fn prepare(
    tx: &mut Tx<'_>,
    known: &mut Known,
    head: Head,
    attempts: i32,
) -> Result<(Request, Next), DbError> {
    let Head {
        lease,
        mut request,
        message,
        account,
        member,
        channel,
        is_held,
    } = head;
    let now = tx.now();
    request.attempts += 1;
    request.updated_at = now;
    request.reach(RequestStatus::Identifying, now);
    let begun = request.clone();
    let fail = |mut request: Request, lease, reason: String| {
        request.reach(RequestStatus::Failed, now);
        request.error = Some(reason);
        let ended = EndedRequest::new(request, Some(lease), message.clone());
        (begun.clone(), Next::End(Box::new(ended)))
    };
    if request.attempts - request.attempts_before > attempts {
        // The last claimant never reported an outcome.
        let reason = match request.error.take() {
            Some(last) => format!("every attempt failed; {last}"),
            None => "every attempt was interrupted".to_owned(),
        };
        return Ok(fail(request, lease, reason));
    }
    let (Some(account), Some(channel)) = (account, channel) else {
        let reason = "its account or channel was deleted".to_owned();
        return Ok(fail(request, lease, reason));
    };
    let member = match member {
        Some(member) => Some(member),
        None => identify(tx, &mut request, &account)?,
    };
    request.member_id = member.as_ref().map(|member| member.id);
    let found = request.member_id.filter(|_| account.member_id.is_none());
    request.reach(RequestStatus::Categorizing, now);
    let claimed = ClaimedRequest {
        lease,
        request,
        message,
        account,
        member,
        found,
        channel,
        is_held,
    };
    next_step(tx, known, claimed)
}

/// Decides what comes after the identification: the search for a category, a bot, or the end.
fn next_step(
    tx: &mut Tx<'_>,
    known: &mut Known,
    mut claimed: ClaimedRequest,
) -> Result<(Request, Next), DbError> {
    if claimed.is_held {
        let begun = claimed.request.clone();
        claimed.request.reach(RequestStatus::Queued, tx.now());
        claimed.request.error = Some(queue::LEFT_TO_PEOPLE.to_owned());
        return Ok((begun, Next::Leave(Box::new(claimed))));
    }
    let (request, account) = (&claimed.request, &claimed.account);
    let available = match request.category_id {
        // An earlier attempt has found the category.
        Some(_) => &[],
        None => known.categories(tx, claimed.channel.id, request.member_id)?,
    };
    let loses_default = request.category_id.is_none() && account.default_category_id.is_some();
    // If a member was found, the request may end only after the account is linked.
    if !available.is_empty() || loses_default || claimed.found.is_some() {
        let available = available.to_vec();
        let begun = claimed.request.clone();
        return Ok((begun, Next::Categorize(Box::new(claimed), available)));
    }
    let begun = claimed.request.clone();
    let now = tx.now();
    claimed.request.reach(RequestStatus::Queued, now);
    Ok(
        match known
            .bots
            .bot_for(tx, claimed.request.category_id, &claimed.channel)?
        {
            Some(bot) => {
                claimed.request.reach(RequestStatus::Processing, now);
                (claimed.request.clone(), Next::Ask(Box::new(claimed), bot))
            }
            None => (begun, Next::End(Box::new(claimed.end()))),
        },
    )
}
