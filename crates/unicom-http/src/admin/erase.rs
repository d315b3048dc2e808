//! `…/erase`: erases a person with all their data.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicom_core::person::{Erased, PersonRef};
use unicom_db::{DbError, Tx};
use unicom_models::{AccountId, MemberId};
use utoipa::ToSchema;

use super::audit::note;
use crate::openapi::Kind::{InvalidParameter, NotFound, StaffUser, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{flag, read_only};
use crate::respond::Success;
use crate::security_log::note_reading;
use crate::upload::delete_files;
use crate::{Api, ApiError, ids, respond};

/// What was erased, or would be.
#[derive(Serialize, ToSchema)]
struct WhatWasErased {
    /// Whether this was a dry run, which erases nothing.
    dry_run: bool,
    erased: Erased,
}

/// How a person is erased.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct EraseParameters {
    /// With `true` nothing is erased: the response reports what would be.
    #[serde(default, deserialize_with = "flag")]
    dry_run: Option<bool>,
}

/// Erases the person behind an account with all their data.
///
/// Refused for users who are admins.
#[utoipa::path(
    post,
    path = "/accounts/{id}/erase",
    operation_id = "erase_account",
    tag = "accounts",
    params(("id" = AccountId, Path, description = "The account"), EraseParameters),
    responses(
        (status = 200, description = "What was erased", body = Success<WhatWasErased>),
        ErrorResponses<{ error_kinds(&[NotFound, InvalidParameter, UnknownFilter, StaffUser]) }>,
    ),
)]
pub(super) async fn account(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let id: AccountId = ids::text("account", path.into_inner())?.into();
    let subject = format!("account:{id}");
    erase(&request, &api, PersonRef::Account(id), "account", subject).await
}

/// Erases a member with all accounts and all their data.
///
/// Refused for users who are admins.
#[utoipa::path(
    post,
    path = "/members/{id}/erase",
    operation_id = "erase_member",
    tag = "members",
    params(("id" = MemberId, Path, description = "The member"), EraseParameters),
    responses(
        (status = 200, description = "What was erased", body = Success<WhatWasErased>),
        ErrorResponses<{ error_kinds(&[NotFound, InvalidParameter, UnknownFilter, StaffUser]) }>,
    ),
)]
pub(super) async fn member(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let id: MemberId = ids::parsed("member", &path)?;
    erase(
        &request,
        &api,
        PersonRef::Member(id),
        "member",
        format!("member:{id}"),
    )
    .await
}

/// Why nothing was erased.
enum NotErased {
    /// The person does not exist.
    NotFound,
    /// A dry run, with what would have been erased.
    Only(Box<Erased>),
    /// The erasure was refused, or the database failed.
    Refused(ApiError),
}

impl From<DbError> for NotErased {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<ApiError> for NotErased {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

async fn erase(
    request: &HttpRequest,
    api: &Api,
    whom: PersonRef,
    what: &'static str,
    subject: String,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(request).await?;
    let dry_run = read_only::<EraseParameters>(request)?.dry_run == Some(true);
    if dry_run {
        note_reading(request, &admin);
    }
    let identity = Arc::clone(&api.identity);
    let erased = api.database.write(move |tx| {
        let by_host = |tx: &mut Tx<'_>, known: &_| Ok(identity.erase(tx, known)?);
        let erased = unicom_webchat::erase::<NotErased>(tx, &whom, by_host)?;
        let erased = erased.ok_or(NotErased::NotFound)?;
        if dry_run {
            // The error rolls the transaction back.
            return Err(NotErased::Only(Box::new(erased)));
        }
        let details = serde_json::to_value(&erased).unwrap_or_default();
        note(tx, &admin, &format!("{what}.erase"), subject, details)?;
        Ok(erased)
    });
    let erased = match erased.await {
        Ok(mut erased) => {
            delete_files(api, std::mem::take(&mut erased.file_keys)).await;
            erased
        }
        Err(NotErased::Only(erased)) => *erased,
        Err(NotErased::NotFound) => return Err(ids::missing(what)),
        Err(NotErased::Refused(error)) => return Err(error),
    };
    Ok(respond::ok(WhatWasErased { dry_run, erased }))
}
