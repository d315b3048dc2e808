//! `migrate_guest_to_user`: a guest logs in and keeps the chats (seed 6.1).

use unicom_db::{
    DbError, Event, Tx,
    queries::{
        account_tombstones::{self, Tombstone},
        accounts, change_numbers, channels, chat_counters, chats, guest_migration, holders,
        messages, ratings, requests, visitor_access,
    },
};
use unicom_models::{Account, AccountId, Channel, Chat, ChatId, UtcTime};

use crate::claims;
use crate::default_chat::default_chat_id;
use crate::{GuestId, User, Visitor, WebChatError, get_or_create_account};

/// Migrates a guest's messages, chats, memberships, requests, unread counts and files to a user's
/// account.
///
/// If the user has no default chat, the guest's default chat becomes the user's. Otherwise the two
/// are merged in chronological order. Other chats keep their ids. The guest's account is deleted.
/// Call this function when the host logs a user in, with the public name of *that* session, read
/// before the session is renewed. It is then safe to call it again.
///
/// Returns the user's account, or `None` if neither the guest nor the user has written yet.
///
/// # Errors
/// [`WebChatError::AccountBlocked`] if the user's or the guest's account is blocked. Nothing is
/// migrated then.
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let history = database
///     .write(move |tx| {
///         let guest = GuestId::new("4f3c");
///         let hello = NewMessage::text("Hello!");
///         save_webchat_message(tx, &channel, &Visitor::from(guest.clone()), hello)?;
///
///         let ada = User { id: "7".to_owned(), name: "Ada".to_owned(), ..User::default() };
///         migrate_guest_to_user(tx, &guest, &ada)?;
///         list_messages(tx, &Visitor::User(ada), &MessagePageRequest::default())
///     })
///     .wait()?;
/// assert_eq!(history.messages[0].text, "Hello!");
/// assert_eq!(history.chat_id.unwrap().as_str(), "webchat_user_7");
/// # Ok::<(), WebChatError>(())
/// ```
pub fn migrate_guest_to_user(
    tx: &mut Tx<'_>,
    guest: &GuestId,
    user: &User,
) -> Result<Option<Account>, WebChatError> {
    guest.check()?;
    user.check()?;
    let (guest_id, user_id) = (guest.account_id(), user.account_id());
    // The user's account may have to be created, and account ids are locked before accounts.
    account_tombstones::lock_account_ids(tx, std::slice::from_ref(&user_id))?;
    // The lock order is the same everywhere: accounts, then chats, then requests.
    let Some(guest) = accounts::lock(tx, &guest_id)? else {
        // The guest has not written, or was migrated before.
        return Ok(accounts::get(tx, &user_id)?);
    };
    if guest.blocked {
        return Err(WebChatError::AccountBlocked);
    }
    let channel = channels::get(tx, guest.channel_id)?.ok_or(WebChatError::NoChannel)?;
    let account = get_or_create_account(tx, &channel, &Visitor::User(user.clone()))?;

    let named_after = guest_migration::lock_chats_named_after(tx, &guest_id)?;
    messages::change_sender(tx, &guest_id, &account.id, &user.id)?;
    let mut default_chats = Vec::new();
    for chat in named_after {
        if chat.id == default_chat_id(&guest, chat.channel_id) {
            default_chats.push(move_default_chat(tx, &guest, &account, chat)?);
        }
    }
    claims::carry_over(tx, &guest, &account)?;
    guest_migration::move_memberships(tx, &guest_id, &account.id)?;
    for chat_id in default_chats {
        chat_counters::recount_unread(tx, &account.id, &chat_id)?;
    }
    ratings::change_account(tx, &guest_id, &account.id)?;
    requests::change_account(tx, &guest_id, &account.id, account.member_id)?;
    accounts::delete(tx, &guest_id)?;
    account_tombstones::record_merge(tx, &guest_id, &account.id)?;
    tx.emit(Event::AccountMerged {
        from: guest_id,
        to: account.id.clone(),
    });
    Ok(Some(account))
}

/// Creates the account of a user whom the host has identified, if there is none, and migrates what
/// `guest` has written to it, if there is a guest. Later writes with the id of the
/// guest are refused, except those that are under way.
///
/// Returns `true` if the guest is now this user, also if it was before. It is then safe to call it
/// again.
///
/// # Errors
/// - [`WebChatError::GuestTaken`] if the guest has become another user. Nothing is changed then.
/// - [`WebChatError::AccountBlocked`] if the user's or the guest's account is blocked, or was
///   erased within the last minute.
pub fn identify_guest(
    tx: &mut Tx<'_>,
    channel: &Channel,
    guest: Option<&GuestId>,
    user: &User,
) -> Result<bool, WebChatError> {
    user.check()?;
    let user_id = user.account_id();
    let guest_id = guest.map(GuestId::account_id);
    let ids: Vec<AccountId> = guest_id.iter().chain([&user_id]).cloned().collect();
    account_tombstones::lock_account_ids(tx, &ids)?;
    let mut is_guest = false;
    if let (Some(guest), Some(guest_id)) = (guest, guest_id) {
        guest.check()?;
        match account_tombstones::tombstone(tx, &guest_id, UtcTime::BEGINNING)? {
            Some(Tombstone::MergedInto { account, .. }) if account.id == user_id => is_guest = true,
            Some(Tombstone::MergedInto { .. }) => return Err(WebChatError::GuestTaken),
            // There is nothing to migrate.
            Some(Tombstone::Erased) => {}
            None => {
                let has_written = accounts::lock(tx, &guest_id)?.is_some();
                if has_written {
                    migrate_guest_to_user(tx, guest, user)?;
                } else {
                    get_or_create_account(tx, channel, &Visitor::User(user.clone()))?;
                    account_tombstones::record_merge(tx, &guest_id, &user_id)?;
                }
                is_guest = true;
            }
        }
    }
    get_or_create_account(tx, channel, &Visitor::User(user.clone()))?;
    Ok(is_guest)
}

/// Moves a guest's default chat to the id of the user's default chat, and merges the two if the
/// user has one. Returns the id of the chat afterwards.
fn move_default_chat(
    tx: &mut Tx<'_>,
    guest: &Account,
    account: &Account,
    chat: Chat,
) -> Result<ChatId, WebChatError> {
    let default_chat = default_chat_id(account, chat.channel_id);
    let mut moved = chat.clone();
    moved.id.clone_from(&default_chat);
    let is_new = chats::insert_if_absent(tx, &moved)?;
    if !is_new && takes_no_part(tx, account, &default_chat)? {
        // Another account's chat has that id, since a host may choose any user ids. The guest's
        // chat keeps its id.
        return Ok(chat.id);
    }
    let target = chats::lock(tx, &default_chat)?.ok_or(WebChatError::ChatNotFound)?;
    messages::move_to_chat(tx, &chat.id, &default_chat)?;
    requests::move_to_chat(tx, &guest.id, &chat.id, &target)?;
    holders::carry_over(tx, &chat.id, &target)?;
    ratings::carry_over(tx, &chat.id, &target)?;
    if chat.ended_at.is_none() && target.ended_at.is_some() {
        // One of the two goes on.
        chats::set_ended(tx, &target, None)?;
    }
    guest_migration::replace_chat(tx, &chat.id, &default_chat)?;
    change_numbers::rewrite(tx, &default_chat)?;
    if !is_new {
        chat_counters::recount_edges(tx, &default_chat)?;
        chat_counters::note_activity(tx, &target, chat.last_activity_at)?;
    }
    Ok(default_chat)
}

fn takes_no_part(tx: &mut Tx<'_>, account: &Account, chat_id: &ChatId) -> Result<bool, DbError> {
    let reader = visitor_access::for_reading(tx, &account.id, chat_id, None)?;
    Ok(reader.is_none_or(|reader| reader.part.is_none()))
}
