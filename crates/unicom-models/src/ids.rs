//! The ids of all stored objects.

use crate::id::{text_newtype, uuid_id};

text_newtype! {
    /// The id of an account. It begins with the name of the platform, as in `sms_49170`.
    AccountId
}

uuid_id! {
    /// The id of an audit entry.
    AuditId
}

uuid_id! {
    /// The id of a category.
    CategoryId
}

text_newtype! {
    /// The id of a chat. It is unique among all channels.
    ChatId
}

impl ChatId {
    /// Creates an id for an additional chat.
    #[expect(
        clippy::new_without_default,
        reason = "a default would hide that every call differs"
    )]
    pub fn new() -> Self {
        Self(crate::Id::new().to_string())
    }
}

uuid_id! {
    /// The id of a member.
    MemberId
}

uuid_id! {
    /// The id of a group of members.
    GroupId
}

uuid_id! {
    /// The id of a message.
    MessageId
}

uuid_id! {
    /// The id of a request.
    RequestId
}
