//! The accounts of the platform `Internal`.

use unicom_db::Tx;
use unicom_db::queries::{accounts, addresses};
use unicom_models::{Account, AccountId, Address, Channel};

use super::platform_kind;
use crate::CoreError;
use crate::validation::{check_display_name, check_id};

/// Who writes on the platform `Internal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writer {
    /// The user with this id of the host.
    User(String),
    /// The bot with this name. It does not have to be a configured bot.
    Bot(String),
    /// unicom itself.
    System,
}

impl Writer {
    /// Returns the address of the writer's account.
    pub fn address(&self) -> Address {
        Address::account(match self {
            Self::User(id) => format!("user_{id}"),
            Self::Bot(name) => format!("bot_{name}"),
            Self::System => "system".to_owned(),
        })
    }

    /// Returns the id of the writer's account.
    ///
    /// ```
    /// use unicom_core::internal::Writer;
    ///
    /// let id = |writer: Writer| writer.account_id().to_string();
    /// assert_eq!(id(Writer::User("7".to_owned())), "internal_user_7");
    /// assert_eq!(id(Writer::Bot("helper".to_owned())), "internal_bot_helper");
    /// assert_eq!(id(Writer::System), "internal_system");
    /// ```
    pub fn account_id(&self) -> AccountId {
        self.address().new_id(&platform_kind()).into()
    }

    /// Returns the host's id of the user that an account of the platform stands for. Returns `None`
    /// for any other account.
    pub fn user_behind(account: &AccountId) -> Option<&str> {
        account.as_str().strip_prefix("internal_user_")
    }
}

/// Returns the id of the writer's account. Creates it on `channel` with this name if it does not
/// exist.
///
/// # Errors
/// [`CoreError::Invalid`] and [`CoreError::Nul`] for an id or a name that cannot be stored.
pub fn account_of(
    tx: &mut Tx<'_>,
    channel: &Channel,
    writer: &Writer,
    name: &str,
) -> Result<AccountId, CoreError> {
    let (platform, address, id) = (platform_kind(), writer.address(), writer.account_id());
    if let Some(found) = addresses::find(tx, &platform, &address)? {
        let id = AccountId::from(found.target);
        if accounts::get(tx, &id)?.is_some() {
            return Ok(id);
        }
    }
    check_id("account", id.as_str())?;
    check_display_name("name", name)?;
    let mut account = Account::new(id.clone(), channel, name.to_owned(), tx.now());
    // unicom itself is no bot: a chat that it takes part in outlives the people in it.
    account.is_bot = matches!(writer, Writer::Bot(_));
    accounts::insert_if_absent(tx, &account)?;
    addresses::assign(tx, &platform, &address, id.as_str())?;
    Ok(id)
}
