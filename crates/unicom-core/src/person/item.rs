//! One message in an export, with its request, delivery, edits and files.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use unicom_db::queries::message_edits::{self, EarlierText};
use unicom_db::queries::receipts::{self, Failure};
use unicom_db::queries::{data_export, files};
use unicom_db::{Db, DbError};
use unicom_models::{Delivery, Message, MessageFile, MessageId, Request, StoredMedia};

use super::Person;

/// Maximum length of a file's extension in characters.
const LONGEST_EXTENSION: usize = 8;

/// Returns the files of a message that are in the media store, with their paths next to the export.
pub(super) fn files_of(message: &Message, details: &Details) -> Vec<ExportedFile> {
    let own = message.media().map(|media| own_file(message, media));
    let others = details.files.iter().filter_map(other_file);
    own.into_iter().chain(others).collect()
}

fn own_file(message: &Message, media: StoredMedia) -> ExportedFile {
    exported(message.id.to_string(), media)
}

/// Returns a file that is not part of its message. Returns `None` if it is not there.
fn other_file(file: &MessageFile) -> Option<ExportedFile> {
    let stem = format!("{}-{}", file.message_id, file.seq);
    Some(exported(stem, file.media()?))
}

fn exported(stem: String, media: StoredMedia) -> ExportedFile {
    ExportedFile {
        // The path contains nothing that another person has chosen.
        path: match extension(&media.name) {
            Some(extension) => format!("{stem}.{extension}"),
            None => stem,
        },
        key: media.key,
        sha256: media.sha256,
    }
}

/// What belongs to a message.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub request: Option<Request>,
    pub delivery: Option<Delivery>,
    pub failure: Option<Failure>,
    pub edits: Vec<EarlierText>,
    /// The files that are not part of the message.
    pub files: Vec<MessageFile>,
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
    for file in files::of_messages(db, ids)? {
        all.entry(file.message_id).or_default().files.push(file);
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
    let file = message.media().map(|media| {
        json!({
            "name": media.name,
            "content_type": media.content_type,
            "size": media.size,
            "sha256": &media.sha256,
            "path": own_file(message, media.clone()).path,
        })
    });
    let other = |file: &MessageFile| {
        json!({
            "state": file.state,
            "name": file.name,
            "content_type": file.content_type,
            "size": file.size,
            "sha256": file.sha256,
            "path": other_file(file).map(|file| file.path),
        })
    };
    let files: Vec<Value> = details.files.iter().map(other).collect();
    fields.insert("file".to_owned(), json!(file));
    fields.insert("files".to_owned(), json!(files));
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
