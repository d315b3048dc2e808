//! [`outcome_from_json`], which parses the answer of a bot on the network.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::Value;
use unicom_core::bots::{HandOver, Outcome};
use unicom_core::media::{MediaError, MediaStore};
use unicom_core::text::has_visible;
use unicom_core::{
    CoreError, LONGEST_TEXT, OutgoingMessage, buttons::Buttons, html::CleanHtml, json_error,
};
use unicom_models::{MediaType, StoredMedia};

use crate::html::sanitize_async;
use crate::media::store_base64;

/// Maximum number of replies to one request.
pub const MOST_REPLIES: usize = 20;

/// The body of a bot's answer: one reply or several.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RequestReply))]
#[cfg_attr(feature = "openapi", serde(untagged))]
pub enum ReplyBody<'a> {
    /// Up to 20 replies.
    Several(Replies<'a>),
    /// One reply.
    One(Box<Reply<'a>>),
}

/// Up to 20 replies, after which the bot may hand the chat over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RequestReplies))]
#[serde(deny_unknown_fields)]
pub struct Replies<'a> {
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    #[serde(borrow, default)]
    replies: Vec<Reply<'a>>,
    /// After the replies, a person goes on: no bot answers in the chat until the person gives it
    /// back.
    hand_over: Option<HandOverJson>,
}

/// What a bot tells the person to whom it hands a chat over. Only admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = HandOver))]
#[serde(deny_unknown_fields)]
pub struct HandOverJson {
    /// Why a person is needed.
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    reason: Option<String>,
    /// What the person should know about the conversation.
    #[cfg_attr(feature = "openapi", schema(max_length = 8000))]
    summary: Option<String>,
}

impl HandOverJson {
    fn check(self) -> Result<HandOver, InvalidReplies> {
        let hand_over = HandOver {
            reason: self.reason.unwrap_or_default(),
            summary: self.summary.unwrap_or_default(),
        };
        match hand_over.check() {
            Ok(()) => Ok(hand_over),
            Err(CoreError::TooLarge { field, limit }) => Err(InvalidReplies::TooLarge(format!(
                "`hand_over.{field}` is too large: expected {limit}"
            ))),
            Err(CoreError::Nul { field }) => {
                Err(wrong(format!("`hand_over.{field}` has a NUL character")))
            }
            Err(error) => Err(wrong(format!("`hand_over`: {error}"))),
        }
    }
}

/// A text, HTML or a file, optionally with buttons.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OneReply))]
#[serde(deny_unknown_fields)]
pub struct Reply<'a> {
    /// At most 256 KiB.
    text: Option<&'a str>,
    /// At most 64 KiB; sanitised.
    html: Option<&'a str>,
    buttons: Option<Buttons>,
    /// An image.
    #[serde(borrow)]
    image: Option<ReplyFile<'a>>,
    /// An audio file.
    audio: Option<ReplyFile<'a>>,
    /// An image or audio file; the type is detected from its content. A reply has at most one file.
    file: Option<ReplyFile<'a>>,
}

/// A file of at most 20 MiB.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplyFile<'a> {
    /// The bytes of the file.
    #[cfg_attr(feature = "openapi", schema(content_encoding = "base64"))]
    base64: &'a str,
    /// The name to save the file under.
    name: Option<&'a str>,
}

impl<'a> ReplyBody<'a> {
    /// Deserializes a body. It has several replies if it has the field `replies` or `hand_over`.
    fn from_json(body: &'a Value) -> Result<Self, InvalidReplies> {
        let is_list = ["replies", "hand_over"]
            .iter()
            .any(|name| body.get(name).is_some());
        let result = if is_list {
            serde_path_to_error::deserialize(body).map(Self::Several)
        } else {
            serde_path_to_error::deserialize(body).map(|reply| Self::One(Box::new(reply)))
        };
        result.map_err(|error| wrong(json_error::sentence(error)))
    }
}

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

/// Parses the answer of a bot from JSON and stores the files of its replies.
///
/// The body is either `{"replies": […], "hand_over": {"reason", "summary"}}`, or a single reply.
/// The list has at most [`MOST_REPLIES`] replies (an empty one is an answer too). With `hand_over`,
/// a person goes on after the replies; its texts and `replies` may be left out.
///
/// A reply has any of the following, and other fields are rejected:
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
/// use unicom_content::replies::outcome_from_json;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let media = ObjectMediaStore::in_memory();
/// let gif = "R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
/// let cat = json!({"image": {"base64": gif, "name": "cat.gif"}});
/// let several = json!({"replies": [{"text": "A cat:"}, cat]});
/// assert_eq!(outcome_from_json(&media, &several).await?.replies.len(), 2);
/// let hello = outcome_from_json(&media, &json!({"text": "Hello!"})).await?;
/// assert_eq!(hello.replies[0].text, "Hello!");
/// assert!(outcome_from_json(&media, &json!({"txet": "Hello!"})).await.is_err());
/// let tired = json!({"hand_over": {"reason": "The customer is angry"}});
/// assert!(outcome_from_json(&media, &tired).await?.hand_over.is_some());
/// # Ok::<(), unicom_content::replies::InvalidReplies>(())
/// # }).unwrap();
/// ```
pub async fn outcome_from_json(
    media: &dyn MediaStore,
    body: &Value,
) -> Result<Outcome, InvalidReplies> {
    // Everything that can be checked without storing comes first.
    let mut forms = Vec::new();
    let mut hand_over = None;
    match ReplyBody::from_json(body)? {
        ReplyBody::One(reply) => forms.push(check("", *reply).await?),
        ReplyBody::Several(several) if several.replies.len() <= MOST_REPLIES => {
            hand_over = several.hand_over.map(HandOverJson::check).transpose()?;
            for (index, reply) in several.replies.into_iter().enumerate() {
                forms.push(check(&format!("replies[{index}]."), reply).await?);
            }
        }
        ReplyBody::Several(_) => {
            return Err(wrong(format!(
                "`replies` must be a list of at most {MOST_REPLIES}"
            )));
        }
    }
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
    Ok(Outcome {
        hand_over,
        ..replies.into()
    })
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
    content: ReplyFile<'a>,
}

impl Form<'_> {
    async fn store(self, media: &dyn MediaStore) -> Result<OutgoingMessage, InvalidReplies> {
        let Some(file) = self.file else {
            return Ok(self.reply);
        };
        let says = |problem: &dyn Display| format!("`{}`: {problem}", file.at);
        let stored = store_base64(media, file.content.name, file.content.base64).await;
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

/// Checks the reply at path `at`, which ends with a dot unless it is empty.
async fn check<'a>(at: &str, reply: Reply<'a>) -> Result<Form<'a>, InvalidReplies> {
    let files = [
        ("image", Some(MediaType::Image), reply.image),
        ("audio", Some(MediaType::Audio), reply.audio),
        ("file", None, reply.file),
    ];
    let mut files = files.into_iter().filter_map(|(name, kind, content)| {
        let at = format!("{at}{name}");
        content.map(|content| File { at, kind, content })
    });
    let file = files.next();
    if let Some(second) = files.next() {
        return Err(wrong(format!(
            "`{}` is a second file: a reply has one",
            second.at
        )));
    }
    let text = without_nul(at, "text", reply.text)?.unwrap_or_default();
    if text.len() > LONGEST_TEXT {
        return Err(InvalidReplies::TooLarge(format!(
            "`{at}text` is too large: expected at most {LONGEST_TEXT} bytes"
        )));
    }
    let html = html(at, without_nul(at, "html", reply.html)?).await?;
    if !has_visible(text) && html.is_none() && file.is_none() {
        return Err(wrong(format!(
            "`{at}text` is empty: a reply needs a text, HTML or a file"
        )));
    }
    if let Some(buttons) = &reply.buttons {
        buttons.check().map_err(|error| match error {
            CoreError::Buttons(problem) => wrong(format!("`{at}buttons`: {problem}")),
            error => wrong(format!("`{at}buttons`: {error}")),
        })?;
    }
    let reply = OutgoingMessage {
        text: text.to_owned(),
        html,
        buttons: reply.buttons,
        ..OutgoingMessage::default()
    };
    Ok(Form { reply, file })
}

fn without_nul<'a>(
    at: &str,
    name: &str,
    text: Option<&'a str>,
) -> Result<Option<&'a str>, InvalidReplies> {
    if text.is_some_and(|text| text.contains('\0')) {
        return Err(wrong(format!("`{at}{name}` has a NUL character")));
    }
    Ok(text)
}

/// Returns the HTML of a reply. Returns `None` if it has no visible content.
async fn html(at: &str, html: Option<&str>) -> Result<Option<CleanHtml>, InvalidReplies> {
    let Some(html) = html else {
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

#[cfg(test)]
mod tests;
