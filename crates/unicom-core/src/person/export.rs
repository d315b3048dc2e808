//! `export_person`: exports all data of a person as one JSON document (GDPR, articles 15 and 20).

use std::io::Write;

use serde::Serialize;
use serde_json::{Value, json};
use unicom_db::queries::data_export::{self, Scope};
use unicom_db::queries::messages::Position;
use unicom_db::queries::{
    account_tombstones, accounts, addresses, audit, chats, groups, holders, members, ratings,
};
use unicom_db::{Db, DbError};
use unicom_models::{Chat, MessageId, UtcTime};

use super::item::ExportedFile;
use super::{Person, item};

/// Number of messages in memory at a time.
const PAGE: usize = 200;

/// Reason why an export failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The export could not be written.
    #[error("the export cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// A stored value cannot be represented in JSON.
    #[error("the export cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes all data of a person as one JSON document, and returns the files that it refers to.
///
/// The document contains what [`erase_person`](crate::person::erase_person) would delete. From
/// chats in which only the person and bots take part, it contains the messages in both directions.
/// From other chats, it contains what the person wrote and what the system replied to it. `users`
/// is the data that the host application has about the person's users.
///
/// The order is always the same. One page of messages is in memory at a time. Data that is stored
/// during the export may or may not be included.
///
/// # Errors
/// [`ExportError`]. The output is incomplete then.
pub fn export_person(
    db: &mut Db,
    person: &Person,
    users: &[Value],
    exported_at: UtcTime,
    out: &mut dyn Write,
) -> Result<Vec<ExportedFile>, ExportError> {
    let ids = person.account_ids();
    let mut all = Vec::new();
    for id in &ids {
        all.extend(accounts::get(db, id)?);
    }
    let (member, in_groups, categories) = match person.member {
        Some(id) => (
            members::get(db, id)?,
            groups::of_member(db, id)?,
            data_export::categories_of(db, id)?,
        ),
        None => (None, Vec::new(), Vec::new()),
    };
    let group_names: Vec<_> = in_groups.into_iter().map(|group| group.name).collect();
    let merged: Vec<_> = account_tombstones::merged_from(db, &ids)?
        .into_iter()
        .map(|(from, into, at)| json!({ "from": from, "into": into, "merged_at": at }))
        .collect();
    let addresses: Vec<_> = addresses::of_accounts(db, &ids)?
        .into_iter()
        .map(|(platform, address)| json!({ "platform": platform, "address": address.value }))
        .collect();
    // The actor is left out, because it is another person.
    let trail: Vec<_> = audit::of_subjects(db, &person.subjects())?
        .into_iter()
        .map(|line| {
            json!({
                "created_at": line.created_at,
                "action": line.action,
                "subject": line.subject,
                "details": line.details,
            })
        })
        .collect();
    write!(out, "{{")?;
    field(out, "exported_at", &exported_at)?;
    field(out, "accounts", &all)?;
    field(out, "merged_accounts", &merged)?;
    field(out, "addresses", &addresses)?;
    field(out, "member", &member)?;
    field(out, "groups", &group_names)?;
    field(out, "categories", &categories)?;
    field(out, "users", &users)?;
    field(out, "trail", &trail)?;
    write!(out, "\"chats\":[")?;
    let (chat_ids, shared) = person.chats(db)?;
    let (mut files, mut is_first) = (Vec::new(), true);
    for id in chat_ids {
        if let Some(chat) = chats::get(db, &id)? {
            comma(out, &mut is_first)?;
            write_chat(db, person, &chat, shared.contains(&id), &mut files, out)?;
        }
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(files)
}

fn write_chat(
    db: &mut Db,
    person: &Person,
    chat: &Chat,
    is_shared: bool,
    files: &mut Vec<ExportedFile>,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    let ids = person.account_ids();
    // The name and metadata of a chat with others may be another person's data.
    let is_theirs = !is_shared || person.has_begun(db, chat)?;
    write!(out, "{{")?;
    field(out, "id", &chat.id)?;
    field(out, "channel_id", &chat.channel_id)?;
    field(out, "platform", &chat.platform)?;
    field(out, "name", &chat.name.as_ref().filter(|_| is_theirs))?;
    field(out, "metadata", &Some(&chat.metadata).filter(|_| is_theirs))?;
    field(out, "is_private", &chat.is_private)?;
    field(out, "is_archived", &chat.is_archived)?;
    field(out, "created_at", &chat.created_at)?;
    field(out, "last_activity_at", &chat.last_activity_at)?;
    field(out, "ended_at", &chat.ended_at)?;
    let handed_over = holders::get(db, &chat.id)?.filter(|_| !is_shared);
    // Who holds the chat is left out, because it is another person.
    let handed_over = handed_over.map(|holder| {
        json!({ "reason": holder.reason, "summary": holder.summary, "held_at": holder.held_at })
    });
    field(out, "handed_over", &handed_over)?;
    let rating = ratings::get(db, &chat.id)?.filter(|rating| ids.contains(&rating.account_id));
    let rating = rating.map(|rating| {
        json!({ "score": rating.score, "comment": rating.comment, "rated_at": rating.rated_at })
    });
    field(out, "rating", &rating)?;
    field(out, "with_others", &is_shared)?;
    field(out, "parts", &data_export::parts(db, &chat.id, &ids)?)?;
    write!(out, "\"messages\":[")?;
    let whose = if is_shared {
        Scope::OwnedBy(&ids)
    } else {
        Scope::All
    };
    let (mut after, mut is_first) = (None, true);
    loop {
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let page = data_export::page_of_messages(db, &chat.id, whose, after, limit)?;
        let of_page: Vec<MessageId> = page.iter().map(|message| message.id).collect();
        let mut details = item::details(db, &of_page)?;
        for message in &page {
            comma(out, &mut is_first)?;
            let details = details.remove(&message.id).unwrap_or_default();
            files.extend(item::files_of(message, &details));
            serde_json::to_writer(&mut *out, &item::message(person, message, details)?)?;
        }
        after = match page.last() {
            Some(last) if page.len() == PAGE => Some(Position {
                timestamp: last.timestamp,
                id: last.id,
            }),
            _ => break,
        };
    }
    write!(out, "]}}")?;
    Ok(())
}

/// Writes one field and a comma after it.
fn field(out: &mut dyn Write, name: &str, value: &impl Serialize) -> Result<(), ExportError> {
    write!(out, "\"{name}\":")?;
    serde_json::to_writer(&mut *out, value)?;
    write!(out, ",")?;
    Ok(())
}

/// Begins a new line, with a comma before it unless this is the first item.
fn comma(out: &mut dyn Write, is_first: &mut bool) -> Result<(), ExportError> {
    out.write_all(if *is_first { b"\n" } else { b",\n" })?;
    *is_first = false;
    Ok(())
}
