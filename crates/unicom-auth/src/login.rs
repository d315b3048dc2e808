//! Login and registration: authentication, the new session, and the migration of the guest's chats.

use actix_web::HttpRequest;
use unicom_db::{Database, DbError};
use unicom_http::ApiError;
use unicom_http::admission::{Login, LoginRefused};

use crate::current_session::CurrentSession;
use crate::login_outcome::{LoggedIn, LoginFailed};
use crate::password::Comparison;
use crate::session::Session;
use crate::user::User;
use crate::users::{self, CreateUserError, InvalidUser, NewUser};
use crate::{Auth, browser, password, pending_migrations, security_events};

/// Counts a login attempt under `key`, if rates are limited, and logs a refusal of `username`.
pub(crate) fn begin_attempt(
    auth: &Auth,
    request: &HttpRequest,
    key: &str,
    username: &str,
) -> Result<Option<Login>, LoginRefused> {
    let Some(admission) = &auth.admission else {
        return Ok(None);
    };
    let begun = admission.begin_login(request, key);
    begun.map(Some).inspect_err(|refused| {
        security_events::note_refused_login(auth, request, username, refused);
    })
}

/// Authenticates a user by name and password. A wrong name and a wrong password give the same
/// result in the same time.
pub(crate) async fn authenticate(
    auth: &Auth,
    username: String,
    password: String,
) -> Result<LoggedIn, LoginFailed> {
    let found = auth
        .database
        .read(move |db| users::with_password(db, &username))
        .await?;
    let (user, hash) = match found {
        Some((user, hash)) => (Some(user), hash),
        None => (None, password::DUMMY_HASH.to_owned()),
    };
    let (compared, hash, new_hash) = run_password_job(auth, move || {
        let compared = password::compare(&password, &hash);
        // A hash that cannot be made now is made at a later login.
        let is_old = compared == Comparison::RightInOldForm;
        let new_hash = is_old.then(|| password::hash(&password).ok()).flatten();
        (compared, hash, new_hash)
    })
    .await?;
    let user_id = user.as_ref().map(|user| user.id);
    let wrong = |reason| LoginFailed::Wrong { reason, user_id };
    let user = match user {
        None => return Err(wrong("unknown_name")),
        Some(_) if compared == Comparison::Wrong => return Err(wrong("wrong_password")),
        Some(user) if !user.is_active => return Err(wrong("deactivated")),
        Some(user) => user,
    };
    // Verifying a password takes long: the user may have been deleted or have a new password by
    // now.
    let id = user.id;
    let noted = auth
        .database
        .write(move |tx| users::note_login(tx, id, &hash, new_hash.as_deref()));
    let since = noted
        .await
        .map_err(|error: DbError| LoginFailed::from(error))?
        .ok_or_else(|| wrong("changed_meanwhile"))?;
    Ok(LoggedIn { user, since })
}

/// Creates a user and logs in as that user.
pub(crate) async fn register(
    auth: &Auth,
    new: NewUser,
    password: String,
) -> Result<LoggedIn, ApiError> {
    let (new, hash) = run_password_job(auth, move || {
        new.check_password(&password)?;
        Ok((new, password::hash(&password)))
    })
    .await?
    .map_err(|problem: InvalidUser| ApiError::invalid_body(problem.to_string()))?;
    let hash = hash.map_err(ApiError::unexpected)?;
    let made = auth.database.write(move |tx| {
        let user = users::register(tx, &new, &hash)?;
        let since = users::note_login(tx, user.id, &hash, None)?.unwrap_or(user.created_at);
        Ok(LoggedIn { user, since })
    });
    made.await.map_err(|error| match error {
        CreateUserError::UsernameTaken(_) => ApiError::username_taken(error.to_string()),
        CreateUserError::DisplayNameReserved => ApiError::invalid_body(error.to_string()),
        CreateUserError::Db(error) => error.into(),
    })
}

/// Begins the user's session and migrates the chats of the previous session's guest to the user's
/// account.
///
/// The guest's id is read before the session is renewed; afterwards no one could prove to be the
/// guest.
///
/// # Errors
/// Fails if nothing can be stored. The previous session then continues.
pub(crate) async fn begin(
    auth: &Auth,
    request: &HttpRequest,
    session: &CurrentSession,
    known: &LoggedIn,
) -> Result<(), ApiError> {
    let user = &known.user;
    let mut has_all = has_history(&auth.database, user).await?;
    if let Some(guest) = session.guest()
        && !pending_migrations::try_to_migrate(&auth.database, guest.clone(), user).await
    {
        pending_migrations::record(&auth.database, guest, user).await?;
        has_all = false;
    }
    begin_session(request, session, known, !has_all)
}

/// Begins the user's session in place of the previous one, with a new secret, public name and CSRF
/// token.
pub(crate) fn begin_session(
    request: &HttpRequest,
    current: &CurrentSession,
    known: &LoggedIn,
    has_pending_migration: bool,
) -> Result<(), ApiError> {
    let mut session = Session::of_user(known.user.id)?;
    session.state.has_pending_migration = has_pending_migration;
    session.state.user_agent = browser::user_agent(request);
    current.begin(session, Some(known.since));
    Ok(())
}

/// Retries the migrations to the session's user that failed at a login.
pub(crate) async fn retry_pending(
    database: &Database,
    session: &CurrentSession,
    user: &User,
) -> Result<(), ApiError> {
    let has_all = has_history(database, user).await?;
    session.set_pending_migration(!has_all);
    Ok(())
}

/// Retries the pending migrations to the user. Returns `true` if none is left.
async fn has_history(database: &Database, user: &User) -> Result<bool, DbError> {
    let id = user.id;
    let mut has_all = true;
    for guest in database
        .read(move |db| pending_migrations::guests_of(db, id))
        .await?
    {
        has_all &= pending_migrations::try_to_migrate(database, guest, user).await;
    }
    Ok(has_all)
}

/// Runs password work on a blocking thread. Only a few jobs run concurrently, since each takes a
/// core and much memory.
///
/// # Errors
/// [`ApiError::busy`] if too many jobs are waiting.
pub(crate) async fn run_password_job<T: Send + 'static>(
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
