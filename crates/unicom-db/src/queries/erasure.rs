//! Queries that find and delete a person's data.
//!
//! A person has few accounts; they are passed as a list. In a chat with other participants, the
//! person's data is the messages that these accounts wrote and the system's replies to them.

use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts, unicom_chats as chats,
    unicom_deliveries as deliveries, unicom_members as members, unicom_message_details as details,
    unicom_messages as messages, unicom_requests as requests,
};
use unicom_models::{
    Account, AccountId, AuthorKind, Chat, ChatId, Direction, MessageId, RequestId, UtcTime,
};

use super::{change_numbers, files};
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Maximum number of ids in one statement. The engines limit the number of bound values.
const MAX_IDS: usize = 500;

/// Condition on the messages of a chat with other participants: those of these accounts, and the
/// system's replies to them.
macro_rules! owned_by {
    ($answered:ident, $chat_id:expr, $accounts:expr) => {
        messages::sender_id
            .eq_any($accounts)
            .assume_not_null()
            .or(messages::direction.ne(Direction::Incoming).and(
                messages::reply_to_message_id
                    .eq_any(
                        $answered
                            .filter($answered.field(messages::chat_id).eq($chat_id))
                            .filter($answered.field(messages::sender_id).eq_any($accounts))
                            .select($answered.field(messages::id).nullable()),
                    )
                    .assume_not_null(),
            ))
    };
}
pub(super) use owned_by;

/// Locks and returns these accounts, ordered by id, before they are deleted. Other transactions
/// cannot change them or write for them until this one ends. Rows that refer to them may still
/// change: a worker that changes one holds the chat, which is locked next.
pub fn lock_accounts(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<Vec<Account>, DbError> {
    let db: &mut Db = tx;
    macro_rules! found {
        () => {
            accounts::table
                .filter(accounts::id.eq_any(ids))
                .order(accounts::id)
                .select(Account::as_select())
        };
    }
    Ok(by_engine!(
        db,
        Postgres(conn) => found!().for_no_key_update().load(conn)?,
        Sqlite(conn) => found!().load(conn)?,
    ))
}

/// Returns the ids of the chats that these accounts take part in or made a request in, in order.
pub fn chat_ids(db: &mut Db, ids: &[AccountId]) -> Result<Vec<ChatId>, DbError> {
    let found: (Vec<ChatId>, Vec<ChatId>) = on_engine!(db, conn => (
        account_chats::table
            .filter(account_chats::account_id.eq_any(ids))
            .select(account_chats::chat_id)
            .load(conn)?,
        requests::table
            .filter(requests::account_id.eq_any(ids))
            .select(requests::chat_id)
            .distinct()
            .load(conn)?,
    ));
    let all: BTreeSet<ChatId> = found.0.into_iter().chain(found.1).collect();
    Ok(all.into_iter().collect())
}

/// Locks and returns these chats, ordered by id. Other transactions cannot use them until this one
/// ends. The given ids must be sorted.
pub fn lock_chats(tx: &mut Tx<'_>, ids: &[ChatId]) -> Result<Vec<Chat>, DbError> {
    let db: &mut Db = tx;
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(MAX_IDS) {
        macro_rules! found {
            () => {
                chats::table
                    .filter(chats::id.eq_any(some))
                    .order(chats::id)
                    .select(Chat::as_select())
            };
        }
        let found: Vec<Chat> = by_engine!(
            db,
            Postgres(conn) => found!().for_update().load(conn)?,
            Sqlite(conn) => found!().load(conn)?,
        );
        all.extend(found);
    }
    Ok(all)
}

/// Returns those of the chats in which other accounts than `ids` take part. Bots do not count.
pub fn shared(
    db: &mut Db,
    chat_ids: &[ChatId],
    ids: &[AccountId],
) -> Result<BTreeSet<ChatId>, DbError> {
    let mut all = BTreeSet::new();
    for some in chat_ids.chunks(MAX_IDS) {
        let found: Vec<ChatId> = on_engine!(db, conn => account_chats::table
            .inner_join(accounts::table)
            .filter(account_chats::chat_id.eq_any(some))
            .filter(account_chats::account_id.ne_all(ids))
            .filter(accounts::is_bot.eq(false))
            .select(account_chats::chat_id)
            .distinct()
            .load(conn))?;
        all.extend(found);
    }
    Ok(all)
}

/// Returns the id of the account that first joined the chat.
pub fn first_to_join(db: &mut Db, chat_id: &ChatId) -> Result<Option<AccountId>, DbError> {
    Ok(on_engine!(db, conn => account_chats::table
        .filter(account_chats::chat_id.eq(chat_id))
        .order((account_chats::created_at, account_chats::account_id))
        .select(account_chats::account_id)
        .first(conn)
        .optional())?)
}

/// Returns the id of the account that sent a message. Returns `None` if the message does not exist
/// or has no sender.
pub fn sender(db: &mut Db, id: MessageId) -> Result<Option<AccountId>, DbError> {
    let sender: Option<Option<AccountId>> = on_engine!(db, conn => messages::table
        .find(id)
        .select(messages::sender_id)
        .first(conn)
        .optional())?;
    Ok(sender.flatten())
}

/// The rows and files that were deleted, or are about to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deleted {
    /// The number of messages.
    pub messages: i64,
    /// The number of requests.
    pub requests: i64,
    /// The number of deliveries.
    pub deliveries: i64,
    /// The keys of the files, which the media store must delete after the transaction is committed.
    pub files: Vec<String>,
}

impl Deleted {
    /// Adds `other` to these counts and keys.
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.requests += other.requests;
        self.deliveries += other.deliveries;
        self.files.extend(other.files);
    }
}

/// Deletes chats with everything in them. The chats must be locked.
pub fn delete_chats(tx: &mut Tx<'_>, ids: &[ChatId]) -> Result<Deleted, DbError> {
    for id in ids {
        change_numbers::announce(tx, id);
    }
    let db: &mut Db = tx;
    let mut gone = Deleted::default();
    for some in ids.chunks(MAX_IDS) {
        by_engine!(db, Postgres(conn) => {
            // A worker on one of these requests goes first or finds it deleted, as in
            // `chats::delete`.
            let _: Vec<RequestId> = requests::table
                .filter(requests::chat_id.eq_any(some))
                .filter(requests::due_at.is_not_null())
                .order(requests::id)
                .select(requests::id)
                .for_update()
                .load(conn)?;
        });
        let of_chats = || messages::chat_id.eq_any(some);
        gone.add(on_engine!(db, conn => Deleted {
            messages: messages::table.filter(of_chats()).count().get_result(conn)?,
            requests: requests::table.inner_join(messages::table).filter(of_chats()).count().get_result(conn)?,
            deliveries: deliveries::table.inner_join(messages::table).filter(of_chats()).count().get_result(conn)?,
            files: messages::table
                .filter(of_chats())
                .filter(messages::media_key.is_not_null())
                .select(messages::media_key.assume_not_null())
                .load(conn)?,
        }));
        gone.files.extend(files::keys_of_chats(db, some)?);
        on_engine!(db, conn => diesel::delete(chats::table.filter(chats::id.eq_any(some))).execute(conn))?;
    }
    Ok(gone)
}

/// Returns the ids of these accounts' messages in a chat with other participants, and of the
/// system's replies to them.
pub fn message_ids_owned_by(
    db: &mut Db,
    chat_id: &ChatId,
    ids: &[AccountId],
) -> Result<Vec<MessageId>, DbError> {
    let answered = diesel::alias!(messages as answered);
    Ok(on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(chat_id))
        .filter(owned_by!(answered, chat_id, ids))
        .select(messages::id)
        .load(conn))?)
}

/// Deletes messages with their requests and deliveries. Their chats must be locked. Replies to the
/// messages stay, without a reference.
pub fn delete_messages(tx: &mut Tx<'_>, ids: &[MessageId]) -> Result<Deleted, DbError> {
    let db: &mut Db = tx;
    let mut gone = Deleted::default();
    for some in ids.chunks(MAX_IDS) {
        by_engine!(db, Postgres(conn) => {
            let _: Vec<RequestId> = requests::table
                .filter(requests::message_id.eq_any(some))
                .order(requests::id)
                .select(requests::id)
                .for_update()
                .load(conn)?;
        });
        gone.add(on_engine!(db, conn => Deleted {
            messages: 0,
            requests: requests::table.filter(requests::message_id.eq_any(some)).count().get_result(conn)?,
            deliveries: deliveries::table.filter(deliveries::message_id.eq_any(some)).count().get_result(conn)?,
            files: messages::table
                .filter(messages::id.eq_any(some))
                .filter(messages::media_key.is_not_null())
                .select(messages::media_key.assume_not_null())
                .load(conn)?,
        }));
        gone.files.extend(files::keys_of_messages(db, some)?);
        let deleted = on_engine!(db, conn => diesel::delete(messages::table.filter(messages::id.eq_any(some))).execute(conn))?;
        gone.messages += i64::try_from(deleted).unwrap_or(i64::MAX);
    }
    Ok(gone)
}

/// The condition of the index `unicom_messages_author`, which holds for what was not written by
/// visitors. As a bound value it would not match the index.
fn not_incoming() -> SqlLiteral<Bool> {
    sql("unicom_messages.direction <> 'incoming'")
}

/// Returns the ids of the chats in which one of these users wrote to others as an admin.
pub fn chats_with_messages_of_admins(
    db: &mut Db,
    user_ids: &[String],
) -> Result<Vec<ChatId>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .filter(messages::user_id.eq_any(user_ids))
        .filter(not_incoming())
        .select(messages::chat_id)
        .distinct()
        .load(conn))?)
}

/// Removes the names of these users from what they wrote to others as admins in a locked chat.
/// Returns the number of changed messages.
pub fn anonymise_author(
    tx: &mut Tx<'_>,
    chat_id: &ChatId,
    user_ids: &[String],
    sender_name: &str,
) -> Result<i64, DbError> {
    keep_staff(tx, chat_id, user_ids)?;
    let db: &mut Db = tx;
    let unsigned = on_engine!(db, conn => diesel::update(messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(messages::user_id.eq_any(user_ids))
            .filter(not_incoming()))
        .set((
            messages::user_id.eq(None::<String>),
            messages::sender_id.eq(None::<AccountId>),
            messages::sender_name.eq(sender_name),
        ))
        .execute(conn))?;
    Ok(i64::try_from(unsigned).unwrap_or(i64::MAX))
}

/// Stores that people of the team wrote those messages in the chat of which only their users say
/// so. Called before the users are removed from them.
fn keep_staff(tx: &mut Tx<'_>, chat_id: &ChatId, user_ids: &[String]) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        let known = details::table
            .filter(details::author.is_not_null())
            .select(details::message_id);
        let theirs = messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(messages::user_id.eq_any(user_ids))
            .filter(not_incoming())
            .filter(messages::id.ne_all(known))
            .select((messages::id, AuthorKind::Staff.into_sql::<Nullable<Text>>()));
        theirs
            .insert_into(details::table)
            .into_columns((details::message_id, details::author))
            .on_conflict(details::message_id)
            .do_update()
            .set(details::author.eq(AuthorKind::Staff))
            .execute(conn)
    })?;
    Ok(())
}

/// Unlinks the members that are linked to one of these users.
pub fn clear_users(tx: &mut Tx<'_>, user_ids: &[String]) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(members::table.filter(members::user_id.eq_any(user_ids)))
        .set((members::user_id.eq(None::<String>), members::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Deletes accounts. Their messages must have been deleted before.
pub fn delete_accounts(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<(), DbError> {
    for id in ids {
        change_numbers::announce_account(tx, id);
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(accounts::table.filter(accounts::id.eq_any(ids))).execute(conn))?;
    Ok(())
}

/// Updates a locked chat after messages were deleted from it without a trace. Its readers read it
/// again.
pub fn record_deletion(
    tx: &mut Tx<'_>,
    chat: &Chat,
    name: Option<&str>,
    metadata: &serde_json::Value,
) -> Result<(), DbError> {
    change_numbers::rewrite(tx, &chat.id)?;
    recount(tx, chat, name, metadata)
}

/// Updates a locked chat after messages were deleted from it: its first and last messages, unread
/// counts, name, metadata and time of change.
pub fn recount(
    tx: &mut Tx<'_>,
    chat: &Chat,
    name: Option<&str>,
    metadata: &serde_json::Value,
) -> Result<(), DbError> {
    super::chat_counters::recount_edges(tx, &chat.id)?;
    let db: &mut Db = tx;
    let parts: Vec<AccountId> = on_engine!(db, conn => account_chats::table
        .filter(account_chats::chat_id.eq(&chat.id))
        .filter(account_chats::unread_count.gt(0))
        .order(account_chats::account_id)
        .select(account_chats::account_id)
        .load(conn))?;
    for account_id in parts {
        super::chat_counters::recount_unread(tx, &account_id, &chat.id)?;
    }
    bump_updated_at(tx, chat, name, metadata)
}

/// Stores a chat's name and metadata and advances its time of change, so that clients with an older
/// version reload it.
pub fn bump_updated_at(
    tx: &mut Tx<'_>,
    chat: &Chat,
    name: Option<&str>,
    metadata: &serde_json::Value,
) -> Result<(), DbError> {
    let at: UtcTime = tx.now().max(chat.updated_at.next());
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
        .set((chats::name.eq(name), chats::metadata.eq(metadata), chats::updated_at.eq(at)))
        .execute(conn))?;
    Ok(())
}
