//! [`FileTypes`]: which files the visitors of a channel may send.

use serde::Deserialize;
use serde_json::{Value, json};
use unicom_core::media::MediaKind;
use unicom_models::{Channel, MediaType};

use crate::WebChatError;

/// The name of the setting.
pub(crate) const FILES: &str = "files";

/// Groups of types that the setting may name, besides the extensions of single types.
const GROUPS: [&str; 5] = ["image", "audio", "video", "document", "archive"];

/// Which files the visitors of a channel may send: the setting `files`, a list of groups (`image`,
/// `audio`, `video`, `document`, `archive`) and of extensions, such as `pdf`. Defaults to all that
/// are supported. With an empty list, visitors send no files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct FileTypes(Vec<String>);

impl Default for FileTypes {
    fn default() -> Self {
        Self(GROUPS.map(str::to_owned).to_vec())
    }
}

impl FileTypes {
    /// Returns the types of a channel.
    ///
    /// ```
    /// # use unicom_webchat::*;
    /// # let (test, mut channel) = unicom_testing::doc_site(WebChat);
    /// channel.config = serde_json::json!({"files": ["image", "pdf"]});
    /// let types = FileTypes::of(&channel).content_types();
    /// assert!(types.contains(&"image/png") && types.contains(&"application/pdf"));
    /// assert!(!types.contains(&"video/mp4"));
    /// ```
    pub fn of(channel: &Channel) -> Self {
        Self::of_config(&channel.config)
    }

    pub(crate) fn of_config(config: &Value) -> Self {
        let setting = config.get(FILES).filter(|value| !value.is_null());
        match setting.map(Self::deserialize) {
            None => Self::default(),
            Some(Ok(types)) => types,
            Some(Err(error)) => {
                log::error!("the setting `{FILES}` of a channel is invalid: {error}");
                Self(Vec::new())
            }
        }
    }

    /// Returns the MIME types, for an `accept` attribute.
    pub fn content_types(&self) -> Vec<&'static str> {
        self.kinds().map(|kind| kind.content_type).collect()
    }

    fn kinds(&self) -> impl Iterator<Item = MediaKind> {
        MediaKind::all().filter(|kind| {
            let group = group(*kind);
            self.0
                .iter()
                .any(|entry| entry == group || entry == kind.extension)
        })
    }

    /// Checks that a file of this type may be sent.
    ///
    /// # Errors
    /// [`WebChatError::FileNotAccepted`].
    pub(crate) fn check(&self, content_type: &str) -> Result<(), WebChatError> {
        if self.kinds().any(|kind| kind.content_type == content_type) {
            return Ok(());
        }
        let accepted: Vec<&str> = self.kinds().map(|kind| kind.extension).collect();
        Err(WebChatError::FileNotAccepted {
            content_type: content_type.to_owned(),
            accepted: accepted.join(", "),
        })
    }

    /// Checks the entries of the setting.
    ///
    /// # Errors
    /// What is wrong, naming the setting.
    pub(crate) fn check_entries(&self) -> Result<(), String> {
        let choices = choices();
        match self
            .0
            .iter()
            .find(|entry| !choices.contains(&entry.as_str()))
        {
            None => Ok(()),
            Some(unknown) => Err(format!(
                "`{FILES}` has the unknown type `{}`: choose from {}",
                unknown.escape_debug(),
                choices.join(", ")
            )),
        }
    }

    /// Returns the JSON Schema of the setting.
    pub(crate) fn schema() -> Value {
        json!({
            "description": "The files that visitors may send: groups, and extensions of single \
                            types. With an empty list, none.",
            "type": ["array", "null"],
            "items": {"enum": choices()},
            "default": GROUPS,
        })
    }
}

fn group(kind: MediaKind) -> &'static str {
    match kind.media_type {
        MediaType::File if kind.content_type == "application/zip" => "archive",
        MediaType::File => "document",
        media_type => media_type.as_str(),
    }
}

/// Returns what the setting may name.
fn choices() -> Vec<&'static str> {
    let mut choices = GROUPS.to_vec();
    for kind in MediaKind::all() {
        if !choices.contains(&kind.extension) {
            choices.push(kind.extension);
        }
    }
    choices
}
