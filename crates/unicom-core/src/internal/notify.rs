//! [`notify`]: tells admins what needs their attention.

use std::time::Duration;

use unicom_db::queries::{addresses, channels, chats, messages};
use unicom_db::{Db, DbError, LockedChat, Tx};
use unicom_models::{AccountId, Address, AuthorKind, Channel, Chat, ChatId, MessageId, UtcTime};

use super::{Writer, account_of, platform_kind};
use crate::CoreError;
use crate::outbound::{OutgoingMessage, compose};
use crate::store_message::store;
use crate::validation::check_id;

/// How long a subject is not mentioned again.
const QUIET: Duration = Duration::from_secs(60 * 60);

/// Maximum number of characters of a notice.
const LONGEST: usize = 1000;

/// The name of the account that stands for unicom itself.
pub const SYSTEM_NAME: &str = "unicom";

/// What notices are about. Each topic has a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// The end of the chat's id: ASCII letters, digits, `-` and `_`.
    pub id: &'static str,
    /// The name of the chat.
    pub title: &'static str,
}

impl Topic {
    /// Channels that do not work.
    pub const CHANNELS: Self = Self {
        id: "channels",
        title: "Channels that do not work",
    };
    /// Messages that could not be delivered.
    pub const DELIVERIES: Self = Self {
        id: "deliveries",
        title: "Messages that were not delivered",
    };
    /// Messages that no bot answered.
    pub const REQUESTS: Self = Self {
        id: "requests",
        title: "Messages without an answer",
    };

    fn address(self, channel: &Channel) -> Address {
        Address::chat(channel.id, self.id)
    }
}

/// Writes a notice for admins to the chat of its topic, on the active `Internal` channel with the
/// lowest id. Returns `false` without writing anything if there is no such channel, or if the topic
/// has a notice on the same subject, such as `channel:3`, from the last hour.
///
/// `text` is cut to 1,000 characters. It outlives the people that it mentions: name ids of messages
/// and requests in it, not people or what they wrote.
///
/// Write each notice in a separate transaction: the chat stays locked until the transaction ends,
/// and one that locks further chats could deadlock.
///
/// # Errors
/// [`CoreError::Invalid`] and [`CoreError::Nul`] for a subject that cannot be stored,
/// [`CoreError::EmptyMessage`].
///
/// ```
/// # use unicom_core::{*, admin::*, internal::*};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// let told = test
///     .database()
///     .write(|tx| notify(tx, Topic::CHANNELS, "channel:3", "Channel 3 does not work"))
///     .wait()?;
/// assert!(!told, "there is no channel to write to");
/// # Ok::<(), CoreError>(())
/// ```
pub fn notify(tx: &mut Tx<'_>, topic: Topic, subject: &str, text: &str) -> Result<bool, CoreError> {
    check_id("subject", subject)?;
    let Some(channel) = channels::first_active(tx, &platform_kind())? else {
        return Ok(false);
    };
    // Accounts are locked before chats.
    let system = account_of(tx, &channel, &Writer::System, SYSTEM_NAME)?;
    let chat = chat_of(tx, &channel, topic, &system)?;
    let now = tx.now();
    if has_notice(tx, &channel, topic, subject, now)? {
        return Ok(false);
    }
    let text: String = text.replace('\0', "").chars().take(LONGEST).collect();
    let notice = OutgoingMessage {
        sender_id: Some(system),
        author: Some(AuthorKind::System),
        sender_name: Some(SYSTEM_NAME.to_owned()),
        ..OutgoingMessage::text(text)
    };
    let mut notice = compose(tx, &channel, &chat, notice, MessageId::new(), Some(now))?;
    notice.message.subject = Some(subject.to_owned());
    store(tx, &chat, &notice, None)?;
    Ok(true)
}

/// Returns `true` if the topic has a notice on the subject from the hour before `now`, on this
/// channel for notices.
pub(crate) fn has_notice(
    db: &mut Db,
    channel: &Channel,
    topic: Topic,
    subject: &str,
    now: UtcTime,
) -> Result<bool, DbError> {
    let id = topic.address(channel).new_id(&channel.platform).into();
    messages::has_subject_since(db, &id, subject, now.minus(QUIET))
}

/// Returns the chat of a topic, locked. Creates it if it does not exist.
fn chat_of(
    tx: &mut Tx<'_>,
    channel: &Channel,
    topic: Topic,
    system: &AccountId,
) -> Result<LockedChat<'static>, CoreError> {
    let address = topic.address(channel);
    let id = ChatId::from(address.new_id(&channel.platform));
    if let Some(chat) = chats::lock(tx, &id)? {
        return Ok(chat);
    }
    let mut chat = Chat::new(id, channel, tx.now());
    (chat.name, chat.is_private) = (Some(topic.title.to_owned()), false);
    chats::insert_if_absent(tx, &chat)?;
    addresses::assign(tx, &channel.platform, &address, chat.id.as_str())?;
    // It takes part, so that the chat is kept when the last person in it is erased.
    chats::join(tx, system, &chat.id)?;
    chats::lock(tx, &chat.id)?.ok_or(CoreError::ChatNotFound(chat.id))
}
