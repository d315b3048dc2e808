//! Who answers in a chat: its bot, or a person who has taken it.
//!
//! `unicom_chats.is_held` says whether bots are silent in a chat, in the row that the pipeline
//! reads anyway; the rest is in a table of the few chats that were ever handed over.

use std::collections::HashMap;
use std::ops::Range;

use diesel::prelude::*;
use serde_json::Value;
use unicom_models::schema::{
    unicom_channels as channels, unicom_chat_holders as holders, unicom_chats as chats,
};
use unicom_models::{Chat, ChatHolder, ChatId, HolderKind, UtcTime, channel_config};

use super::{change_numbers, queue};
use crate::{Db, DbError, LockedChat, Tx, on_engine};

/// Who answers, as the participants of the chat see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownHolder {
    /// Whether a bot answers, a person does, or one is waited for.
    pub kind: HolderKind,
    /// The name that the bot or the person has in messages. `None` if it is not known who will
    /// answer.
    pub name: Option<String>,
}

impl ShownHolder {
    /// Returns who answers in a chat of a channel with this name and configuration, where `stored`
    /// is stored for the chat. Returns `None` if the chat is not held and the channel has no bot.
    pub fn of(
        channel: (&str, &Value),
        stored: Option<(HolderKind, Option<String>)>,
    ) -> Option<Self> {
        let (name, config) = channel;
        match stored {
            Some((kind, name)) if kind != HolderKind::Bot => Some(Self { kind, name }),
            _ => channel_config::has_bot(config).then(|| Self {
                kind: HolderKind::Bot,
                name: Some(channel_config::bot_name(name, config).to_owned()),
            }),
        }
    }
}

/// Returns what is stored about who answers in the chat. `None` if the chat was never handed over.
pub fn get(db: &mut Db, chat_id: &ChatId) -> Result<Option<ChatHolder>, DbError> {
    Ok(on_engine!(db, conn => holders::table
        .find(chat_id)
        .select(ChatHolder::as_select())
        .first(conn)
        .optional())?)
}

/// Returns what is stored about who answers in those of the chats that were ever handed over.
pub fn of_chats<'a>(
    db: &mut Db,
    chat_ids: impl Iterator<Item = &'a ChatId>,
) -> Result<HashMap<ChatId, ChatHolder>, DbError> {
    let ids: Vec<&ChatId> = chat_ids.collect();
    let found: Vec<ChatHolder> = on_engine!(db, conn => holders::table
        .filter(holders::chat_id.eq_any(ids))
        .select(ChatHolder::as_select())
        .load(conn))?;
    Ok(found
        .into_iter()
        .map(|holder| (holder.chat_id.clone(), holder))
        .collect())
}

/// Returns who answers in the chat if one of `changes` changed it: those after its start, up to its
/// end.
pub(super) fn changed(
    db: &mut Db,
    chat: &Chat,
    changes: Range<i64>,
) -> Result<Option<Option<ShownHolder>>, DbError> {
    type Row = (String, Value, HolderKind, Option<String>);
    let found: Option<Row> = on_engine!(db, conn => holders::table
        .inner_join(channels::table.on(channels::id.eq(chat.channel_id)))
        .filter(holders::chat_id.eq(&chat.id))
        .filter(holders::change.gt(changes.start))
        .filter(holders::change.le(changes.end))
        .select((channels::name, channels::config, holders::kind, holders::name))
        .first(conn)
        .optional())?;
    let shown = |(channel, config, kind, name): Row| {
        ShownHolder::of((&channel, &config), Some((kind, name)))
    };
    Ok(found.map(shown))
}

/// Who is to answer in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewHolder {
    /// The bot.
    Bot,
    /// A person who is not known yet: the bot hands the chat over.
    Waiting {
        /// Why.
        reason: Option<String>,
        /// What the bot knows about the conversation.
        summary: Option<String>,
    },
    /// This person.
    Staff {
        /// The host's id of the user.
        user_id: String,
        /// The name that the user has in messages.
        name: String,
    },
}

/// Stores who answers in the chat. A person who takes the chat keeps what the bot said when it
/// handed the chat over.
///
/// If it is a person, the open requests of the chat are
/// [left to people](queue::leave_to_people): a bot that is working on one of them finds that its
/// claim is lost.
pub fn set(tx: &mut Tx<'_>, chat: &LockedChat<'_>, new: NewHolder) -> Result<ChatHolder, DbError> {
    let before = get(tx, &chat.id)?;
    let holder = holder_after(tx, chat, before, new)?;
    let is_held = holder.kind != HolderKind::Bot;
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::insert_into(holders::table)
            .values(&holder)
            .on_conflict(holders::chat_id)
            .do_update()
            .set(&holder)
            .execute(conn)?;
        diesel::update(chats::table.find(&chat.id)).set(chats::is_held.eq(is_held)).execute(conn)
    })?;
    if is_held {
        queue::leave_to_people(tx, chat)?;
    }
    Ok(holder)
}

fn holder_after(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    before: Option<ChatHolder>,
    new: NewHolder,
) -> Result<ChatHolder, DbError> {
    let holder = ChatHolder {
        chat_id: chat.id.clone(),
        kind: HolderKind::Bot,
        name: None,
        user_id: None,
        reason: None,
        summary: None,
        held_at: tx.now(),
        change: change_numbers::next(tx, chat)?,
    };
    Ok(match new {
        NewHolder::Bot => holder,
        NewHolder::Waiting { reason, summary } => ChatHolder {
            kind: HolderKind::Waiting,
            reason,
            summary,
            ..holder
        },
        NewHolder::Staff { user_id, name } => {
            let before = before.filter(|before| before.kind != HolderKind::Bot);
            let (reason, summary) =
                before.map_or((None, None), |before| (before.reason, before.summary));
            ChatHolder {
                kind: HolderKind::Staff,
                name: Some(name),
                user_id: Some(user_id),
                reason,
                summary,
                ..holder
            }
        }
    })
}

/// Moves who answers from a chat to the chat `to`, with which it is merged, if a person holds the
/// first one only. Both are locked.
pub fn carry_over(tx: &mut Tx<'_>, from: &ChatId, to: &LockedChat<'_>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    let held = |id: &ChatId| {
        holders::table
            .find(id.clone())
            .filter(holders::kind.ne(HolderKind::Bot))
    };
    let moves: bool = on_engine!(db, conn => {
        let there: i64 = held(&to.id).count().get_result(conn)?;
        let here: i64 = held(from).count().get_result(conn)?;
        Ok::<_, DbError>(here > 0 && there == 0)
    })?;
    if !moves {
        return Ok(());
    }
    let change = change_numbers::next(tx, to)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::delete(holders::table.find(&to.id)).execute(conn)?;
        diesel::update(holders::table.find(from))
            .set((holders::chat_id.eq(&to.id), holders::change.eq(change)))
            .execute(conn)?;
        diesel::update(chats::table.find(&to.id)).set(chats::is_held.eq(true)).execute(conn)
    })?;
    queue::leave_to_people(tx, to)?;
    Ok(())
}

/// Returns the ids of the chats that one of these users holds.
pub fn chats_of_users(db: &mut Db, user_ids: &[String]) -> Result<Vec<ChatId>, DbError> {
    Ok(on_engine!(db, conn => holders::table
        .filter(holders::user_id.eq_any(user_ids))
        .select(holders::chat_id)
        .load(conn))?)
}

/// Lets a chat wait for another person if one of these users holds it, who are erased. The chat is
/// locked.
pub fn forget_users(tx: &mut Tx<'_>, chat_id: &ChatId, user_ids: &[String]) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let forgotten = on_engine!(db, conn => diesel::update(
            holders::table.find(chat_id).filter(holders::user_id.eq_any(user_ids)),
        )
        .set((
            holders::kind.eq(HolderKind::Waiting),
            holders::name.eq(None::<String>),
            holders::user_id.eq(None::<String>),
            holders::held_at.eq(now),
        ))
        .execute(conn))?;
    if forgotten > 0 {
        change_numbers::rewrite(tx, chat_id)?;
    }
    Ok(())
}

/// Deletes what the bot said about the conversation when it handed the chat over, if that was
/// before `before`: messages from that time are deleted. The chat is locked.
pub fn forget_summary(tx: &mut Tx<'_>, chat_id: &ChatId, before: UtcTime) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(
            holders::table.find(chat_id).filter(holders::held_at.lt(before)),
        )
        .set((holders::reason.eq(None::<String>), holders::summary.eq(None::<String>)))
        .execute(conn))?;
    Ok(())
}
