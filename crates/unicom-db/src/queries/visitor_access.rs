//! Access of an account to a chat, with everything that reading or writing needs, in as few
//! statements as possible. Visitors request this most often.

use diesel::prelude::*;
use serde_json::Value;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts,
    unicom_channels as channels, unicom_chats as chats, unicom_messages as messages,
};
use unicom_models::{Account, AccountId, ChannelId, Chat, ChatId, Direction, MessageId, UtcTime};

use super::chat_access::lock_access;
use super::messages::Position;
use crate::prepared::CachedQuery;
use crate::{ChatAccess, Db, DbError, LockedChat, Tx, by_engine, on_engine};

/// The channel of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatChannel {
    /// The channel's id.
    pub id: ChannelId,
    /// Whether the channel is active.
    pub is_active: bool,
    /// Whether it is the active channel of its platform with the lowest id.
    pub is_first: bool,
}

/// An account that asks to read a chat.
#[derive(Debug)]
pub struct Reader {
    /// The account.
    pub account: Account,
    /// What the account may read. `None` if it does not take part in the chat or is blocked.
    pub part: Option<ReadAccess>,
}

/// Access to a chat for reading.
#[derive(Debug)]
pub struct ReadAccess {
    /// The proof of access.
    pub access: ChatAccess,
    /// The chat's channel.
    pub channel: ChatChannel,
    /// The position of the requested message in the chat. `None` if the reader cannot see it there.
    pub position: Option<Position>,
}

/// The other messages that a new incoming message refers to.
#[derive(Debug, Clone, Copy, Default)]
pub struct References<'a> {
    /// The client's id for the message, set by its sender.
    pub client_message_id: Option<&'a str>,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

/// Access to a chat for writing. Other transactions cannot change the chat until this one ends.
#[derive(Debug)]
pub struct WriteAccess {
    /// The proof of access.
    pub access: ChatAccess,
    /// The chat's channel.
    pub channel: ChatChannel,
    /// The channel's configuration.
    pub channel_config: Value,
    /// The earlier message of the account with the same client id.
    pub repeated: Option<MessageId>,
    /// Whether the answered message belongs to the chat and is not internal.
    pub reply_is_there: bool,
}

impl WriteAccess {
    /// Returns the chat.
    pub fn chat(&self) -> LockedChat<'_> {
        LockedChat::of(&self.access.chat)
    }

    /// Replaces the account, after it was changed in the same transaction.
    #[must_use]
    pub fn with_account(self, account: Account) -> Self {
        Self {
            access: self.access.with_account(account),
            ..self
        }
    }
}

/// The names under which the statements are cached.
struct ForReading;
struct ForWriting;
struct OfLocked;

/// Query part: the time of a message in a chat. `NULL` if it is internal or not in the chat.
macro_rules! time_in_chat {
    ($message:expr) => {
        messages::table
            .filter(messages::id.nullable().eq($message))
            .filter(messages::chat_id.eq(chats::id))
            .filter(messages::direction.ne(Direction::Internal))
            .select(messages::timestamp)
            .single_value()
    };
}

/// Query part: the lowest id of an active channel of the same platform.
macro_rules! first_of_platform {
    ($others:ident) => {
        $others
            .filter($others.field(channels::platform).eq(channels::platform))
            .filter($others.field(channels::active).eq(true))
            .select(diesel::dsl::min($others.field(channels::id)))
            .single_value()
    };
}

/// Returns the account `account_id` and what it may read of the chat `chat_id`.
///
/// `message` is a message whose position in the chat is requested. Returns `None` if the account
/// does not exist.
pub fn for_reading(
    db: &mut Db,
    account_id: &AccountId,
    chat_id: &ChatId,
    message: Option<MessageId>,
) -> Result<Option<Reader>, DbError> {
    let others = diesel::alias!(channels as others);
    type Row = (
        Account,
        Option<i64>,
        Option<Chat>,
        Option<bool>,
        Option<ChannelId>,
        Option<UtcTime>,
    );
    let row: Option<Row> = on_engine!(db, conn => accounts::table
        .left_join(account_chats::table.on(
            account_chats::account_id.eq(accounts::id).and(account_chats::chat_id.eq(chat_id.clone())),
        ))
        .left_join(chats::table.on(chats::id.eq(account_chats::chat_id)))
        .left_join(channels::table.on(channels::id.eq(chats::channel_id)))
        .filter(accounts::id.eq(account_id))
        .select((
            Account::as_select(),
            account_chats::unread_count.nullable(),
            Option::<Chat>::as_select(),
            channels::active.nullable(),
            first_of_platform!(others),
            time_in_chat!(message),
        ))
        .cached_as::<ForReading>()
        .get_result(conn)
        .optional())?;
    let Some((account, unread_count, chat, is_active, first, timestamp)) = row else {
        return Ok(None);
    };
    let part = match (unread_count, chat, is_active) {
        (Some(unread_count), Some(chat), Some(is_active)) if !account.blocked => Some(ReadAccess {
            channel: ChatChannel {
                id: chat.channel_id,
                is_active,
                is_first: first == Some(chat.channel_id),
            },
            access: ChatAccess {
                account: account.clone(),
                chat,
                unread_count,
            },
            position: timestamp
                .zip(message)
                .map(|(timestamp, id)| Position { timestamp, id }),
        }),
        _ => None,
    };
    Ok(Some(Reader { account, part }))
}

/// The columns about a chat that [`for_writing`] and [`of_locked`] load.
type Answers = (
    bool,
    Value,
    Option<ChannelId>,
    Option<MessageId>,
    Option<UtcTime>,
);

/// Query part: selects [`Answers`].
macro_rules! answers {
    ($others:ident, $account_id:expr, $references:expr) => {
        (
            channels::active,
            channels::config,
            first_of_platform!($others),
            messages::table
                .filter(messages::sender_id.eq($account_id))
                .filter(messages::client_message_id.eq($references.client_message_id))
                .select(messages::id)
                .single_value(),
            time_in_chat!($references.reply_to),
        )
    };
}

/// Locks the chat `chat_id` for a message that the account `account_id` is about to write.
///
/// Returns `None` if the account does not take part in the chat or is blocked.
pub fn for_writing(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    chat_id: &ChatId,
    references: References<'_>,
) -> Result<Option<WriteAccess>, DbError> {
    let db: &mut Db = tx;
    by_engine!(
        db,
        Postgres(_) => match lock_access(tx, account_id, chat_id)? {
            Some(access) => of_locked(tx, access, references),
            None => Ok(None),
        },
        Sqlite(conn) => {
            let others = diesel::alias!(channels as others);
            let row: Option<(Account, Chat, i64, Answers)> = account_chats::table
                .inner_join(accounts::table.on(accounts::id.eq(account_chats::account_id)))
                .inner_join(chats::table.on(chats::id.eq(account_chats::chat_id)))
                .inner_join(channels::table.on(channels::id.eq(chats::channel_id)))
                .filter(account_chats::account_id.eq(account_id))
                .filter(account_chats::chat_id.eq(chat_id))
                .filter(accounts::blocked.eq(false))
                .select((
                    Account::as_select(),
                    Chat::as_select(),
                    account_chats::unread_count,
                    answers!(others, account_id, references),
                ))
                .cached_as::<ForWriting>()
                .get_result(conn)
                .optional()?;
            Ok(row.map(|(account, chat, unread_count, answers)| {
                let access = ChatAccess {
                    account,
                    chat,
                    unread_count,
                };
                write_access_from(access, answers)
            }))
        },
    )
}

/// Returns write access to a chat that [`lock_access`] has locked in this transaction.
///
/// Returns `None` if the chat does not exist.
pub fn of_locked(
    tx: &mut Tx<'_>,
    access: ChatAccess,
    references: References<'_>,
) -> Result<Option<WriteAccess>, DbError> {
    // Queried after the locks are held: on PostgreSQL, this also sees what other transactions wrote
    // in the meantime.
    let others = diesel::alias!(channels as others);
    let db: &mut Db = tx;
    let answers: Option<Answers> = on_engine!(db, conn => chats::table
        .inner_join(channels::table.on(channels::id.eq(chats::channel_id)))
        .filter(chats::id.eq(&access.chat.id))
        .select(answers!(others, &access.account.id, references))
        .cached_as::<OfLocked>()
        .get_result(conn)
        .optional())?;
    Ok(answers.map(|answers| write_access_from(access, answers)))
}

fn write_access_from(access: ChatAccess, answers: Answers) -> WriteAccess {
    let (is_active, channel_config, first, repeated, reply_at) = answers;
    let id = access.chat.channel_id;
    WriteAccess {
        access,
        channel: ChatChannel {
            id,
            is_active,
            is_first: first == Some(id),
        },
        channel_config,
        repeated,
        reply_is_there: reply_at.is_some(),
    }
}
