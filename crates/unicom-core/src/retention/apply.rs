//! Applies the retention of all channels that have one.

use serde::Serialize;
use unicom_db::queries::retention::{self, ExpiredRows};
use unicom_db::{Database, DbError};
use unicom_models::{AccountId, ChannelId, ChatId};

use super::expire::{Step, expire};
use super::{Rule, rules};
use crate::media::MediaStore;

/// Number of chats, or accounts, that one read covers.
const RANGE: i64 = 1_000;

/// Number of rows that one write deletes, so that no message waits long for it.
const BATCH: i64 = 300;

/// The data that was deleted by age, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Expired {
    /// The numbers for each channel that has a retention.
    pub channels: Vec<ExpiredOfChannel>,
}

/// The data of one channel that was deleted by age, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExpiredOfChannel {
    /// The id of the channel.
    pub channel_id: ChannelId,
    /// The retention of the channel in days.
    pub days: u32,
    /// Number of messages.
    pub messages: i64,
    /// Number of files.
    pub files: i64,
    /// Number of chats that were empty then.
    pub chats: i64,
    /// Number of accounts of unknown people without any data left.
    pub accounts: i64,
}

impl Expired {
    /// Returns `true` if there was nothing to delete.
    pub fn is_nothing(&self) -> bool {
        let rows = |of: &ExpiredOfChannel| of.messages + of.files + of.chats + of.accounts;
        self.channels.iter().all(|of| rows(of) == 0)
    }
}

/// Deletes data that is older than the retention of its channel.
///
/// Deletes messages with their requests, deliveries, buttons and files, then chats that have become
/// empty, then accounts of unknown people without any data left. It does so in many small writes,
/// which let writes that a client waits for go first.
///
/// A message that is being processed is kept until processing has ended. Files are deleted after
/// their messages. A file that cannot be deleted is logged, and remains without a message.
///
/// # Errors
/// [`DbError`] if the database fails. What was deleted before stays deleted, and the next call
/// continues.
pub async fn apply_retention(
    database: &Database,
    media: &dyn MediaStore,
) -> Result<Expired, DbError> {
    let mut all = begin(database).await?;
    let mut after: Option<ChatId> = None;
    while let Some(end) = next_chats(database, &after, &all).await? {
        for (rule, counted) in &mut all {
            let mut ids = old_chats(database, *rule, &after, &end).await?;
            while !ids.is_empty() {
                let before = rule.before;
                let step: Result<Step, DbError> = database
                    .write_background(move |tx| expire(tx, &ids, before, BATCH))
                    .await;
                let step = step?;
                counted.messages += step.gone.messages;
                counted.chats += step.chats;
                for key in step.gone.files {
                    counted.files += 1;
                    if let Err(error) = media.delete(key).await {
                        log::warn!("cannot delete a file that no message references: {error}");
                    }
                }
                ids = step.left;
            }
        }
        after = Some(end);
    }
    let mut after: Option<AccountId> = None;
    while let Some(end) = next_accounts(database, &after, &all).await? {
        for (rule, counted) in &mut all {
            let (rule, from, to) = (*rule, after.clone(), end.clone());
            let ids = database
                .read(move |db| {
                    retention::idle_accounts(db, rule.channel_id, rule.before, from.as_ref(), &to)
                })
                .await?;
            for some in ids.chunks(usize::try_from(BATCH).unwrap_or(usize::MAX)) {
                let some = some.to_vec();
                let deleted: usize = database
                    .write_background(move |tx| retention::delete_idle(tx, &some, rule.before))
                    .await?;
                counted.accounts += i64::try_from(deleted).unwrap_or(i64::MAX);
            }
        }
        after = Some(end);
    }
    Ok(ended(all))
}

/// Returns what [`apply_retention`] would delete now, without deleting anything.
///
/// # Errors
/// [`DbError`] if the database fails.
pub async fn preview_retention(database: &Database) -> Result<Expired, DbError> {
    let mut all = begin(database).await?;
    let mut after: Option<ChatId> = None;
    while let Some(end) = next_chats(database, &after, &all).await? {
        for (rule, counted) in &mut all {
            for id in old_chats(database, *rule, &after, &end).await? {
                let before = rule.before;
                let of_chat: ExpiredRows = database
                    .read(move |db| retention::find_expired(db, &id, before))
                    .await?;
                counted.messages += of_chat.messages;
                counted.files += of_chat.files;
                counted.chats += i64::from(of_chat.chat);
            }
        }
        after = Some(end);
    }
    let mut after: Option<AccountId> = None;
    while let Some(end) = next_accounts(database, &after, &all).await? {
        for (rule, counted) in &mut all {
            let (rule, from, to) = (*rule, after.clone(), end.clone());
            counted.accounts += database
                .read(move |db| {
                    retention::soon_idle(db, rule.channel_id, rule.before, from.as_ref(), &to)
                })
                .await?;
        }
        after = Some(end);
    }
    Ok(ended(all))
}

type Counted = (Rule, ExpiredOfChannel);

async fn begin(database: &Database) -> Result<Vec<Counted>, DbError> {
    let now = database.now();
    let rules = database.read(move |db| rules(db, now)).await?;
    let counted = |rule: Rule| {
        let none = ExpiredOfChannel {
            channel_id: rule.channel_id,
            days: rule.days,
            messages: 0,
            files: 0,
            chats: 0,
            accounts: 0,
        };
        (rule, none)
    };
    Ok(rules.into_iter().map(counted).collect())
}

fn ended(all: Vec<Counted>) -> Expired {
    Expired {
        channels: all.into_iter().map(|(_, counted)| counted).collect(),
    }
}

/// Returns the end of the next range of chats. Returns `None` if there are no more chats, or no
/// rules.
async fn next_chats(
    database: &Database,
    after: &Option<ChatId>,
    rules: &[Counted],
) -> Result<Option<ChatId>, DbError> {
    if rules.is_empty() {
        return Ok(None);
    }
    let after = after.clone();
    database
        .read(move |db| retention::end_of_range(db, after.as_ref(), RANGE))
        .await
}

/// Returns the end of the next range of accounts. Returns `None` if there are no more accounts, or
/// no rules.
async fn next_accounts(
    database: &Database,
    after: &Option<AccountId>,
    rules: &[Counted],
) -> Result<Option<AccountId>, DbError> {
    if rules.is_empty() {
        return Ok(None);
    }
    let after = after.clone();
    database
        .read(move |db| retention::end_of_accounts(db, after.as_ref(), RANGE))
        .await
}

async fn old_chats(
    database: &Database,
    rule: Rule,
    after: &Option<ChatId>,
    end: &ChatId,
) -> Result<Vec<ChatId>, DbError> {
    let (after, end) = (after.clone(), end.clone());
    database
        .read(move |db| {
            retention::old_chats(db, rule.channel_id, rule.before, after.as_ref(), &end)
        })
        .await
}
