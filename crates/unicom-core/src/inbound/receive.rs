//! [`receive`], the only entry point for what platforms report.

use unicom_db::queries::{accounts, addresses, chats, provider_messages};
use unicom_db::{Event, Tx};
use unicom_models::{AccountId, Address, AddressKind, Channel, ChatId};

use super::append::append_incoming;
use super::changes;
use super::event::{Applied, ClickEvent, MessageEvent, PlatformEvent, Refusal};
use super::resolve::{check_address, check_sender, refresh, resolve_target};
use super::{IncomingMessage, Saved};
use crate::CoreError;
use crate::buttons::{click, click_by_number, find_button};

/// Applies an event that a provider reported through `channel`.
///
/// An event that is repeated changes nothing the second time. Apply all events of one call of the
/// provider in one transaction, and answer the provider after the commit: if the transaction fails,
/// nothing of them is stored, and the provider's repetition finds the same state as the first call.
///
/// An account that writes for the first time is created with the id `{platform}_{address}`, or
/// `{platform}_{channel}_{address}` if its [`Address`] is that of the channel, and so is a chat.
/// The name and the data of a known account are updated. A message becomes a request; an edit, a
/// deletion or a receipt does not.
///
/// # Errors
/// [`CoreError::ChannelInactive`]; [`CoreError::ChatNotFound`] if the chat is on another channel;
/// [`CoreError::Invalid`] and [`CoreError::Nul`] for ids, names and texts that cannot be stored;
/// those of [`append_incoming`].
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
/// let hello = IncomingMessage {
///     text: "Hello!".to_owned(),
///     provider_message_id: Some("SM1".to_owned()),
///     ..IncomingMessage::default()
/// };
/// let (ada, chat) = (Sender::new("49170", "Ada"), ChatInfo::new(channel.id, "49170"));
/// let event = PlatformEvent::message(ada, chat, hello);
/// let repeated = database
///     .write(move |tx| {
///         receive(tx, &channel, event.clone())?;
///         // Providers may report a message twice.
///         receive(tx, &channel, event)
///     })
///     .wait()?;
/// assert!(!repeated.into_saved().unwrap().is_new);
/// # Ok::<(), unicom_core::CoreError>(())
/// ```
pub fn receive(
    tx: &mut Tx<'_>,
    channel: &Channel,
    event: PlatformEvent,
) -> Result<Applied, CoreError> {
    if !channel.active {
        return Err(CoreError::ChannelInactive(channel.id));
    }
    match event {
        PlatformEvent::Message(event) => message(tx, channel, *event),
        PlatformEvent::Edited(edit) => changes::edit(tx, channel, edit),
        PlatformEvent::Deleted {
            provider_message_id: id,
        } => changes::delete(tx, channel, &id),
        PlatformEvent::Clicked(event) => clicked(tx, channel, event),
        PlatformEvent::Receipt(receipt) => changes::receipt(tx, channel, receipt),
        PlatformEvent::AddressChanged { from, to } => address_changed(tx, channel, &from, &to),
        PlatformEvent::ChatGone { chat, reason } => changes::chat_gone(tx, channel, &chat, reason),
    }
}

fn message(tx: &mut Tx<'_>, channel: &Channel, event: MessageEvent) -> Result<Applied, CoreError> {
    let MessageEvent {
        sender,
        chat,
        mut message,
        reply_to,
        numbered_buttons,
    } = event;
    if let Some(id) = reply_to {
        message.reply_to_message_id = changes::of_provider(tx, channel, &id)?.map(|one| one.id);
    }
    let access = match resolve_target(tx, channel, &sender, &chat, message.references()?)? {
        Ok(access) => access,
        Err(refusal) => return Ok(Applied::Refused(refusal)),
    };
    // The chat is locked: a repetition that runs at the same time has waited.
    let provider_id = message.provider_message_id.clone();
    if let Some(id) = &provider_id
        && let Some(before) = provider_messages::find(tx, channel.id, id)?
    {
        return Ok(Applied::stored(Saved::before(before)));
    }
    let (account, chat) = (access.access.account(), access.access.chat());
    if access.repeated.is_some()
        && let Some(before) = message.find_duplicate(tx, account, Some(&chat.id))?
    {
        return Ok(Applied::stored(Saved::before(before)));
    }
    // What is answered may be gone, or in another chat.
    message.reply_to_message_id = message
        .reply_to_message_id
        .filter(|_| access.reply_is_there);
    let account = refresh(tx, account, &sender)?;
    let saved = match click_by_number(tx, &account, &chat.id, &message, numbered_buttons)? {
        Some(clicked) => clicked,
        None => {
            let access = access.with_account(account);
            Saved::new(append_incoming(tx, &access, message, None)?)
        }
    };
    if let Some(id) = provider_id.filter(|_| saved.is_new) {
        provider_messages::insert(tx, &saved.message, &id)?;
    }
    Ok(Applied::stored(saved))
}

fn clicked(tx: &mut Tx<'_>, channel: &Channel, event: ClickEvent) -> Result<Applied, CoreError> {
    check_sender(channel, &event.sender)?;
    if let Some(provider_click_id) = event.provider_click_id {
        tx.emit(Event::ClickTaken {
            channel_id: channel.id,
            account: event.sender.address.clone(),
            provider_click_id,
        });
    }
    let Some(account) = addresses::find(tx, &channel.platform, &event.sender.address)? else {
        return Ok(Applied::Refused(Refusal::UnknownButton));
    };
    let account_id = AccountId::from(account.target);
    let found = find_button(tx, &account_id, &event.callback_execution_id)?;
    // An account may have chats on other channels of the platform.
    let Some(button) = found.filter(|button| button.channel_id() == channel.id) else {
        let account = accounts::get(tx, &account_id)?;
        return Ok(Applied::Refused(match account {
            Some(account) if account.blocked => Refusal::AccountBlocked,
            _ => Refusal::UnknownButton,
        }));
    };
    let account = refresh(tx, button.account(), &event.sender)?;
    let incoming = IncomingMessage {
        raw: event.raw,
        ..IncomingMessage::default()
    };
    match click(tx, button.with_account(account), incoming, None) {
        Ok(saved) => Ok(Applied::stored(saved)),
        Err(CoreError::ButtonExpired) => Ok(Applied::Refused(Refusal::ButtonExpired)),
        Err(error) => Err(error),
    }
}

fn address_changed(
    tx: &mut Tx<'_>,
    channel: &Channel,
    from: &Address,
    to: &Address,
) -> Result<Applied, CoreError> {
    check_address(channel, "from", from)?;
    check_address(channel, "to", to)?;
    let is_account = |address: &Address| address.kind == AddressKind::Account;
    if is_account(from) != is_account(to) {
        return Err(CoreError::invalid(
            "to",
            "must be the address of an account if `from` is, and of a chat otherwise",
        ));
    }
    let platform = &channel.platform;
    let Some(target) = addresses::find(tx, platform, from)?.map(|found| found.target) else {
        return Ok(Applied::Refused(Refusal::UnknownAddress));
    };
    let is_there = if is_account(from) {
        accounts::lock(tx, &AccountId::from(target.as_str()))?.is_some()
    } else {
        let chat = chats::lock(tx, &ChatId::from(target.as_str()))?;
        chat.is_some_and(|chat| chat.channel_id == channel.id)
    };
    if !is_there {
        return Ok(Applied::Refused(Refusal::UnknownAddress));
    }
    let before = addresses::find(tx, platform, to)?;
    if before.is_some_and(|before| before.target == target && before.is_current) {
        return Ok(Applied::Unchanged);
    }
    addresses::assign(tx, platform, to, &target)?;
    Ok(Applied::Changed)
}
