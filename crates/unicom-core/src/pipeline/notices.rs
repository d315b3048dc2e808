//! What the pipeline tells admins of: broken channels, dead deliveries, unanswered requests.
//!
//! A notice is written after the commit of the failure that it describes, in a separate transaction
//! that locks one chat: that of the notice's topic. It waits for no second chat while it holds the
//! first one, so it cannot be part of a deadlock. If the process dies between the two commits, the
//! notice is missing; the channel, the delivery or the request shows the failure.

use unicom_db::queries::channels;
use unicom_db::{Database, Db, DbError};
use unicom_models::{ChannelId, Request, UtcTime};

use super::ended::EndedRequest;
use crate::CoreError;
use crate::internal::{Topic, has_notice, notify, platform_kind};

/// A failure on a channel, described to admins.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    topic: Topic,
    channel_id: ChannelId,
    /// What follows the name of the channel.
    text: String,
}

impl Notice {
    /// The messages of a channel wait because it does not work.
    pub fn broken(channel_id: ChannelId, reason: &str) -> Self {
        Self {
            topic: Topic::CHANNELS,
            channel_id,
            text: format!("does not work, and its messages wait: {reason}"),
        }
    }

    /// A message was given up. Why may name the recipient, and is not told.
    pub fn dead(channel_id: ChannelId) -> Self {
        Self {
            topic: Topic::DELIVERIES,
            channel_id,
            text: "did not deliver a message: `unicom delivery list` says why".to_owned(),
        }
    }

    /// An ended request has no answer. Returns `None` if it has one.
    pub fn unanswered(request: &Request) -> Option<Self> {
        let why = EndedRequest::unanswered(request)?;
        let id = request.id;
        Some(Self {
            topic: Topic::REQUESTS,
            channel_id: request.channel_id,
            text: format!(
                "has a message that waits for a person, because {why}: `unicom request show {id}`"
            ),
        })
    }

    fn subject(&self) -> String {
        format!("channel:{}", self.channel_id)
    }

    /// Returns what to write, if it has to be written: there is a channel for notices, which is of
    /// another platform than the one that the notice is about, and the notice is not there yet.
    fn due(&self, db: &mut Db, now: UtcTime) -> Result<Option<String>, DbError> {
        let Some(home) = channels::first_active(db, &platform_kind())? else {
            return Ok(None);
        };
        if has_notice(db, &home, self.topic, &self.subject(), now)? {
            return Ok(None);
        }
        let channel = channels::get(db, self.channel_id)?;
        let channel = channel.filter(|channel| channel.platform != home.platform);
        Ok(channel.map(|channel| format!("The channel `{}` {}", channel.name, self.text)))
    }
}

/// Writes notices, one of those with the same topic and channel. Failures are logged.
pub(super) async fn write(database: &Database, notices: impl IntoIterator<Item = Notice>) {
    let mut written = Vec::new();
    for notice in notices {
        let about = (notice.topic, notice.channel_id);
        if written.contains(&about) {
            continue;
        }
        written.push(about);
        if let Err(error) = write_one(database, notice).await {
            log::warn!("channel {}: a notice was not written: {error}", about.1);
        }
    }
}

async fn write_one(database: &Database, notice: Notice) -> Result<(), CoreError> {
    let (asked, now) = (notice.clone(), database.now());
    // Most are not due, and a read does not wait for other writes.
    let due: Option<String> = database.read(move |db| asked.due(db, now)).await?;
    let Some(text) = due else { return Ok(()) };
    let write =
        move |tx: &mut unicom_db::Tx<'_>| notify(tx, notice.topic, &notice.subject(), &text);
    database.write_background(write).await.map(drop)
}
