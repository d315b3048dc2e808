//! [`VisitorToken`]: what a visitor of another site sends in the place of a session.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use unicom_http::{ApiError, random_token};
use unicom_models::{AccountId, ChannelId, UtcTime};
use unicom_webchat::{GuestId, User, Visitor};

use crate::SecretKey;

/// The prefix of every token, by which people and scanners recognize one.
pub(crate) const PREFIX: &str = "uvt_";

/// The prefix of the ids of guests and users who come from other sites. No other id has it: those
/// of sessions are hexadecimal, and those of this server's users are numbers.
pub(crate) const ID_PREFIX: &str = "x_";

/// How long a guest's token is valid without being refreshed.
const GUEST_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long a guest's token can be refreshed, from the first one on.
const LONGEST_GUEST_LIFE: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// After which time a guest's token should be refreshed.
const REFRESH_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the token of an identified visitor is valid at most.
const LONGEST_USER_LIFE: Duration = Duration::from_secs(60 * 60);

/// Maximum length of a token, in bytes: that of one with the longest name.
const LONGEST: usize = 4096;

/// What a token says. It is signed, not encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VisitorToken {
    /// The id of the token.
    pub id: String,
    /// The channel for which the token is valid.
    pub channel_id: ChannelId,
    /// The visitor of the token.
    owner: Owner,
    /// When the first token was issued that this one continues.
    first_issued_at: UtcTime,
    /// When the token was issued.
    pub issued_at: UtcTime,
    /// When it expires.
    pub expires_at: UtcTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Owner {
    /// A guest, with the public id.
    Guest(String),
    /// A user whom the site has identified.
    User { id: String, name: String },
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenRefused {
    /// This server did not sign it.
    Invalid,
    /// Its time is over.
    Expired,
}

impl VisitorToken {
    /// Creates the first token of a new guest.
    ///
    /// # Errors
    /// [`ApiError::internal`] if the operating system provides no randomness.
    pub fn of_new_guest(channel_id: ChannelId, now: UtcTime) -> Result<Self, ApiError> {
        let guest = format!("{ID_PREFIX}{}", random_token()?);
        Ok(Self {
            id: random_token()?,
            channel_id,
            owner: Owner::Guest(guest),
            first_issued_at: now,
            issued_at: now,
            expires_at: now.plus(GUEST_LIFE),
        })
    }

    /// Creates a token of the same guest that is valid for longer. Returns `None` if this is not
    /// the token of a guest.
    ///
    /// # Errors
    /// [`ApiError::internal`] if the operating system provides no randomness.
    pub fn refreshed(&self, now: UtcTime) -> Result<Option<Self>, ApiError> {
        if self.guest().is_none() {
            return Ok(None);
        }
        let end = self.first_issued_at.plus(LONGEST_GUEST_LIFE);
        Ok(Some(Self {
            id: random_token()?,
            issued_at: now,
            expires_at: now.plus(GUEST_LIFE).min(end),
            ..self.clone()
        }))
    }

    /// Creates the token of a user whom a site has identified until `until`, valid for an hour at
    /// most.
    ///
    /// # Errors
    /// [`ApiError::internal`] if the operating system provides no randomness.
    pub fn of_user(
        channel_id: ChannelId,
        user: &User,
        until: UtcTime,
        now: UtcTime,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            id: random_token()?,
            channel_id,
            owner: Owner::User {
                id: user.id.clone(),
                name: user.name.clone(),
            },
            first_issued_at: now,
            issued_at: now,
            expires_at: until.min(now.plus(LONGEST_USER_LIFE)),
        })
    }

    /// Returns the token as a client sends it.
    pub fn sign(&self, key: &SecretKey) -> Result<String, ApiError> {
        let content = serde_json::to_vec(self).map_err(ApiError::unexpected)?;
        let content = BASE64_URL_SAFE_NO_PAD.encode(content);
        let signature = key.sign("visitor token", &content);
        Ok(format!("{PREFIX}{content}.{signature}"))
    }

    /// Returns what a token says.
    ///
    /// # Errors
    /// [`TokenRefused`] if this server did not sign it, or if it has expired.
    pub fn verify(key: &SecretKey, text: &str, now: UtcTime) -> Result<Self, TokenRefused> {
        let invalid = TokenRefused::Invalid;
        if text.len() > LONGEST {
            return Err(invalid);
        }
        let signed = text.strip_prefix(PREFIX).ok_or(invalid)?;
        let (content, signature) = signed.split_once('.').ok_or(invalid)?;
        let expected = key.sign("visitor token", content);
        if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
            return Err(invalid);
        }
        let content = BASE64_URL_SAFE_NO_PAD
            .decode(content)
            .map_err(|_| invalid)?;
        // A version of unicom that writes other fields makes other tokens.
        let token: Self = serde_json::from_slice(&content).map_err(|_| invalid)?;
        if token.expires_at <= now {
            return Err(TokenRefused::Expired);
        }
        Ok(token)
    }

    /// Returns the visitor whose token it is.
    pub fn visitor(&self) -> Visitor {
        match &self.owner {
            Owner::Guest(id) => Visitor::guest(id.clone()),
            Owner::User { id, name } => Visitor::user(id.clone(), name.clone()),
        }
    }

    /// Returns the guest whose token it is, or `None` if it is a user's.
    pub fn guest(&self) -> Option<GuestId> {
        match &self.owner {
            Owner::Guest(id) => Some(GuestId::new(id.clone())),
            Owner::User { .. } => None,
        }
    }

    /// Returns the id of the visitor's account.
    pub fn account_id(&self) -> AccountId {
        self.visitor().account_id()
    }

    /// Returns the time from which on the token should be refreshed, or `None` if it cannot be.
    pub fn refresh_after(&self) -> Option<UtcTime> {
        self.guest()?;
        Some(self.issued_at.plus(REFRESH_AFTER))
    }
}

/// Returns `true` if the visitor comes from another site, with a token.
pub(crate) fn is_from_other_site(visitor: &Visitor) -> bool {
    match visitor {
        Visitor::Guest(guest) => guest.id.session_key().starts_with(ID_PREFIX),
        Visitor::User(user) => user.id.starts_with(ID_PREFIX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecretKey {
        SecretKey::new("a secret that is long enough to be one").unwrap()
    }

    fn at(seconds: u64) -> UtcTime {
        UtcTime::BEGINNING.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn only_unchanged_tokens_of_this_server_are_accepted() {
        let (key, now) = (key(), at(1_000));
        let token = VisitorToken::of_new_guest(ChannelId(7), now).unwrap();
        let text = token.sign(&key).unwrap();
        assert_eq!(VisitorToken::verify(&key, &text, now), Ok(token));
        let refused = |text: &str| {
            assert_eq!(
                VisitorToken::verify(&key, text, now),
                Err(TokenRefused::Invalid),
                "{text}"
            );
        };
        for length in 0..text.len() {
            refused(&text[..length]);
        }
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] ^= 1;
            refused(&String::from_utf8_lossy(&changed));
        }
        refused(&format!("{text}0"));
        let other = SecretKey::new("another secret that is long enough").unwrap();
        refused(
            &VisitorToken::of_new_guest(ChannelId(7), now)
                .unwrap()
                .sign(&other)
                .unwrap(),
        );
        // Signed for another purpose.
        let content = text[PREFIX.len()..].split_once('.').unwrap().0;
        refused(&format!(
            "{PREFIX}{content}.{}",
            key.sign("csrf token", content)
        ));
    }

    #[test]
    fn guests_are_refreshed_up_to_a_limit() {
        let day = 24 * 60 * 60;
        let mut token = VisitorToken::of_new_guest(ChannelId(7), at(0)).unwrap();
        let guest = token.guest();
        for days in (20..=180).step_by(20) {
            token = token.refreshed(at(days * day)).unwrap().unwrap();
            assert_eq!(token.guest(), guest);
        }
        assert_eq!(token.expires_at, at(180 * day));
        let text = token.sign(&key()).unwrap();
        let verify = |now| VisitorToken::verify(&key(), &text, now);
        assert_eq!(verify(at(180 * day - 1)), Ok(token));
        assert_eq!(verify(at(180 * day)), Err(TokenRefused::Expired));
    }

    #[test]
    fn users_are_identified_for_an_hour_at_most() {
        let user = User {
            id: "x_ann".to_owned(),
            name: "Ann".to_owned(),
            ..User::default()
        };
        let until = |seconds| {
            let token = VisitorToken::of_user(ChannelId(7), &user, at(seconds), at(0)).unwrap();
            assert_eq!(token.refreshed(at(1)).unwrap(), None);
            token.expires_at
        };
        assert_eq!(until(600), at(600));
        assert_eq!(until(1), at(1));
        assert_eq!(until(86_400), at(3_600));
    }
}
