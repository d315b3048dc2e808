//! Checks that the session or token of a request has not ended since the request's head arrived.

use actix_web::HttpRequest;
use unicom_core::admin::Actor;
use unicom_db::Database;
use unicom_http::ApiError;

use crate::current_session::CurrentSession;
use crate::session::SessionOwner;
use crate::user::User;
use crate::{admins, bearer, session_store, tokens};

/// Checks that the session or token of the request, which was loaded when the head arrived, is
/// still valid.
///
/// # Errors
/// [`ApiError::invalid_credentials`] if the token was revoked or has expired,
/// [`ApiError::login_required`] if a user's session has ended, [`ApiError::ended_with_a_login`] if
/// a guest's session has ended, [`ApiError::staff_only`] if an admin is no longer one, and
/// [`ApiError::account_blocked`] if an admin is blocked.
pub(crate) async fn check(database: &Database, request: &HttpRequest) -> Result<(), ApiError> {
    let now = database.now();
    if let Some(bearer) = bearer::of(request) {
        let id = bearer.token_id;
        let user = database
            .read(move |db| tokens::user_of(db, id, now))
            .await?;
        let user = user.ok_or_else(bearer::invalid)?;
        return check_user(database, &bearer.user, user, Actor::token(id)).await;
    }
    let session = CurrentSession::of(request);
    let Some(name) = session.public_name() else {
        return Ok(());
    };
    let live = database.read(move |db| session_store::find_live(db, &name, now));
    let live = live.await?;
    match session.owner() {
        None => Ok(()),
        Some(SessionOwner::Guest(_)) => match live {
            Some(None) => Ok(()),
            Some(Some(_)) | None => Err(ApiError::ended_with_a_login()),
        },
        Some(SessionOwner::User(id)) => {
            let user = live
                .flatten()
                .filter(|user| user.id == id && user.is_active)
                .ok_or_else(|| ApiError::login_required("this session has ended; log in again"))?;
            let before = session.loaded_user().unwrap_or_else(|| user.clone());
            check_user(database, &before, user, Actor::user(id)).await
        }
    }
}

/// Checks that a user who was an admin `before` is still an admin and not blocked.
async fn check_user(
    database: &Database,
    before: &User,
    now: User,
    actor: Actor,
) -> Result<(), ApiError> {
    if before.is_staff && admins::of(database, now, actor).await?.is_none() {
        return Err(ApiError::staff_only("this requires an admin"));
    }
    Ok(())
}
