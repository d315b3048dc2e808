//! Migrations of guests' chats to users that failed at a login and are still pending. Sessions need
//! not remember them.

use diesel::dsl::exists;
use diesel::prelude::*;
use unicom_db::queries::accounts;
use unicom_db::{Database, Db, DbError, Tx, on_engine};
use unicom_models::UtcTime;
use unicom_webchat::{GuestId, WebChatError, migrate_guest_to_user};

use crate::guest_sessions;
use crate::schema::{unicom_pending_migrations as pending_migrations, unicom_users as users};
use crate::user::User;

/// Number of migrations read at a time.
const PAGE: i64 = 100;

/// Retries the migrations that failed at a login because an account was blocked or the database
/// failed. Each is retried separately and stays pending if it fails again. Returns how many
/// succeeded.
///
/// # Errors
/// [`DbError`] if the pending migrations cannot be read.
pub async fn migrate_pending_guests(database: &Database) -> Result<usize, DbError> {
    let (mut moved, mut after) = (0, String::new());
    loop {
        let some = database.read({
            let after = after.clone();
            move |db| pending_after(db, &after)
        });
        let some = some.await?;
        let Some((last, _)) = some.last() else {
            return Ok(moved);
        };
        after = last.session_key().to_owned();
        for (guest, user) in some {
            moved += usize::from(try_to_migrate(database, guest, &user).await);
        }
    }
}

/// Tries to migrate the guest's chats to the user's account and to end the guest's sessions.
/// Returns `true` on success. Failures are logged and not reported to the client.
pub(crate) async fn try_to_migrate(database: &Database, guest: GuestId, user: &User) -> bool {
    let (of_webchat, user_id) = (user.as_webchat_user(), user.id);
    let moved = database.write(move |tx| {
        migrate_guest_to_user(tx, &guest, &of_webchat)?;
        // Checked under the lock of the guest's account: another login may have been first.
        if is_pending_for_another(tx, &guest, user_id)? {
            return Err(WebChatError::GuestLoggedIn);
        }
        // After the guest's account is deleted: a session that begins meanwhile has either been
        // stored by now and is found here, or finds no account.
        guest_sessions::end_sessions_of_guest(tx, &guest)?;
        Ok(delete(tx, &guest)?)
    });
    let problem = match moved.await {
        Ok(()) => return true,
        // A blocked account is not migrated until it is unblocked. A migration pending for another
        // user stays.
        Err(WebChatError::AccountBlocked | WebChatError::GuestLoggedIn) => return false,
        Err(error) => error,
    };
    let said = format!(
        "a guest was not migrated to user {} yet: {problem}",
        user.id
    );
    match problem {
        _ if problem.is_temporary() => log::warn!("{said}"),
        _ => log::error!("{said}"),
    }
    false
}

/// Stores a pending migration from a guest to the user who logged in with the guest's session, and
/// ends the guest's sessions, because the guest's chats belong to the user. The first user takes
/// precedence. Does nothing if the user was erased meanwhile.
pub(crate) async fn record(
    database: &Database,
    guest: GuestId,
    user: &User,
) -> Result<(), DbError> {
    let id = user.id;
    let recorded: Result<(), DbError> = database.write(move |tx| insert(tx, &guest, id)).await;
    match recorded {
        Err(error) if error.is_foreign_key_violation() => Ok(()),
        recorded => recorded,
    }
}

/// Returns the guests with a pending migration to the user.
pub(crate) fn guests_of(db: &mut Db, user_id: i64) -> Result<Vec<GuestId>, DbError> {
    let keys: Vec<String> = on_engine!(db, conn => pending_migrations::table
        .filter(pending_migrations::user_id.eq(user_id))
        .order(pending_migrations::guest_key)
        .select(pending_migrations::guest_key)
        .load(conn))?;
    Ok(keys.into_iter().map(GuestId::new).collect())
}

/// Returns `true` if a migration from the guest to another user is pending. The first user to log
/// in with the guest's session gets the chats, however late.
fn is_pending_for_another(tx: &mut Tx<'_>, guest: &GuestId, user_id: i64) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    let pending_user: Option<i64> = on_engine!(db, conn => pending_migrations::table
        .find(guest.session_key())
        .select(pending_migrations::user_id)
        .first(conn)
        .optional())?;
    Ok(pending_user.is_some_and(|owner| owner != user_id))
}

/// Deletes the pending migration of the guest.
pub(crate) fn delete(tx: &mut Tx<'_>, guest: &GuestId) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(pending_migrations::table.find(guest.session_key())).execute(conn))?;
    Ok(())
}

/// Returns `true` if the guest has a pending migration that was stored at `since` or later.
pub(crate) fn is_pending(db: &mut Db, guest: &GuestId, since: UtcTime) -> Result<bool, DbError> {
    let query = diesel::select(exists(
        pending_migrations::table
            .find(guest.session_key())
            .filter(pending_migrations::pending_since.ge(since)),
    ));
    Ok(on_engine!(db, conn => query.get_result(conn))?)
}

fn pending_after(db: &mut Db, after: &str) -> Result<Vec<(GuestId, User)>, DbError> {
    let found: Vec<(String, User)> = on_engine!(db, conn => pending_migrations::table
        .inner_join(users::table)
        .filter(pending_migrations::guest_key.gt(after))
        .order(pending_migrations::guest_key)
        .limit(PAGE)
        .select((pending_migrations::guest_key, User::as_select()))
        .load(conn))?;
    Ok(found
        .into_iter()
        .map(|(key, user)| (GuestId::new(key), user))
        .collect())
}

fn insert(tx: &mut Tx<'_>, guest: &GuestId, user_id: i64) -> Result<(), DbError> {
    let now = tx.now();
    accounts::lock(tx, &guest.account_id())?;
    guest_sessions::end_sessions_of_guest(tx, guest)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(pending_migrations::table)
        .values((
            pending_migrations::guest_key.eq(guest.session_key()),
            pending_migrations::user_id.eq(user_id),
            pending_migrations::pending_since.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}
