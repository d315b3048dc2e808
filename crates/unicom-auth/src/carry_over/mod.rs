//! Carries over what had ended in a database that is replaced by a backup, so that it does not
//! become valid again.

mod accounts;
mod carried_over;
mod erased;
mod sessions;
mod tokens;
mod users;
mod visitor_tokens;

use unicom_db::{Db, Tx};

use accounts::block_accounts;
pub use carried_over::{CarriedOver, CarryOverError};
use erased::shut_out_erased;
use sessions::{end_guest_sessions, end_sessions_that_had_ended};
pub use sessions::{end_sessions_of_guests, end_user_sessions};
use tokens::revoke_tokens;
use users::{Users, restrict_users};
use visitor_tokens::revoke_visitor_tokens;

/// Takes over what had ended in the `replaced` database since the backup was made into the database
/// of `tx`, which was restored from that backup, and records it in `carried`: deactivated users,
/// users who are no longer admins, newer passwords, revoked tokens, blocked accounts and ended
/// sessions. Users who were erased lose their login and sessions.
///
/// Only changes to the same person or token are taken over: both databases must agree on its id,
/// name and creation time, since ids may have been assigned again. Newer values in the backup stay.
///
/// # Errors
/// [`CarryOverError`] says which of the databases failed.
pub fn carry_over(
    tx: &mut Tx<'_>,
    replaced: &mut Db,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    shut_out_erased(tx, replaced, carried)?;
    let users = Users::in_both(tx, replaced)?;
    restrict_users(tx, &users, carried)?;
    revoke_tokens(tx, replaced, &users, carried)?;
    block_accounts(tx, replaced, &users, carried)?;
    end_sessions_that_had_ended(tx, replaced, &users, carried)?;
    end_guest_sessions(tx, replaced, carried)?;
    revoke_visitor_tokens(tx, replaced, carried)
}
