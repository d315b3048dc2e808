//! One message in an export, with its request, delivery and file.

use serde_json::{Map, Value, json};
use unicom_models::{Delivery, Message, Request};

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

/// Returns a message with its request, delivery and file, as they are stored. The id of its user is
/// left out if the user is another person.
pub(super) fn message(
    person: &Person,
    message: &Message,
    request: Option<&Request>,
    delivery: Option<&Delivery>,
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
    fields.insert("request".to_owned(), serde_json::to_value(request)?);
    fields.insert("delivery".to_owned(), serde_json::to_value(delivery)?);
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
