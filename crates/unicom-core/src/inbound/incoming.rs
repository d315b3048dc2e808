//! Storing an incoming message together with the request it becomes.

use serde_json::Value;
use unicom_db::queries::visitor_access::References;
use unicom_models::{MediaType, Message, MessageId, StoredMedia, contains_nul};

use super::FileRef;
use crate::validation::{check_nul, check_optional_id};
use crate::{CoreError, html::CleanHtml};

/// A message received from a platform.
#[derive(Debug, Clone, Default)]
pub struct IncomingMessage {
    /// Plain text. May be empty if there is media, or if there are files.
    pub text: String,
    /// HTML.
    pub html: Option<CleanHtml>,
    /// The subject.
    pub subject: Option<String>,
    /// The file, already in the media store, and its type.
    pub media: Option<(MediaType, StoredMedia)>,
    /// The files that are still at the provider. The request waits until they are fetched or given
    /// up, 10 minutes at most. The first that arrives becomes the message's file, if it has none.
    /// Requires a `provider_message_id`.
    pub files: Vec<FileRef>,
    /// The message of the same chat that this message replies to.
    pub reply_to_message_id: Option<MessageId>,
    /// The id that the client gave the message. A second message with this id from the same account
    /// is not stored.
    pub client_message_id: Option<String>,
    /// The id that the platform's provider gave the message.
    pub provider_message_id: Option<String>,
    /// The host's id of the user who wrote the message.
    pub user_id: Option<String>,
    /// An e-mail address that is proven to be the sender's.
    ///
    /// It is used to find the member behind the account, so never pass an address that is merely
    /// claimed. An invalid address is ignored.
    pub verified_email: Option<String>,
    /// A telephone number, with country code, that is proven to be the sender's.
    ///
    /// It is used to find the member behind the account, so never pass a number that is merely
    /// claimed. An invalid number is ignored.
    pub verified_phone: Option<String>,
    /// The value of the clicked button, if the message is a click. It is passed on to bots.
    ///
    /// `reply_to_message_id` names the message with the button. For buttons that unicom sent, use
    /// [`click`](crate::buttons::click) instead.
    pub clicked: Option<String>,
    /// The data received from the platform, unchanged. `null` counts as an empty object.
    ///
    /// A field [`Message::CLICK`] in it is dropped: only `clicked` marks a message as a click.
    pub raw: Value,
}

/// An incoming message that is stored.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Saved {
    /// The message.
    pub message: Message,
    /// Whether it was stored now. `false` if the sender repeated a message that was stored before:
    /// nothing was stored now.
    pub is_new: bool,
}

impl Saved {
    /// Describes a message that was stored now.
    #[doc(hidden)]
    pub fn new(message: Message) -> Self {
        Self {
            message,
            is_new: true,
        }
    }

    /// Describes a message that was stored before.
    #[doc(hidden)]
    pub fn before(message: Message) -> Self {
        Self {
            message,
            is_new: false,
        }
    }
}

impl IncomingMessage {
    pub(super) fn check(&self) -> Result<(), CoreError> {
        check_nul("subject", self.subject.as_ref())?;
        check_optional_id("client_message_id", self.client_message_id.as_ref())?;
        check_optional_id("provider_message_id", self.provider_message_id.as_ref())?;
        check_optional_id("user_id", self.user_id.as_ref())?;
        check_nul("clicked", self.clicked.as_ref())?;
        FileRef::check_all(&self.files)?;
        // Pages of messages look for files only of such messages.
        if !self.files.is_empty() && self.provider_message_id.is_none() {
            let problem = "need a `provider_message_id` of their message";
            return Err(CoreError::invalid("files", problem));
        }
        if contains_nul(&self.raw) {
            return Err(CoreError::Nul { field: "raw" });
        }
        Ok(())
    }

    /// Returns `true` if the message has a text and nothing else to show.
    pub(crate) fn is_text(&self) -> bool {
        self.html.is_none()
            && self.media.is_none()
            && self.files.is_empty()
            && self.clicked.is_none()
    }

    /// Returns the references to other messages, to be passed when requesting write access to the
    /// chat.
    ///
    /// # Errors
    /// [`CoreError::Nul`] if a field contains a NUL character, which PostgreSQL does not accept in
    /// a query.
    pub fn references(&self) -> Result<References<'_>, CoreError> {
        self.check()?;
        Ok(References {
            client_message_id: self.client_message_id.as_deref(),
            reply_to: self.reply_to_message_id,
        })
    }
}
