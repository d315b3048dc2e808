//! [`FileRef`]: a file of an incoming message that is still at the provider.

use serde_json::Value;
use unicom_models::{MessageFile, MessageId, UtcTime, contains_nul};

use crate::CoreError;
use crate::validation::{check_id, check_nul};

/// Maximum number of files of a message.
const MOST_FILES: usize = 100;

/// A file of an incoming message that is still at the provider. It is fetched with
/// [`Platform::fetch`](crate::Platform::fetch) after the message is stored.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct FileRef {
    /// What the platform needs to fetch the file, such as the provider's id of it. It is stored, so
    /// it must not be a secret.
    pub reference: Value,
    /// The name that the sender gave the file.
    pub name: Option<String>,
    /// The size of the file in bytes, if the provider knows it.
    pub size: Option<i64>,
    /// SHA-256 of the file's content, in hexadecimal, if the provider knows it. A file with another
    /// one is refused.
    pub sha256: Option<String>,
    /// The id by which the HTML of the message refers to the file.
    pub content_id: Option<String>,
    /// Whether the file belongs into the text, such as a picture in a letter. If so, it does not
    /// become the [`media`](unicom_models::Message::media) of the message.
    pub is_inline: bool,
}

impl FileRef {
    /// Creates a file that the platform finds with this reference.
    pub fn new(reference: impl Into<Value>) -> Self {
        Self {
            reference: reference.into(),
            ..Self::default()
        }
    }

    /// Sets the name that the sender gave the file.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..self
        }
    }

    /// Sets the size of the file in bytes.
    #[must_use]
    pub fn with_size(self, bytes: i64) -> Self {
        Self {
            size: Some(bytes),
            ..self
        }
    }

    /// Sets SHA-256 of the file's content, in hexadecimal.
    #[must_use]
    pub fn with_sha256(self, digest: impl Into<String>) -> Self {
        Self {
            sha256: Some(digest.into()),
            ..self
        }
    }

    /// Sets the id by which the HTML of the message refers to the file, which belongs into the
    /// text.
    #[must_use]
    pub fn inline(self, content_id: impl Into<String>) -> Self {
        Self {
            content_id: Some(content_id.into()),
            is_inline: true,
            ..self
        }
    }

    /// Checks that these files can be stored.
    pub(super) fn check_all(files: &[Self]) -> Result<(), CoreError> {
        if files.len() > MOST_FILES {
            return Err(CoreError::invalid(
                "files",
                format!("must be at most {MOST_FILES}"),
            ));
        }
        for file in files {
            if contains_nul(&file.reference) {
                return Err(CoreError::Nul {
                    field: "files.reference",
                });
            }
            check_nul("files.name", file.name.as_ref())?;
            check_nul("files.sha256", file.sha256.as_ref())?;
            if let Some(id) = &file.content_id {
                check_id("files.content_id", id)?;
            }
        }
        Ok(())
    }

    /// Returns the files as they are stored until they are fetched.
    pub(super) fn waiting(files: Vec<Self>, id: MessageId, due: UtcTime) -> Vec<MessageFile> {
        let waiting = |(seq, file): (i32, Self)| {
            let mut waiting = MessageFile::new(id, seq, file.reference, due);
            waiting.name = file.name;
            waiting.size = file.size;
            waiting.sha256 = file.sha256.map(|digest| digest.to_ascii_lowercase());
            waiting.content_id = file.content_id;
            waiting.is_inline = file.is_inline;
            waiting
        };
        (0..).zip(files).map(waiting).collect()
    }
}

impl From<MessageFile> for FileRef {
    fn from(file: MessageFile) -> Self {
        Self {
            reference: file.reference,
            name: file.name,
            size: file.size,
            sha256: file.sha256,
            content_id: file.content_id,
            is_inline: file.is_inline,
        }
    }
}
