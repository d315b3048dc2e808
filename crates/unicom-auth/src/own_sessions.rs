//! Routes to list and end the user's own sessions (ASVS 5.0, 7.5.2).

use actix_web::{HttpRequest, HttpResponse, web};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use unicom_db::queries::change_numbers::announce_account;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_http::ApiError;
use unicom_http::openapi::Kind::{InvalidParameter, LoginRequired, NotFound};
use unicom_http::openapi::{ErrorResponses, error_kinds};
use unicom_models::UtcTime;
use utoipa::ToSchema;

use crate::browser::browser_in;
use crate::current_session::CurrentSession;
use crate::schema::unicom_sessions as sessions;
use crate::session_response::{LoggedOut, needs_session, user_of};
use crate::user::account_id;
use crate::{Auth, SessionLife, security_events};

/// Maximum number of listed sessions, the newest first.
const MOST_LISTED: i64 = 100;

/// A session of the user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnSession)]
struct OwnSession {
    /// Identifies the session. Does not grant access.
    id: String,
    /// When the user logged in.
    created_at: UtcTime,
    /// When the session ends if it is not used again.
    expires_at: UtcTime,
    /// Whether it is the session of this request.
    current: bool,
    /// The `User-Agent` of the browser at login, up to 200 characters.
    user_agent: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct OwnSessions {
    /// Always true.
    success: bool,
    /// The newest first, up to 100.
    sessions: Vec<OwnSession>,
}

/// Lists the user's own sessions
#[utoipa::path(
    get, path = "/auth/sessions", operation_id = "list_sessions", tag = "auth",
    responses(
        (status = 200, description = "The user's active sessions", body = OwnSessions),
        ErrorResponses<{ error_kinds(&[InvalidParameter, LoginRequired]) }>,
    ),
)]
pub(crate) async fn list(
    request: HttpRequest,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let session = CurrentSession::of(&request);
    let user = user_of(&auth, &session).await?;
    let current = session.public_name();
    let (now, life) = (auth.database.now(), auth.session_life);
    let found = auth
        .database
        .read(move |db| of_user(db, user.id, now, life));
    let sessions = found.await?.into_iter().map(|session| OwnSession {
        current: current.as_ref() == Some(&session.id),
        ..session
    });
    Ok(HttpResponse::Ok().json(OwnSessions {
        success: true,
        sessions: sessions.collect(),
    }))
}

/// Ends one of the user's own sessions
///
/// Takes effect with this response, in every process. Ending the session of this request logs out.
#[utoipa::path(
    delete, path = "/auth/sessions/{id}", operation_id = "end_session", tag = "auth",
    params(("id" = String, Path, description = "An `id` of the list")),
    responses(
        (status = 200, description = "Ended", body = LoggedOut),
        ErrorResponses<{ error_kinds(&[InvalidParameter, LoginRequired, NotFound]) }>,
    ),
)]
pub(crate) async fn end(
    request: HttpRequest,
    auth: web::Data<Auth>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let session = CurrentSession::of(&request);
    let user = user_of(&auth, &session).await?;
    let id = id.into_inner();
    if session.public_name().as_ref() == Some(&id) {
        security_events::note_logout(&request, false);
        session.end();
        return Ok(HttpResponse::Ok().json(LoggedOut { success: true }));
    }
    let ended: Result<bool, DbError> = auth
        .database
        .write(move |tx| end_of_user(tx, user.id, &id))
        .await;
    if !ended? {
        return Err(ApiError::not_found("there is no such session"));
    }
    security_events::note_ended_session(&request);
    Ok(HttpResponse::Ok().json(LoggedOut { success: true }))
}

/// Returns the sessions of a user that have not ended, the newest first.
fn of_user(
    db: &mut Db,
    user_id: i64,
    now: UtcTime,
    life: SessionLife,
) -> Result<Vec<OwnSession>, DbError> {
    type Row = (Option<String>, Value, UtcTime, UtcTime);
    let rows: Vec<Row> = on_engine!(db, conn => sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::created_at.desc(), sessions::key_hash))
        .limit(MOST_LISTED)
        .select((sessions::session_key, sessions::state, sessions::created_at, sessions::expires_at))
        .load(conn))?;
    let shown = rows
        .into_iter()
        .filter_map(|(id, state, created_at, expires_at)| {
            // The settings may have changed since the session was stored.
            let expires_at = expires_at.min(life.end(now, Some(created_at)));
            let session = OwnSession {
                id: id?,
                created_at,
                expires_at,
                current: false,
                user_agent: browser_in(&state),
            };
            (session.expires_at > now).then_some(session)
        });
    Ok(shown.collect())
}

/// Ends the user's session with this public name. Returns `true` if it existed.
fn end_of_user(tx: &mut Tx<'_>, user_id: i64, name: &str) -> Result<bool, DbError> {
    if name.contains('\0') {
        return Ok(false);
    }
    announce_account(tx, &account_id(user_id));
    let db: &mut Db = tx;
    let named = sessions::table
        .filter(sessions::session_key.eq(name))
        .filter(sessions::user_id.eq(user_id));
    Ok(on_engine!(db, conn => diesel::delete(named).execute(conn))? > 0)
}
