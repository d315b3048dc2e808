//! [`Claims`]: what a visitor says about themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use unicom_core::CoreError;
use unicom_core::text::{email_address, has_visible, without_invisible};
use unicom_db::Tx;
use unicom_db::queries::accounts;
use unicom_models::Account;

use crate::pre_chat::{self, MOST_FIELDS};
use crate::write_access::ensure_not_blocked;
use crate::{Visitor, WebChatError};

/// The member of an account's `raw` that has the claims.
const CLAIMS: &str = "claims";

/// Maximum length of a name in characters.
const LONGEST_NAME: usize = 255;

/// Maximum length of a telephone number in characters.
const LONGEST_PHONE: usize = 32;

/// Maximum length of an answer in characters.
const LONGEST_ANSWER: usize = 2000;

/// What a visitor says about themselves, for the people who answer. It is never verified, and
/// neither finds nor changes a member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Claims {
    /// The name, at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Answers to what else the channel asks ([`PreChatField`](crate::PreChatField)), at most 20 of
    /// at most 2,000 characters, by the names of the fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl Claims {
    /// Returns the claims that are stored with an account.
    pub fn of(account: &Account) -> Option<Self> {
        let claims = account.raw.get(CLAIMS)?;
        Self::deserialize(claims).ok()
    }

    /// Returns the claims without those that are empty.
    ///
    /// # Errors
    /// [`WebChatError::InvalidField`] and [`CoreError::Nul`] name what is wrong.
    pub(crate) fn checked(self) -> Result<Self, WebChatError> {
        let has_name = given(self.name.clone()).is_some();
        let claims = Self {
            name: given(self.name.map(|name| without_invisible(&name))),
            email: given(self.email),
            phone: given(self.phone),
            fields: self.fields,
        };
        let invalid = |field, problem| Err(WebChatError::InvalidField { field, problem });
        if has_name && !claims.name.as_deref().is_some_and(has_visible) {
            return invalid("name", "must have visible characters");
        }
        if let Some(name) = &claims.name
            && (name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control))
        {
            return invalid(
                "name",
                "must be at most 255 characters long, without control characters",
            );
        }
        if claims
            .email
            .as_deref()
            .is_some_and(|email| email_address(email).is_err())
        {
            return invalid("email", "must be an e-mail address");
        }
        if !claims.phone.as_deref().is_none_or(is_number) {
            return invalid(
                "phone",
                "must be a telephone number: at most 32 digits, spaces and `+-./()`",
            );
        }
        if claims.fields.len() > MOST_FIELDS {
            return invalid("fields", "must have at most 20 entries");
        }
        if !claims.fields.keys().all(|name| pre_chat::is_name(name)) {
            return invalid(
                "fields",
                "must have names of 1 to 64 lowercase letters, digits and `_`, which begin with a \
                 letter",
            );
        }
        let is_too_long = |answer: &String| answer.chars().count() > LONGEST_ANSWER;
        if claims.fields.values().any(is_too_long) {
            return invalid("fields", "must have texts of at most 2,000 characters");
        }
        if claims.fields.values().any(|answer| answer.contains('\0')) {
            return Err(CoreError::Nul { field: "fields" }.into());
        }
        Ok(claims)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Returns `true` for a telephone number, which may lack its country.
fn is_number(text: &str) -> bool {
    text.len() <= LONGEST_PHONE
        && text.contains(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || " +-./()".contains(c))
}

/// Returns a text without the space around it, unless nothing is left.
fn given(text: Option<String>) -> Option<String> {
    let text = text?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Stores what a visitor says about themselves, in the place of what they said before. Nothing else
/// about the account changes: neither its name, nor what a site has said about its user.
///
/// Returns `false` if the visitor has not written yet: then nothing is stored, and the first
/// message [takes the claims along](crate::NewMessage::claims).
///
/// # Errors
/// [`WebChatError::InvalidField`], [`CoreError::Nul`], [`WebChatError::AccountBlocked`].
///
/// ```
/// # use unicom_webchat::*;
/// # let (test, channel) = unicom_testing::doc_site(WebChat);
/// # let database = test.database().clone();
/// let is_stored = database
///     .write(move |tx| {
///         let guest = Visitor::guest("4f3c");
///         save_webchat_message(tx, &channel, &guest, NewMessage::text("Hello!"))?;
///         set_claims(tx, &guest, Claims { name: Some("Ada".to_owned()), ..Claims::default() })
///     })
///     .wait()?;
/// assert!(is_stored);
/// # Ok::<(), WebChatError>(())
/// ```
pub fn set_claims(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    claims: Claims,
) -> Result<bool, WebChatError> {
    let claims = claims.checked()?;
    let id = visitor.checked_account_id()?;
    let Some(account) = accounts::lock(tx, &id)? else {
        return Ok(false);
    };
    store(tx, &ensure_not_blocked(account)?, &claims)?;
    Ok(true)
}

/// Stores checked claims with an account that is locked.
pub(crate) fn store(
    tx: &mut Tx<'_>,
    account: &Account,
    claims: &Claims,
) -> Result<(), WebChatError> {
    let stored = if claims.is_empty() {
        None
    } else {
        serde_json::to_value(claims).ok()
    };
    let raw = with_claims(account.raw.clone(), stored);
    if raw != account.raw {
        accounts::set_profile(tx, &account.id, &account.name, &raw)?;
    }
    Ok(())
}

/// Returns the data of a platform about an account, `raw`, with the claims that are stored with
/// `account`, so that new data does not delete them.
pub fn keep_claims(account: &Account, raw: Value) -> Value {
    with_claims(raw, account.raw.get(CLAIMS).cloned())
}

/// Returns the claims of a message without those that are empty.
///
/// # Errors
/// Those of invalid claims, which name the member of the message.
pub(crate) fn of_message(claims: Claims) -> Result<Claims, WebChatError> {
    claims.checked().map_err(|error| match error {
        WebChatError::InvalidField { field, problem } => WebChatError::InvalidField {
            field: match field {
                "name" => "claims.name",
                "email" => "claims.email",
                "phone" => "claims.phone",
                _ => "claims.fields",
            },
            problem,
        },
        error => error,
    })
}

/// Keeps what a guest has said when the guest becomes the user of `account`, unless the user has
/// said something. Both accounts are locked.
pub(crate) fn carry_over(
    tx: &mut Tx<'_>,
    guest: &Account,
    account: &Account,
) -> Result<(), WebChatError> {
    match (Claims::of(guest), Claims::of(account)) {
        (Some(claims), None) => store(tx, account, &claims),
        _ => Ok(()),
    }
}

fn with_claims(raw: Value, claims: Option<Value>) -> Value {
    let mut fields = match raw {
        Value::Object(fields) => fields,
        Value::Null => Map::new(),
        other => Map::from_iter([("raw".to_owned(), other)]),
    };
    match claims {
        Some(claims) => fields.insert(CLAIMS.to_owned(), claims),
        None => fields.remove(CLAIMS),
    };
    Value::Object(fields)
}
