//! What had ended in a database that a backup takes the place of, and must not begin again in it.

mod accounts;
mod carried_over;
mod erased;
mod sessions;
mod tokens;
mod users;

use unicom_db::{Db, Tx};

use accounts::block_accounts;
pub use carried_over::{CarriedOver, CarryOverError};
use erased::shut_out_erased;
use sessions::{end_guest_sessions, end_sessions_that_had_ended};
pub use sessions::{end_sessions_of_guests, end_user_sessions};
use tokens::revoke_tokens;
use users::{Users, restrict_users};

/// Takes over into the database of `tx`, which was restored from a backup, what had ended in the
/// `replaced` one since the backup was made, and notes it in `carried`: users who were deactivated,
/// or are no longer staff, newer passwords, revoked tokens, blocked accounts, sessions. Of people who
/// were erased, users and sessions are shut out.
///
/// Nothing is taken over that was not the same person's or token's: both databases must agree on
/// its number and name and on when it was made, since numbers may have been given a second time.
/// What the backup has newer stays.
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
    end_guest_sessions(tx, replaced, carried)
}
