//! Limits for the total size of files: per account, and for all guests together.

use unicom_db::{
    Db, Tx,
    queries::{guest_files, messages},
};
use unicom_models::AccountId;

use crate::{HostIdentity, Visitor, WebChatError};

/// Maximum total size of files in bytes, including the file of the message being written. `None`
/// means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaQuota {
    /// Limit for the files of one account.
    pub account: Option<u64>,
    /// Limit for the files of all guests together. It does not apply to users.
    pub all_guests: Option<u64>,
}

/// Checks whether a visitor may send another file of `size` bytes, before the file is put into the
/// media store.
///
/// A message that was already sent with the same `client_message_id` is not counted again. Only the
/// write that stores the message decides: see
/// [`NewMessage::media_quota`](crate::NewMessage::media_quota).
///
/// # Errors
/// [`WebChatError::QuotaExceeded`], [`WebChatError::GuestsQuotaExceeded`].
///
/// ```
/// # use unicom_testing::TestDatabase;
/// # use unicom_webchat::*;
/// # let test = TestDatabase::sqlite(&[&unicom_db::MIGRATIONS]);
/// # let database = test.database().clone();
/// let quota = MediaQuota { account: Some(1_000), ..MediaQuota::default() };
/// let refused = database
///     .read(move |db| may_send_file(db, &Visitor::guest("4f3c"), None, 2_000, quota))
///     .wait();
/// assert!(matches!(refused, Err(WebChatError::QuotaExceeded { quota: 1_000 })));
/// ```
pub fn may_send_file(
    db: &mut Db,
    visitor: &Visitor,
    client_message_id: Option<&str>,
    size: i64,
    quota: MediaQuota,
) -> Result<(), WebChatError> {
    let account_id = visitor.checked_account_id()?;
    let checked = check_account(db, &account_id, size, quota).and_then(|()| {
        match guests_quota(&account_id, quota) {
            Some(quota) => check_guests(guest_files::total(db)?, size, quota),
            None => Ok(()),
        }
    });
    match (checked, client_message_id) {
        (Err(WebChatError::QuotaExceeded { .. } | WebChatError::GuestsQuotaExceeded), Some(id))
            if messages::by_client_id(db, &account_id, id)?.is_some() =>
        {
            Ok(())
        }
        (checked, _) => checked,
    }
}

/// Returns an error if a file of `size` bytes would exceed a quota. The account must be locked, so
/// that two concurrent files are counted one after the other.
pub(crate) fn check_quota(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    size: i64,
    quota: MediaQuota,
) -> Result<(), WebChatError> {
    check_account(tx, account_id, size, quota)?;
    match guests_quota(account_id, quota) {
        Some(quota) => check_guests(guest_files::lock_total(tx)?, size, quota),
        None => Ok(()),
    }
}

fn check_account(
    db: &mut Db,
    account_id: &AccountId,
    size: i64,
    quota: MediaQuota,
) -> Result<(), WebChatError> {
    let Some(quota) = quota.account else {
        return Ok(());
    };
    if is_over(messages::media_bytes_of(db, account_id)?, size, quota) {
        return Err(WebChatError::QuotaExceeded { quota });
    }
    Ok(())
}

/// Returns the quota of all guests if the account belongs to a guest.
fn guests_quota(account_id: &AccountId, quota: MediaQuota) -> Option<u64> {
    let is_guest = matches!(
        HostIdentity::behind(account_id),
        Some(HostIdentity::Guest(_))
    );
    quota.all_guests.filter(|_| is_guest)
}

fn check_guests(total: i64, size: i64, quota: u64) -> Result<(), WebChatError> {
    if is_over(total, size, quota) {
        return Err(WebChatError::GuestsQuotaExceeded);
    }
    Ok(())
}

fn is_over(bytes: i64, size: i64, quota: u64) -> bool {
    u64::try_from(bytes.saturating_add(size)).is_ok_and(|sum| sum > quota)
}
