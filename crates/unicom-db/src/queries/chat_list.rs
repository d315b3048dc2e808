//! Lists of chats, filtered by a fixed set of fields, most recently active first: those of an
//! account, and those for admins.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use serde_json::Value;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_channels as channels,
    unicom_chat_holders as holders, unicom_chat_ratings as ratings, unicom_chats as chats,
    unicom_messages as messages,
};
use unicom_models::{
    AccountId, ChannelId, Chat, ChatHolder, ChatId, ChatRating, Direction, HolderKind, MediaType,
    MessageId, PlatformKind, UtcTime,
};

use super::chat_filters::ChatFilters;
use super::holders::ShownHolder;
use super::metadata_condition;
use crate::{Db, DbError, by_engine, on_engine};

/// A chat in a list.
#[derive(Debug, Clone)]
pub struct ListedChat {
    /// The chat.
    pub chat: Chat,
    /// Messages by others since the reader last wrote in the chat or marked it read.
    pub unread_count: i64,
    /// The newest message that is not internal.
    pub last_message: Option<LastMessage>,
    /// Who answers. `None` if neither a bot nor a person does.
    pub holder: Option<ShownHolder>,
    /// How the reader has rated the chat.
    pub rating: Option<ChatRating>,
}

/// The newest message of a listed chat.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = messages)]
pub struct LastMessage {
    /// The message's id.
    pub id: MessageId,
    /// The plain text. Empty for a file without a text.
    pub text: String,
    /// The type of the content.
    pub media_type: MediaType,
    /// The name of the file, if there is one.
    pub media_name: Option<String>,
    /// When the message was written.
    pub timestamp: UtcTime,
    /// The direction of the message.
    pub direction: Direction,
    /// The sender's name.
    pub sender_name: String,
}

/// The position of a chat in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPosition {
    /// The time of the chat's last activity.
    pub last_activity_at: UtcTime,
    /// The chat's id, which orders chats with equal times.
    pub id: ChatId,
}

/// Query part: the chats after the position with this time and id, most recently active first.
#[diesel::dsl::auto_type]
fn is_after<'a>(time: UtcTime, id: &'a ChatId) -> _ {
    // The first condition bounds the index range; the second orders equal times.
    let in_order = chats::last_activity_at.lt(time).or(chats::id.lt(id));
    chats::last_activity_at.le(time).and(in_order)
}

/// Adds the conditions of [`ChatFilters`] to a query whose type depends on the engine.
macro_rules! filtered {
    ($query:expr, $filters:expr, $dialect:expr) => {{
        let (mut query, filters, dialect) = ($query, $filters, $dialect);
        if let Some(channel_id) = filters.channel_id {
            query = query.filter(chats::channel_id.eq(channel_id));
        }
        if let Some(id) = &filters.id {
            query = query.filter(chats::id.eq(id));
        }
        if let Some(name) = &filters.name {
            query = query.filter(chats::name.eq(name));
        }
        if let Some(text) = &filters.name_contains {
            query = query.filter(
                sql::<Bool>(&dialect.search.within("unicom_chats.name"))
                    .bind::<Text, _>((dialect.search.value)(text))
                    .sql(dialect.search.end),
            );
        }
        if let Some(is_private) = filters.is_private {
            query = query.filter(chats::is_private.eq(is_private));
        }
        if let Some(is_archived) = filters.is_archived {
            query = query.filter(chats::is_archived.eq(is_archived));
        }
        for filter in &filters.metadata {
            let condition = metadata_condition::of(filter, dialect);
            let part = |(sql_before, value, after): (String, String, String)| {
                sql::<Bool>(&sql_before).bind::<Text, _>(value).sql(&after)
            };
            query = match (condition.number.map(part), condition.text.map(part)) {
                (Some(number), Some(text)) => query.filter(number.or(text)),
                (Some(one), None) | (None, Some(one)) => query.filter(one),
                (None, None) => query,
            };
        }
        query
    }};
}

type Row = (
    Chat,
    i64,
    Option<LastMessage>,
    (String, Value),
    Option<(HolderKind, Option<String>)>,
    Option<ChatRating>,
);

/// Returns up to `limit` chats of the account after `after`, most recently active first, in one
/// statement.
pub fn page(
    db: &mut Db,
    account_id: &AccountId,
    filters: &ChatFilters,
    after: Option<&ListPosition>,
    limit: i64,
) -> Result<Vec<ListedChat>, DbError> {
    macro_rules! load {
        ($conn:expr, $dialect:expr) => {{
            let query = account_chats::table
                .inner_join(chats::table)
                .inner_join(channels::table.on(channels::id.eq(chats::channel_id)))
                .left_join(messages::table.on(messages::id.nullable().eq(chats::last_message_id)))
                .left_join(holders::table.on(holders::chat_id.eq(chats::id)))
                .left_join(
                    ratings::table.on(ratings::chat_id
                        .eq(chats::id)
                        .and(ratings::account_id.eq(account_chats::account_id))),
                )
                .filter(account_chats::account_id.eq(account_id))
                .select((
                    Chat::as_select(),
                    account_chats::unread_count,
                    Option::<LastMessage>::as_select(),
                    (channels::name, channels::config),
                    (holders::kind, holders::name).nullable(),
                    Option::<ChatRating>::as_select(),
                ))
                .order((chats::last_activity_at.desc(), chats::id.desc()))
                .limit(limit)
                .into_boxed();
            let mut query = filtered!(query, filters, $dialect);
            if let Some(after) = after {
                query = query.filter(is_after(after.last_activity_at, &after.id));
            }
            query.load::<Row>($conn)?
        }};
    }
    let rows = by_engine!(
        db,
        Postgres(conn) => load!(conn, &metadata_condition::POSTGRES),
        Sqlite(conn) => load!(conn, &metadata_condition::SQLITE),
    );
    let listed = |row: Row| {
        let (chat, unread_count, last_message, (name, config), holder, rating) = row;
        ListedChat {
            chat,
            unread_count,
            last_message,
            holder: ShownHolder::of((&name, &config), holder),
            rating,
        }
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// Returns one chat of the account as a list item. Returns `None` if the account does not take part
/// in it.
pub fn one(
    db: &mut Db,
    account_id: &AccountId,
    chat_id: &ChatId,
) -> Result<Option<ListedChat>, DbError> {
    let filters = ChatFilters {
        id: Some(chat_id.clone()),
        ..ChatFilters::default()
    };
    Ok(page(db, account_id, &filters, None, 1)?.into_iter().next())
}

/// Returns the number of the last change of each of the account's chats, of at most `limit` of
/// them.
pub fn changes(
    db: &mut Db,
    account_id: &AccountId,
    limit: i64,
) -> Result<Vec<(ChatId, i64)>, DbError> {
    Ok(on_engine!(db, conn => account_chats::table
        .inner_join(chats::table)
        .filter(account_chats::account_id.eq(account_id))
        .order((chats::last_activity_at.desc(), chats::id.desc()))
        .limit(limit)
        .select((chats::id, chats::change))
        .load(conn))?)
}

/// Returns the number of messages that the account has not read, in all its chats.
pub fn unread_total(db: &mut Db, account_id: &AccountId) -> Result<i64, DbError> {
    // The sum of integers is a decimal number on PostgreSQL.
    let total = sql::<BigInt>("CAST(coalesce(sum(unread_count), 0) AS BIGINT)");
    Ok(on_engine!(db, conn => account_chats::table
        .filter(account_chats::account_id.eq(account_id))
        .select(total)
        .get_result(conn))?)
}

/// Returns up to `limit` chats of the platform after `after`, most recently active first, each with
/// the reader's unread count. It is `None` if the reader does not take part in the chat.
pub fn of_platform(
    db: &mut Db,
    platform: &PlatformKind,
    reader: Option<&AccountId>,
    after: Option<&ListPosition>,
    limit: i64,
) -> Result<Vec<(Chat, Option<i64>)>, DbError> {
    let reader = reader.map_or("", AccountId::as_str);
    let of_reader = account_chats::chat_id
        .eq(chats::id)
        .and(account_chats::account_id.eq(reader));
    let channels = channels::table
        .filter(channels::platform.eq(platform))
        .select(channels::id);
    Ok(on_engine!(db, conn => {
        let mut query = chats::table
            .left_join(account_chats::table.on(of_reader))
            .filter(chats::channel_id.eq_any(channels))
            .select((Chat::as_select(), account_chats::unread_count.nullable()))
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(is_after(after.last_activity_at, &after.id));
        }
        query.order((chats::last_activity_at.desc(), chats::id.desc())).limit(limit).load(conn)
    })?)
}

/// Filters for the list of chats for admins. All set filters must match.
#[derive(Debug, Clone, Default)]
pub struct AdminFilters {
    /// The channel of the chat.
    pub channel_id: Option<ChannelId>,
    /// An account that takes part in the chat.
    pub account_id: Option<AccountId>,
}

/// A chat in the list for admins.
#[derive(Debug, Clone)]
pub struct AdminListedChat {
    /// The chat.
    pub chat: Chat,
    /// Who answers. `None` if neither a bot nor a person does.
    pub shown: Option<ShownHolder>,
    /// What is stored about who answers, if the chat was ever handed over.
    pub holder: Option<ChatHolder>,
    /// How a visitor has rated the chat.
    pub rating: Option<ChatRating>,
}

type AdminRow = (
    Chat,
    (String, Value),
    Option<ChatHolder>,
    Option<ChatRating>,
);

impl From<AdminRow> for AdminListedChat {
    fn from((chat, (name, config), holder, rating): AdminRow) -> Self {
        let stored = holder
            .as_ref()
            .map(|holder| (holder.kind, holder.name.clone()));
        Self {
            chat,
            shown: ShownHolder::of((&name, &config), stored),
            holder,
            rating,
        }
    }
}

/// Query part: the rows of the list for admins.
#[diesel::dsl::auto_type]
fn admin_rows() -> _ {
    chats::table
        .inner_join(channels::table.on(channels::id.eq(chats::channel_id)))
        .left_join(holders::table.on(holders::chat_id.eq(chats::id)))
        .left_join(ratings::table.on(ratings::chat_id.eq(chats::id)))
}

/// Returns one chat as a row of the list for admins. The caller must have checked that an admin is
/// asking.
pub fn one_for_admin(db: &mut Db, id: &ChatId) -> Result<Option<AdminListedChat>, DbError> {
    let row: Option<AdminRow> = on_engine!(db, conn => admin_rows()
        .filter(chats::id.eq(id))
        .select((
            Chat::as_select(),
            (channels::name, channels::config),
            Option::<ChatHolder>::as_select(),
            Option::<ChatRating>::as_select(),
        ))
        .first(conn)
        .optional())?;
    Ok(row.map(AdminListedChat::from))
}

/// Returns the number of the last change of the chats of all accounts that were active last, of at
/// most `limit` of them. The caller must have checked that an admin is asking.
pub fn changes_for_admin(db: &mut Db, limit: i64) -> Result<Vec<(ChatId, i64)>, DbError> {
    Ok(on_engine!(db, conn => chats::table
        .order((chats::last_activity_at.desc(), chats::id.desc()))
        .limit(limit)
        .select((chats::id, chats::change))
        .load(conn))?)
}

/// Returns up to `limit` chats of all accounts after `after`, most recently active first, without
/// messages.
pub fn for_admin(
    db: &mut Db,
    filters: &AdminFilters,
    after: Option<&ListPosition>,
    limit: i64,
) -> Result<Vec<AdminListedChat>, DbError> {
    let rows: Vec<AdminRow> = on_engine!(db, conn => {
        let mut query = admin_rows()
            .select((
                Chat::as_select(),
                (channels::name, channels::config),
                Option::<ChatHolder>::as_select(),
                Option::<ChatRating>::as_select(),
            ))
            .into_boxed();
        if let Some(channel_id) = filters.channel_id {
            query = query.filter(chats::channel_id.eq(channel_id));
        }
        if let Some(account_id) = &filters.account_id {
            query = query.filter(exists(
                account_chats::table
                    .filter(account_chats::account_id.eq(account_id))
                    .filter(account_chats::chat_id.eq(chats::id)),
            ));
        }
        if let Some(after) = after {
            query = query.filter(is_after(after.last_activity_at, &after.id));
        }
        query.order((chats::last_activity_at.desc(), chats::id.desc())).limit(limit).load(conn)
    })?;
    Ok(rows.into_iter().map(AdminListedChat::from).collect())
}
