//! Taking a chat from its bot, and giving it back.

use serde_json::json;
use unicom_db::queries::chat_list::{self, AdminListedChat};
use unicom_db::queries::holders::{self, NewHolder};
use unicom_db::queries::{chats, queue, streams};
use unicom_db::{LockedChat, Tx};
use unicom_models::{ChatHolder, ChatId, HolderKind};

use crate::validation::{check_display_name, check_id};
use crate::{CoreError, admin::Actor};

/// A user who takes chats and gives them back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatTaker {
    /// The host's id of the user.
    pub user_id: String,
    /// The name that visitors see.
    pub name: String,
}

/// Takes a chat from its bot: until the chat is [given back](release_chat), no bot answers in it,
/// and the reply that a bot is making is refused. What visitors write becomes a request as before,
/// which waits for a person.
///
/// Nothing changes if the user holds the chat already.
///
/// # Errors
/// [`CoreError::ChatNotFound`], [`CoreError::Invalid`]; [`CoreError::ChatTaken`] if another user
/// holds the chat, unless `force` is set.
///
/// ```
/// # use unicom_core::{*, admin::*, inbound::*};
/// # use unicom_testing::{FakePlatform, TestDatabase};
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let (database, sms) = (test.database().clone(), FakePlatform::default());
/// # let kind = sms.kind();
/// # let extensions = Extensions::default().with_platforms(Platforms::default().with(sms));
/// # let channel = test.write(move |tx| {
/// #     create_channel(tx, &Actor::COMMAND_LINE, &extensions, NewChannel::new(kind, "Hotline"))
/// # });
/// # let hello = IncomingMessage { text: "Hello!".to_owned(), ..IncomingMessage::default() };
/// # let (ada, chat) = (Sender::new("49170", "Ada"), ChatInfo::new(channel.id, "49170"));
/// # let hello = PlatformEvent::message(ada, chat, hello);
/// let taken = database
///     .write(move |tx| {
///         let hello = receive(tx, &channel, hello)?.into_saved().unwrap().message;
///         let ann = ChatTaker { user_id: "7".to_owned(), name: "Ann".to_owned() };
///         take_chat(tx, &Actor::user(7), &hello.chat_id, ann, false)
///     })
///     .wait()?;
/// assert!(taken.chat.is_held);
/// # Ok::<(), CoreError>(())
/// ```
pub fn take_chat(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: &ChatId,
    user: ChatTaker,
    force: bool,
) -> Result<AdminListedChat, CoreError> {
    let ChatTaker { user_id, name } = user;
    check_id("user_id", &user_id)?;
    check_display_name("name", &name)?;
    let (chat, before) = lock(tx, id)?;
    if !held_by(before.as_ref(), &user_id) {
        let from = holder_to_replace(id, before.as_ref(), force)?;
        let details = json!({ "user_id": user_id, "from_user_id": from });
        holders::set(tx, &chat, NewHolder::Staff { user_id, name })?;
        // The reply that readers see the bot write will be refused.
        streams::end_of_chat(tx, &chat)?;
        actor.record(tx, "chat.take", format_args!("chat:{id}"), details)?;
    }
    listed(tx, id)
}

/// Gives a chat back to its bot, which answers what is written from then on, and what was written
/// meanwhile if no person has written in the chat since.
///
/// Nothing changes if the bot has the chat already.
///
/// # Errors
/// [`CoreError::ChatNotFound`]; [`CoreError::ChatTaken`] if another user than `user_id` holds the
/// chat, unless `force` is set.
pub fn release_chat(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: &ChatId,
    user_id: &str,
    force: bool,
) -> Result<AdminListedChat, CoreError> {
    let (chat, before) = lock(tx, id)?;
    if chat.is_held {
        let is_own = held_by(before.as_ref(), user_id);
        let from = holder_to_replace(id, before.as_ref(), force || is_own)?;
        holders::set(tx, &chat, NewHolder::Bot)?;
        queue::return_to_bot(tx, &chat)?;
        let details = json!({ "from_user_id": from });
        actor.record(tx, "chat.release", format_args!("chat:{id}"), details)?;
    }
    listed(tx, id)
}

fn lock(
    tx: &mut Tx<'_>,
    id: &ChatId,
) -> Result<(LockedChat<'static>, Option<ChatHolder>), CoreError> {
    let chat = chats::lock(tx, id)?.ok_or_else(|| CoreError::ChatNotFound(id.clone()))?;
    let holder = holders::get(tx, id)?;
    Ok((chat, holder))
}

/// Returns `true` if the user holds the chat.
fn held_by(holder: Option<&ChatHolder>, user_id: &str) -> bool {
    let is_of = |holder: &ChatHolder| holder.user_id.as_deref() == Some(user_id);
    holder.is_some_and(is_of)
}

/// Returns the user who holds the chat and may be replaced.
fn holder_to_replace<'a>(
    id: &ChatId,
    holder: Option<&'a ChatHolder>,
    force: bool,
) -> Result<Option<&'a str>, CoreError> {
    match holder {
        Some(holder) if holder.kind == HolderKind::Staff && !force => Err(CoreError::ChatTaken {
            chat_id: id.clone(),
            name: holder.name.clone().unwrap_or_default(),
        }),
        holder => Ok(holder.and_then(|holder| holder.user_id.as_deref())),
    }
}

fn listed(tx: &mut Tx<'_>, id: &ChatId) -> Result<AdminListedChat, CoreError> {
    let missing = || CoreError::ChatNotFound(id.clone());
    chat_list::one_for_admin(tx, id)?.ok_or_else(missing)
}
