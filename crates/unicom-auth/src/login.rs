//! Logging in: who it is, a new session, and the guest's history.

use actix_session::Session;
use unicom_core::CoreError;
use unicom_db::{Database, DbError};
use unicom_http::ApiError;
use unicom_webchat::{GuestId, WebChatError, migrate_guest_to_user};

use crate::session::{self, Holder};
use crate::users::{self, CreateUserError, NewUser, User};
use crate::{Auth, password};

/// The user of that name and password. A wrong name and a wrong password are the same, and take the same time.
pub(crate) async fn authenticate(
    auth: &Auth,
    username: String,
    password: String,
) -> Result<User, ApiError> {
    let found = auth
        .database
        .read(move |db| users::with_password(db, &username))
        .await?;
    let (user, hash) = match found {
        Some((user, hash)) => (Some(user), hash),
        None => (None, password::OF_NOBODY.to_owned()),
    };
    let is_right = slowly(auth, move || password::is_right(&password, &hash)).await?;
    match user.filter(|user| is_right && user.is_active) {
        Some(user) => Ok(user),
        None => Err(ApiError::invalid_credentials(
            "the username or the password is wrong",
        )),
    }
}

/// Makes a user.
pub(crate) async fn register(
    auth: &Auth,
    new: NewUser,
    password: String,
) -> Result<User, ApiError> {
    let hash = slowly(auth, move || password::hash(&password))
        .await?
        .map_err(ApiError::unexpected)?;
    let made = auth
        .database
        .write(move |tx| users::create(tx, &new, &hash))
        .await;
    made.map_err(|error| match error {
        CreateUserError::UsernameTaken(_) => ApiError::username_taken(error.to_string()),
        CreateUserError::Db(error) => error.into(),
    })
}

/// Begins the user's session, and gives the user what the guest of the session before has written.
///
/// The guest's name is taken before the session is renewed: afterwards nobody could prove it.
pub(crate) async fn begin(auth: &Auth, session: &Session, user: &User) -> Result<(), ApiError> {
    settle(auth, session).await?;
    let before = session::holder(session);
    let held_up = session::pending_guest(session);
    session::begin_user(session, user.id)?;
    if before == Holder::User(user.id) {
        session::set_pending_guest(session, held_up.as_ref())?;
    }
    let id = user.id;
    let noted: Result<(), DbError> = auth
        .database
        .write(move |tx| users::note_login(tx, id))
        .await;
    if let Err(error) = noted {
        log::warn!("a login could not be noted: {error}");
    }
    if let Holder::Guest(guest) = before {
        move_history(&auth.database, session, guest, user).await?;
    }
    Ok(())
}

/// Tries once more to give the session's user what a login could not, before the session ends.
pub(crate) async fn settle(auth: &Auth, session: &Session) -> Result<(), ApiError> {
    let (Holder::User(id), Some(guest)) =
        (session::holder(session), session::pending_guest(session))
    else {
        return Ok(());
    };
    match auth.database.read(move |db| users::get(db, id)).await? {
        Some(user) => move_history(&auth.database, session, guest, &user).await,
        None => Ok(()),
    }
}

/// Gives a guest's history to the user. A failure is logged and remembered in the session, never told.
pub(crate) async fn move_history(
    database: &Database,
    session: &Session,
    guest: GuestId,
    user: &User,
) -> Result<(), ApiError> {
    let moved = database.write({
        let (guest, user) = (guest.clone(), user.as_webchat_user());
        move |tx| migrate_guest_to_user(tx, &guest, &user)
    });
    match moved.await {
        Ok(_) => session::set_pending_guest(session, None),
        // A blocked account gives and takes nothing until somebody unblocks it.
        Err(WebChatError::AccountBlocked) => session::set_pending_guest(session, Some(&guest)),
        Err(error) => {
            match &error {
                WebChatError::Core(CoreError::Db(error)) if error.is_temporary() => {
                    log::warn!(
                        "a guest's history was not moved to user {} yet: {error}",
                        user.id
                    );
                }
                error => log::error!(
                    "a guest's history was not moved to user {} yet: {error}",
                    user.id
                ),
            }
            session::set_pending_guest(session, Some(&guest))
        }
    }
}

/// Runs password work on a blocking thread, a few at a time: each takes a core and much memory. Where too much of it
/// waits already, the client is told to come again.
async fn slowly<T: Send + 'static>(
    auth: &Auth,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let Ok(_place) = auth.password_queue.try_acquire() else {
        return Err(ApiError::busy());
    };
    let _permit = auth
        .passwords
        .acquire()
        .await
        .map_err(ApiError::unexpected)?;
    actix_web::web::block(work)
        .await
        .map_err(ApiError::unexpected)
}
