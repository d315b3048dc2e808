//! Histories of guests that are owed to users: a login could not move them, and no session need remember them.

use diesel::dsl::exists;
use diesel::prelude::*;
use unicom_core::CoreError;
use unicom_db::queries::accounts;
use unicom_db::{Database, Db, DbError, Tx, on_engine};
use unicom_models::UtcTime;
use unicom_webchat::{GuestId, WebChatError, migrate_guest_to_user};

use crate::guest_sessions;
use crate::schema::{unicom_owed_histories as pending_migrations, unicom_users as users};
use crate::user::User;

/// Histories that are looked up at a time.
const AT_ONCE: i64 = 100;

/// Tries again to give users what a login could not: somebody was blocked, or the database failed. How many histories
/// arrived. Each is moved by itself; what fails again stays owed.
///
/// # Errors
/// [`DbError`] where the database does not tell what is owed.
pub async fn migrate_pending_guests(database: &Database) -> Result<usize, DbError> {
    let (mut moved, mut after) = (0, String::new());
    loop {
        let some = database.read({
            let after = after.clone();
            move |db| owed_after(db, &after)
        });
        let some = some.await?;
        let Some((last, _)) = some.last() else {
            return Ok(moved);
        };
        after = last.session_key().to_owned();
        for (guest, user) in some {
            moved += usize::from(try_to_move(database, guest, &user).await);
        }
    }
}

/// Tries to give a guest's history to the user, and ends the guest's sessions with it. Returns whether the
/// user has it now. Why not is logged and never told.
pub(crate) async fn try_to_move(database: &Database, guest: GuestId, user: &User) -> bool {
    let (of_webchat, user_id) = (user.as_webchat_user(), user.id);
    let moved = database.write(move |tx| {
        migrate_guest_to_user(tx, &guest, &of_webchat)?;
        // Under the lock of the guest's account: another login may have been first meanwhile.
        if is_owed_to_another(tx, &guest, user_id)? {
            return Err(WebChatError::GuestLoggedIn);
        }
        // After the guest's account is gone: a session that begins meanwhile has been stored by now, and
        // is seen, or it finds no account.
        guest_sessions::end_sessions_of_guest(tx, &guest)?;
        Ok(forget(tx, &guest)?)
    });
    let problem = match moved.await {
        Ok(()) => return true,
        // A blocked account gives and takes nothing until somebody unblocks it.
        // What is owed to another user stays so.
        Err(WebChatError::AccountBlocked | WebChatError::GuestLoggedIn) => return false,
        Err(error) => error,
    };
    let said = format!(
        "a guest's history was not moved to user {} yet: {problem}",
        user.id
    );
    match problem {
        WebChatError::Core(CoreError::Db(error)) if error.is_temporary() => log::warn!("{said}"),
        _ => log::error!("{said}"),
    }
    false
}

/// Remembers that a guest's history is owed to the user who has proved the guest, and ends the guest's
/// sessions: what the guest has belongs to the user. The first user counts. To a user who was erased
/// meanwhile, nothing is owed.
pub(crate) async fn remember(
    database: &Database,
    guest: GuestId,
    user: &User,
) -> Result<(), DbError> {
    let id = user.id;
    let remembered: Result<(), DbError> = database.write(move |tx| insert(tx, &guest, id)).await;
    match remembered {
        Err(error) if error.is_foreign_key_violation() => Ok(()),
        remembered => remembered,
    }
}

/// The guests whose histories are owed to the user.
pub(crate) fn owed_to(db: &mut Db, user_id: i64) -> Result<Vec<GuestId>, DbError> {
    let keys: Vec<String> = on_engine!(db, conn => pending_migrations::table
        .filter(pending_migrations::user_id.eq(user_id))
        .order(pending_migrations::guest_key)
        .select(pending_migrations::guest_key)
        .load(conn))?;
    Ok(keys.into_iter().map(GuestId::new).collect())
}

/// Returns whether the guest's history is owed to another user: the first one who proved the guest gets
/// it, however late.
fn is_owed_to_another(tx: &mut Tx<'_>, guest: &GuestId, user_id: i64) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    let owed_to: Option<i64> = on_engine!(db, conn => pending_migrations::table
        .find(guest.session_key())
        .select(pending_migrations::user_id)
        .first(conn)
        .optional())?;
    Ok(owed_to.is_some_and(|owner| owner != user_id))
}

/// Forgets that the guest's history is owed to anybody.
pub(crate) fn forget(tx: &mut Tx<'_>, guest: &GuestId) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(pending_migrations::table.find(guest.session_key())).execute(conn))?;
    Ok(())
}

/// Returns whether the guest's history has been owed to a user since `since` or later.
pub(crate) fn is_owed(db: &mut Db, guest: &GuestId, since: UtcTime) -> Result<bool, DbError> {
    let query = diesel::select(exists(
        pending_migrations::table
            .find(guest.session_key())
            .filter(pending_migrations::owed_since.ge(since)),
    ));
    Ok(on_engine!(db, conn => query.get_result(conn))?)
}

fn owed_after(db: &mut Db, after: &str) -> Result<Vec<(GuestId, User)>, DbError> {
    let found: Vec<(String, User)> = on_engine!(db, conn => pending_migrations::table
        .inner_join(users::table)
        .filter(pending_migrations::guest_key.gt(after))
        .order(pending_migrations::guest_key)
        .limit(AT_ONCE)
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
            pending_migrations::owed_since.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(())
}
