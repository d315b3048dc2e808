//! The sessions of a guest.

use diesel::prelude::*;
use unicom_db::queries::change_numbers::announce_account;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_webchat::GuestId;

use crate::schema::unicom_sessions as sessions;

/// Ends all sessions of a guest. The guest's account must be locked, so that no session begins
/// meanwhile.
pub(crate) fn end_sessions_of_guest(tx: &mut Tx<'_>, guest: &GuestId) -> Result<(), DbError> {
    announce_account(tx, &guest.account_id());
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(
            sessions::table.filter(sessions::session_key.eq(guest.session_key())),
        )
        .execute(conn))?;
    Ok(())
}
