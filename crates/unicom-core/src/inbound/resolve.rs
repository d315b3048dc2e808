//! `resolve_target`: finds the account and the chat of a message by their addresses, and creates
//! them on first contact.

use serde_json::{Map, Value};
use unicom_db::Tx;
use unicom_db::queries::account_tombstones::{self, Tombstone};
use unicom_db::queries::visitor_access::{self, References, WriteAccess};
use unicom_db::queries::{accounts, addresses, chats};
use unicom_models::{
    Account, AccountId, Address, AddressKind, AddressScope, Channel, Chat, ChatId, Id, UtcTime,
    contains_nul,
};

use super::event::{ChatInfo, Refusal, Sender};
use crate::CoreError;
use crate::text::without_invisible;
use crate::validation::{check_display_name, check_id};

/// Returns write access of the sender to the chat, which is locked. Creates both if their addresses
/// are unknown.
///
/// # Errors
/// [`CoreError::Invalid`], [`CoreError::Nul`]; [`CoreError::ChatNotFound`] if the chat is on
/// another channel of the platform.
pub(super) fn resolve_target(
    tx: &mut Tx<'_>,
    channel: &Channel,
    sender: &Sender,
    chat: &ChatInfo,
    references: References<'_>,
) -> Result<Result<WriteAccess, Refusal>, CoreError> {
    check_sender(channel, sender)?;
    check_address(channel, "chat.address", &chat.address)?;
    check_display_name("chat.name", chat.name.as_deref().unwrap_or_default())?;
    if chat.address.kind == AddressKind::Account {
        return Err(CoreError::invalid(
            "chat.address",
            "must be the address of a chat",
        ));
    }
    let platform = &channel.platform;
    let account_id = addresses::find(tx, platform, &sender.address)?;
    let chat_id = addresses::find(tx, platform, &chat.address)?;
    if let (Some(account), Some(chat)) = (account_id, chat_id) {
        let (account_id, chat_id) = (account.target.into(), chat.target.into());
        let access = visitor_access::for_writing(tx, &account_id, &chat_id, references)?;
        if let Some(access) = access {
            return on_channel(channel, access).map(Ok);
        }
    }
    // First contact, or access is denied.
    let account = match account_of(tx, channel, sender)? {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let chat_id = chat_of(tx, channel, chat)?;
    chats::join(tx, &account.id, &chat_id)?;
    match visitor_access::for_writing(tx, &account.id, &chat_id, references)? {
        Some(access) => on_channel(channel, access).map(Ok),
        None => Err(CoreError::ChatNotFound(chat_id)),
    }
}

/// Validates what an event says about its sender.
pub(super) fn check_sender(channel: &Channel, sender: &Sender) -> Result<(), CoreError> {
    check_address(channel, "sender.address", &sender.address)?;
    check_display_name("sender.name", &sender.name)?;
    if contains_nul(&sender.raw) {
        return Err(CoreError::Nul {
            field: "sender.raw",
        });
    }
    match sender.address.kind {
        AddressKind::Account => Ok(()),
        _ => Err(CoreError::invalid(
            "sender.address",
            "must be the address of an account",
        )),
    }
}

/// Checks that both engines can store the address and an id made from it, and that the address is
/// not one of another channel.
pub(super) fn check_address(
    channel: &Channel,
    field: &'static str,
    address: &Address,
) -> Result<(), CoreError> {
    check_id(field, &address.value)?;
    check_id(field, &address.new_id(&channel.platform))?;
    match address.scope {
        AddressScope::Channel(id) if id != channel.id => Err(CoreError::invalid(
            field,
            format!(
                "must be that of channel {} or of its platform, not that of channel {id}",
                channel.id
            ),
        )),
        _ => Ok(()),
    }
}

/// Stores the name and the data of a known account, if they have changed.
pub(super) fn refresh(
    tx: &mut Tx<'_>,
    account: &Account,
    sender: &Sender,
) -> Result<Account, CoreError> {
    let mut fresh = account.clone();
    let name = without_invisible(&sender.name);
    if !name.is_empty() {
        fresh.name = name;
    }
    if !sender.raw.is_null() {
        fresh.raw.clone_from(&sender.raw);
    }
    if fresh != *account {
        accounts::set_profile(tx, &fresh.id, &fresh.name, &fresh.raw)?;
    }
    Ok(fresh)
}

fn on_channel(channel: &Channel, access: WriteAccess) -> Result<WriteAccess, CoreError> {
    if access.channel.id == channel.id {
        Ok(access)
    } else {
        Err(CoreError::ChatNotFound(access.access.chat().id.clone()))
    }
}

fn account_of(
    tx: &mut Tx<'_>,
    channel: &Channel,
    sender: &Sender,
) -> Result<Result<Account, Refusal>, CoreError> {
    if let Some(known) = known_account(tx, channel, &sender.address)? {
        return Ok(known);
    }
    let mut id = AccountId::from(sender.address.new_id(&channel.platform));
    // Wait for another transaction that creates or erases this account, and look again.
    account_tombstones::lock_account_ids(tx, std::slice::from_ref(&id))?;
    if let Some(known) = known_account(tx, channel, &sender.address)? {
        return Ok(known);
    }
    let tombstone = account_tombstones::tombstone(tx, &id, UtcTime::BEGINNING)?;
    if tombstone == Some(Tombstone::Erased) {
        return Ok(Err(Refusal::AccountErased));
    }
    if accounts::get(tx, &id)?.is_some() {
        id = another_id(id.as_str()).into();
    }
    let mut account = Account::new(id, channel, without_invisible(&sender.name), tx.now());
    account.is_bot = sender.is_bot;
    account.raw = match &sender.raw {
        Value::Null => Value::Object(Map::new()),
        raw => raw.clone(),
    };
    accounts::insert_if_absent(tx, &account)?;
    addresses::assign(tx, &channel.platform, &sender.address, account.id.as_str())?;
    Ok(Ok(account))
}

fn known_account(
    tx: &mut Tx<'_>,
    channel: &Channel,
    address: &Address,
) -> Result<Option<Result<Account, Refusal>>, CoreError> {
    let Some(found) = addresses::find(tx, &channel.platform, address)? else {
        return Ok(None);
    };
    let account = accounts::lock(tx, &found.target.into())?;
    Ok(account.map(|account| match account.blocked {
        true => Err(Refusal::AccountBlocked),
        false => Ok(account),
    }))
}

fn chat_of(tx: &mut Tx<'_>, channel: &Channel, info: &ChatInfo) -> Result<ChatId, CoreError> {
    let platform = &channel.platform;
    if let Some(found) = addresses::find(tx, platform, &info.address)? {
        return Ok(found.target.into());
    }
    let mut chat = Chat::new(info.address.new_id(platform).into(), channel, tx.now());
    (chat.name, chat.is_private) = (info.name.as_deref().map(without_invisible), info.is_private);
    if !chats::insert_if_absent(tx, &chat)? {
        // Another transaction has just created the chat, or another chat has this id.
        if let Some(found) = addresses::find(tx, platform, &info.address)? {
            return Ok(found.target.into());
        }
        chat.id = another_id(chat.id.as_str()).into();
        chats::insert_if_absent(tx, &chat)?;
    }
    addresses::assign(tx, platform, &info.address, chat.id.as_str())?;
    Ok(chat.id)
}

/// Returns an unused id for an address whose usual id belongs to an account or chat that has
/// another address by now.
fn another_id(id: &str) -> String {
    format!("{id}_{}", Id::new())
}
