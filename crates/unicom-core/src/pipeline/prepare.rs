//! The first write: claims requests and takes each as far as its bot.

use unicom_db::{
    DbError, Tx,
    queries::{accounts, channels, messages, queue},
};
use unicom_models::{Request, RequestStatus};

use super::Shared;
use super::identify::identify;
use crate::{Incoming, bot_of};

/// A claimed request and the name of its bot.
#[derive(Debug)]
pub(super) struct Prepared {
    pub bot: String,
    pub incoming: Incoming,
}

impl Shared {
    /// Claims up to `limit` requests. None for one that has no bot and now waits for a person, and for one that has
    /// failed.
    pub(super) async fn claim_requests(
        &self,
        limit: i64,
    ) -> Result<Vec<Option<Prepared>>, DbError> {
        let (lease, attempts) = (self.options.lease, self.options.attempts);
        self.database
            .write(move |tx| {
                let claimed = queue::claim(tx, limit, lease)?;
                claimed
                    .into_iter()
                    .map(|request| prepare(tx, request, attempts))
                    .collect()
            })
            .await
    }
}

fn prepare(
    tx: &mut Tx<'_>,
    mut request: Request,
    attempts: i32,
) -> Result<Option<Prepared>, DbError> {
    if request.attempts > attempts {
        // Whoever held it never came back to say why.
        queue::fail(
            tx,
            &request,
            "every attempt ended with its process or its database",
        )?;
        return Ok(None);
    }
    queue::advance(tx, &request, RequestStatus::Identifying)?;
    let (Some(message), Some(account), Some(channel)) = (
        messages::of_request(tx, request.message_id)?,
        accounts::get(tx, &request.account_id)?,
        channels::get(tx, request.channel_id)?,
    ) else {
        queue::fail(tx, &request, "its message, account or channel is gone")?;
        return Ok(None);
    };
    let member = identify(tx, &account)?;
    request.member_id = member.as_ref().map(|member| member.id);
    queue::set_member(tx, request.id, request.member_id)?;

    // Categories have their place here: the category decides before the channel does.
    queue::advance(tx, &request, RequestStatus::Categorizing)?;
    let bot = bot_of(&channel.config).map(str::to_owned);

    queue::advance(tx, &request, RequestStatus::Queued)?;
    let Some(bot) = bot else {
        queue::await_person(tx, &request)?;
        return Ok(None);
    };
    queue::advance(tx, &request, RequestStatus::Processing)?;
    Ok(Some(Prepared {
        bot,
        incoming: Incoming {
            request,
            message,
            account,
            member,
            channel,
        },
    }))
}
