//! [`replies_from_json`], which parses the replies of a bot on the network.

use std::fmt::Display;

use serde_json::{Map, Value};
use unicom_core::media::{MediaError, MediaStore};
use unicom_core::{CoreError, LONGEST_TEXT, OutgoingMessage, buttons::Buttons, html::CleanHtml};
use unicom_models::{MediaType, StoredMedia};

use crate::html::sanitize_async;
use crate::media::store_base64;

/// Maximum number of replies to one request.
pub const MOST_REPLIES: usize = 20;

/// The fields of a reply, for error messages.
const FIELDS: &str = "`text`, `html`, `buttons` and one of `image`, `audio`, `file`";

/// The fields of a file, for error messages.
const FILE_FIELDS: &str = "`base64` and, if it has one, `name`";

/// Maximum number of characters of an unknown field name that an error message repeats.
const LONGEST_NAME: usize = 40;

/// Why the replies of a program were rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidReplies {
    /// The replies are malformed. Sending them again does not help.
    ///
    /// The message names the part and what is allowed. It never repeats more of the input than the
    /// name of a field.
    #[error("invalid replies: {0}")]
    Form(String),
    /// A text, HTML or a file exceeds its limit. The message names the part and the limit.
    #[error("invalid replies: {0}")]
    TooLarge(String),
    /// The type of a file's content is not allowed in messages. The message names the file and the
    /// allowed types.
    #[error("invalid replies: {0}")]
    Content(String),
    /// A file could not be stored. A retry may help.
    #[error(transparent)]
    Media(MediaError),
}

/// Parses the replies of a bot from JSON and stores their files.
///
/// The body is either `{"replies": […]}` with at most [`MOST_REPLIES`] replies (an empty list is an
/// answer too), or a single reply. A reply has any of the following, and other fields are rejected:
///
/// - a `text`, an `html` or both;
/// - `buttons`, as rows of `{"text", "value"}`, optionally with an `expires_at`, or
///   `{"text", "url"}`;
/// - a file `{"base64", "name"}` as `image`, `audio` or, for either type, `file`.
///
/// If parsing fails, no file is left in the store. If the replies are not stored afterwards, the
/// caller must delete their files. If the future is dropped before it completes, files stored so
/// far remain.
///
/// # Errors
/// [`InvalidReplies`] says whether the sender or the store is at fault.
///
/// ```
/// use serde_json::json;
/// use unicom_content::media::ObjectMediaStore;
/// use unicom_content::replies::replies_from_json;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let media = ObjectMediaStore::in_memory();
/// let gif = "R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
/// let cat = json!({"image": {"base64": gif, "name": "cat.gif"}});
/// let several = json!({"replies": [{"text": "A cat:"}, cat]});
/// assert_eq!(replies_from_json(&media, &several).await?.len(), 2);
/// assert_eq!(replies_from_json(&media, &json!({"text": "Hello!"})).await?[0].text, "Hello!");
/// assert!(replies_from_json(&media, &json!({"txet": "Hello!"})).await.is_err());
/// # Ok::<(), unicom_content::replies::InvalidReplies>(())
/// # }).unwrap();
/// ```
pub async fn replies_from_json(
    media: &dyn MediaStore,
    body: &Value,
) -> Result<Vec<OutgoingMessage>, InvalidReplies> {
    // Everything that can be checked without storing comes first.
    let forms = forms(body).await?;
    let mut replies: Vec<OutgoingMessage> = Vec::with_capacity(forms.len());
    for form in forms {
        match form.store(media).await {
            Ok(reply) => replies.push(reply),
            Err(error) => {
                delete_files(media, replies).await;
                return Err(error);
            }
        }
    }
    Ok(replies)
}

/// A reply that is valid except for the content of its file, which is not checked yet.
struct Form<'a> {
    reply: OutgoingMessage,
    file: Option<File<'a>>,
}

struct File<'a> {
    /// The path of the file in the JSON.
    at: String,
    /// The required type of the content, if one was given.
    kind: Option<MediaType>,
    name: Option<&'a str>,
    base64: &'a str,
}

impl Form<'_> {
    async fn store(self, media: &dyn MediaStore) -> Result<OutgoingMessage, InvalidReplies> {
        let Some(file) = self.file else {
            return Ok(self.reply);
        };
        let says = |problem: &dyn Display| format!("`{}`: {problem}", file.at);
        let stored = store_base64(media, file.name, file.base64).await;
        let stored = stored.map_err(|error| match error {
            MediaError::Refused { .. } => InvalidReplies::Content(says(&error)),
            MediaError::TooLarge { .. } | MediaError::TooManyPixels { .. } => {
                InvalidReplies::TooLarge(says(&error))
            }
            MediaError::NotBase64 { .. } => InvalidReplies::Form(says(&error)),
            other => InvalidReplies::Media(other),
        })?;
        if let Some(kind) = file.kind
            && kind != stored.0
        {
            let problem = format!("its content is of the kind `{}`", stored.0.as_str());
            delete(media, stored.1).await;
            return Err(InvalidReplies::Content(says(&problem)));
        }
        Ok(OutgoingMessage {
            media: Some(stored),
            ..self.reply
        })
    }
}

async fn delete_files(media: &dyn MediaStore, replies: Vec<OutgoingMessage>) {
    for (_, file) in replies.into_iter().filter_map(|reply| reply.media) {
        delete(media, file).await;
    }
}

async fn delete(media: &dyn MediaStore, file: StoredMedia) {
    if let Err(error) = media.delete(file.key).await {
        log::warn!("cannot delete a file of a rejected reply: {error}");
    }
}

/// Returns the error for malformed replies.
fn wrong(problem: String) -> InvalidReplies {
    InvalidReplies::Form(problem)
}

async fn forms(body: &Value) -> Result<Vec<Form<'_>>, InvalidReplies> {
    let fields = body.as_object().ok_or_else(|| {
        wrong(format!(
            "expected an object with `replies`, or with {FIELDS}"
        ))
    })?;
    let Some(replies) = fields.get("replies") else {
        return Ok(vec![form("", fields).await?]);
    };
    only(fields, &["replies"], "", "nothing beside `replies`").map_err(wrong)?;
    let replies = replies
        .as_array()
        .filter(|replies| replies.len() <= MOST_REPLIES)
        .ok_or_else(|| {
            wrong(format!(
                "`replies` must be a list of at most {MOST_REPLIES}"
            ))
        })?;
    let mut forms = Vec::with_capacity(replies.len());
    for (index, reply) in replies.iter().enumerate() {
        let at = format!("replies[{index}]");
        let fields = reply
            .as_object()
            .ok_or_else(|| wrong(format!("`{at}` must be an object with {FIELDS}")))?;
        forms.push(form(&format!("{at}."), fields).await?);
    }
    Ok(forms)
}

/// Parses the reply at path `at`, which ends with a dot unless it is empty.
async fn form<'a>(at: &str, fields: &'a Map<String, Value>) -> Result<Form<'a>, InvalidReplies> {
    let known = ["text", "html", "buttons", "image", "audio", "file"];
    only(fields, &known, at, FIELDS).map_err(wrong)?;
    let mut files = Vec::new();
    for (name, kind) in [
        ("image", Some(MediaType::Image)),
        ("audio", Some(MediaType::Audio)),
        ("file", None),
    ] {
        files.extend(file(at, fields, name, kind).map_err(wrong)?);
    }
    if files.len() > 1 {
        return Err(wrong(format!(
            "`{}` is a second file: a reply has one",
            files[1].at
        )));
    }
    let text = text(at, fields, "text").map_err(wrong)?.unwrap_or_default();
    if text.len() > LONGEST_TEXT {
        return Err(InvalidReplies::TooLarge(format!(
            "`{at}text` is too large: expected at most {LONGEST_TEXT} bytes"
        )));
    }
    let html = html(at, fields).await?;
    if text.trim().is_empty() && html.is_none() && files.is_empty() {
        return Err(wrong(format!(
            "`{at}text` is empty: a reply needs a text, HTML or a file"
        )));
    }
    let reply = OutgoingMessage {
        text: text.to_owned(),
        html,
        buttons: buttons(at, fields).map_err(wrong)?,
        ..OutgoingMessage::default()
    };
    Ok(Form {
        reply,
        file: files.pop(),
    })
}

/// Returns the HTML of a reply. Returns `None` if it has no visible content.
async fn html(at: &str, fields: &Map<String, Value>) -> Result<Option<CleanHtml>, InvalidReplies> {
    let Some(html) = text(at, fields, "html").map_err(wrong)? else {
        return Ok(None);
    };
    match sanitize_async(html).await {
        Ok(html) => Ok(Some(html).filter(|html| !html.is_empty())),
        Err(CoreError::TooLarge { limit, .. }) => {
            let problem = format!("`{at}html` is too large: expected {limit}");
            Err(InvalidReplies::TooLarge(problem))
        }
        Err(error) => Err(wrong(format!("`{at}html`: {error}"))),
    }
}

fn file<'a>(
    at: &str,
    fields: &'a Map<String, Value>,
    name: &str,
    kind: Option<MediaType>,
) -> Result<Option<File<'a>>, String> {
    let Some(value) = given(fields, name) else {
        return Ok(None);
    };
    let file = value
        .as_object()
        .ok_or_else(|| format!("`{at}{name}` must be an object with {FILE_FIELDS}"))?;
    let inside = format!("{at}{name}.");
    only(file, &["base64", "name"], &inside, FILE_FIELDS)?;
    Ok(Some(File {
        base64: text(&inside, file, "base64")?
            .ok_or_else(|| format!("`{inside}base64` is missing: expected the file in base64"))?,
        name: text(&inside, file, "name")?,
        at: format!("{at}{name}"),
        kind,
    }))
}

fn buttons(at: &str, fields: &Map<String, Value>) -> Result<Option<Buttons>, String> {
    let Some(value) = given(fields, "buttons") else {
        return Ok(None);
    };
    // serde's error message would repeat the input.
    let buttons: Buttons = serde_json::from_value(value.clone()).map_err(|_| {
        format!(
            "`{at}buttons` must be rows of objects with a `text` and either a `value`, with an `expires_at` in RFC 3339 or without, or a `url`"
        )
    })?;
    match buttons.check() {
        Ok(()) => Ok(Some(buttons)),
        Err(CoreError::Buttons(problem)) => Err(format!("`{at}buttons`: {problem}")),
        Err(error) => Err(format!("`{at}buttons`: {error}")),
    }
}

fn text<'a>(
    at: &str,
    fields: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, String> {
    let Some(value) = given(fields, name) else {
        return Ok(None);
    };
    match value.as_str() {
        Some(text) if text.contains('\0') => Err(format!("`{at}{name}` has a NUL character")),
        Some(text) => Ok(Some(text)),
        None => Err(format!("`{at}{name}` must be a string")),
    }
}

/// Returns the value of a field. `null` counts as missing.
fn given<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

fn only(
    fields: &Map<String, Value>,
    known: &[&str],
    at: &str,
    expected: &str,
) -> Result<(), String> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            let shown: String = unknown.escape_debug().take(LONGEST_NAME).collect();
            Err(format!("unknown field `{at}{shown}`: expected {expected}"))
        }
    }
}

#[cfg(test)]
mod tests;
