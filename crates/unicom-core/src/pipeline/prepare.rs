//! The first write: claims requests, finds who asks, and takes each as far as can be without a matcher or a bot.

use unicom_db::{
    DbError, Tx,
    queries::{accounts, categories, channels, messages, queue},
};
use unicom_models::{
    Account, AccountId, Channel, Member, MemberId, Message, Request, RequestCategory, RequestStatus,
};

use super::Shared;
use super::identify::{Identified, identify};
use crate::ChosenBot;

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
    Categorize(Claimed, Vec<RequestCategory>),
    /// This bot is to answer it.
    Ask(Claimed, ChosenBot),
}

impl Shared {
    /// Claims up to `limit` requests. None for one that has no bot and now waits for a person, and for one that has
    /// failed.
    pub(super) async fn claim_requests(&self, limit: i64) -> Result<Vec<Option<Next>>, DbError> {
        let (lease, attempts) = (self.options.lease, self.options.attempts);
        let (next, found) = self
            .database
            .write(move |tx| {
                let claimed = queue::claim(tx, limit, lease)?;
                let categories_exist = !claimed.is_empty() && categories::any_active(tx)?;
                let mut found = Vec::new();
                let next: Vec<Option<Next>> = claimed
                    .into_iter()
                    .map(|request| prepare(tx, request, attempts, categories_exist, &mut found))
                    .collect::<Result<_, DbError>>()?;
                Ok::<_, DbError>((next, found))
            })
            .await?;
        if !found.is_empty()
            && let Err(error) = self.link_members(found).await
        {
            log::warn!("who is behind an account was not remembered: {error}");
        }
        Ok(next)
    }

    /// Remembers on accounts who is behind them. In a write of its own: accounts are locked before requests.
    async fn link_members(&self, found: Vec<(AccountId, MemberId)>) -> Result<(), DbError> {
        self.database
            .write(move |tx| {
                for (account, member) in &found {
                    accounts::link_member(tx, account, *member)?;
                }
                Ok(())
            })
            .await
    }
}

fn prepare(
    tx: &mut Tx<'_>,
    mut request: Request,
    attempts: i32,
    categories_exist: bool,
    found: &mut Vec<(AccountId, MemberId)>,
) -> Result<Option<Next>, DbError> {
    if request.attempts > attempts {
        // Whoever held it never came back to say why.
        let last = request.error.take();
        let reason = last.map_or_else(
            || "every attempt ended with its process or its database".to_owned(),
            |last| format!("every attempt ended without an outcome; {last}"),
        );
        fail(tx, request, reason)?;
        return Ok(None);
    }
    let now = tx.now();
    request.reach(RequestStatus::Identifying, now);
    let (Some(message), Some(account), Some(channel)) = (
        messages::of_request(tx, request.message_id)?,
        accounts::get(tx, &request.account_id)?,
        channels::get(tx, request.channel_id)?,
    ) else {
        let reason = "its message, account or channel is gone".to_owned();
        fail(tx, request, reason)?;
        return Ok(None);
    };
    let member = match identify(tx, &mut request, &account)? {
        Identified::Known(member) => member,
        Identified::Found(member) => {
            found.push((account.id.clone(), member.id));
            Some(member)
        }
    };
    let member_id = member.as_ref().map(|member| member.id);
    if request.member_id != member_id {
        request.member_id = member_id;
        queue::set_member(tx, request.id, member_id)?;
    }
    request.reach(RequestStatus::Categorizing, now);
    let is_new = categories_exist && request.category_id.is_none();
    let seen = if is_new {
        categories::available(tx, channel.id, member_id)?
    } else {
        Vec::new()
    };
    let claimed = Claimed {
        request,
        message,
        account,
        member,
        channel,
    };
    if seen.is_empty() {
        return queue_for_bot(tx, claimed);
    }
    queue::hold(tx, &claimed.request)?;
    Ok(Some(Next::Categorize(claimed, seen)))
}

/// Takes a request whose category is settled to its bot; none where it has none and waits for a person.
pub(super) fn queue_for_bot(
    tx: &mut Tx<'_>,
    mut claimed: Claimed,
) -> Result<Option<Next>, DbError> {
    let now = tx.now();
    claimed.request.reach(RequestStatus::Queued, now);
    let Some(bot) = bot_for(tx, &claimed)? else {
        queue::end(tx, &claimed.request)?;
        return Ok(None);
    };
    claimed.request.reach(RequestStatus::Processing, now);
    queue::hold(tx, &claimed.request)?;
    Ok(Some(Next::Ask(claimed, bot)))
}

/// The bot of the request's category, or of the nearest category above it that has one, or of its channel.
fn bot_for(tx: &mut Tx<'_>, claimed: &Claimed) -> Result<Option<ChosenBot>, DbError> {
    let mut at = claimed.request.category_id;
    while let Some(id) = at {
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

fn fail(tx: &mut Tx<'_>, mut request: Request, reason: String) -> Result<(), DbError> {
    request.reach(RequestStatus::Failed, tx.now());
    request.error = Some(reason);
    queue::end(tx, &request)?;
    Ok(())
}
