//! One message in an export, with its request, delivery, edits and file.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use unicom_db::queries::data_export;
use unicom_db::queries::message_edits::{self, EarlierText};
use unicom_db::queries::receipts::{self, Failure};
use unicom_db::{Db, DbError};
use unicom_models::{Delivery, Message, MessageId, Request};

use super::Person;

/// Maximum length of a file's extension in characters.
const LONGEST_EXTENSION: usize = 8;

/// Returns the file of a message, with its path next to the export. Returns `None` if the message
/// has no file.
pub(super) fn file_of(message: &Message) -> Option<ExportedFile> {
    let media = message.media()?;
    Some(ExportedFile {
        // The path contains nothing that another person has chosen.
        path: match extension(&media.name) {
            Some(extension) => format!("{}.{extension}", message.id),
            None => message.id.to_string(),
        },
        key: media.key,
        sha256: media.sha256,
    })
}

/// What belongs to a message.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub request: Option<Request>,
    pub delivery: Option<Delivery>,
    pub failure: Option<Failure>,
    pub edits: Vec<EarlierText>,
}

/// Returns the details of those of these messages that have any.
pub(super) fn details(
    db: &mut Db,
    ids: &[MessageId],
) -> Result<HashMap<MessageId, Details>, DbError> {
    let mut all: HashMap<MessageId, Details> = HashMap::new();
    for request in data_export::requests_of(db, ids)? {
        let of_message = all.entry(request.message_id).or_default();
        of_message.request = Some(request);
    }
    for delivery in data_export::deliveries_of(db, ids)? {
        let of_message = all.entry(delivery.message_id).or_default();
        of_message.delivery = Some(delivery);
    }
    for failure in receipts::failures(db, ids)? {
        let of_message = all.entry(failure.message_id).or_default();
        of_message.failure = Some(failure);
    }
    for edit in message_edits::list(db, ids)? {
        all.entry(edit.message_id).or_default().edits.push(edit);
    }
    Ok(all)
}

/// Returns a message with its details and file, as they are stored. The id of its user is left out
/// if the user is another person.
pub(super) fn message(
    person: &Person,
    message: &Message,
    details: Details,
) -> Result<Value, serde_json::Error> {
    let mut fields = object(serde_json::to_value(message)?);
    for field in [
        "media_key",
        "media_name",
        "media_content_type",
        "media_size",
        "media_sha256",
    ] {
        fields.remove(field);
    }
    let is_theirs = |id: &String| person.user_ids.contains(id);
    if !message.user_id.as_ref().is_some_and(is_theirs) {
        fields.remove("user_id");
    }
    let file = message.media().zip(file_of(message)).map(|(media, file)| {
        json!({
            "name": media.name,
            "content_type": media.content_type,
            "size": media.size,
            "sha256": media.sha256,
            "path": file.path,
        })
    });
    fields.insert("file".to_owned(), json!(file));
    let failure = details.failure.map(|failure| {
        json!({
            "code": failure.code,
            "reason": failure.reason,
            "failed_at": failure.failed_at,
        })
    });
    let edit = |edit: EarlierText| {
        json!({
            "text": edit.text,
            "html": edit.html,
            "edited_at": edit.edited_at,
        })
    };
    let edits: Vec<Value> = details.edits.into_iter().map(edit).collect();
    fields.insert("request".to_owned(), serde_json::to_value(details.request)?);
    fields.insert(
        "delivery".to_owned(),
        serde_json::to_value(details.delivery)?,
    );
    fields.insert("failure".to_owned(), json!(failure));
    fields.insert("edits".to_owned(), json!(edits));
    Ok(Value::Object(fields))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn extension(name: &str) -> Option<&str> {
    let (_, extension) = name.rsplit_once('.')?;
    let is_plain = (1..=LONGEST_EXTENSION).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then_some(extension)
}

/// A file of an exported message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// The path of the file in the export.
    pub path: String,
    /// The key of the file in the media store.
    pub key: String,
    /// The SHA-256 digest of the content, in hexadecimal.
    pub sha256: String,
}
