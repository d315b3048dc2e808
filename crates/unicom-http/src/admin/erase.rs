//! `…/erase`: erases a person with all their data.

use std::sync::Arc;

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use unicom_core::person::{Erased, PersonRef};
use unicom_models::{AccountId, MemberId};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{InvalidParameter, NotFound, StaffUser, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{flag, read_only};
use crate::respond::Success;
use crate::security_log::note_reading;
use crate::upload::delete_files;
use crate::{ApiError, respond};

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
    post, path = "/accounts/{id}/erase", operation_id = "erase_account", tag = "accounts",
    params(("id" = AccountId, Path, description = "The account"), EraseParameters),
    responses(
        (status = 200, description = "What was erased", body = Success<WhatWasErased>),
        ErrorResponses<{ error_kinds(&[NotFound, InvalidParameter, UnknownFilter, StaffUser]) }>,
    ),
)]
pub(super) async fn account(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.name("account")?.into();
    erase(&request, PersonRef::Account(id)).await
}

/// Erases a member with all accounts and all their data.
///
/// Refused for users who are admins.
#[utoipa::path(
    post, path = "/members/{id}/erase", operation_id = "erase_member", tag = "members",
    params(("id" = MemberId, Path, description = "The member"), EraseParameters),
    responses(
        (status = 200, description = "What was erased", body = Success<WhatWasErased>),
        ErrorResponses<{ error_kinds(&[NotFound, InvalidParameter, UnknownFilter, StaffUser]) }>,
    ),
)]
pub(super) async fn member(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("member")?;
    erase(&request, PersonRef::Member(id)).await
}

async fn erase(request: &AdminRequest, whom: PersonRef) -> Result<HttpResponse, ApiError> {
    let AdminRequest { api, http, .. } = request;
    let dry_run = read_only::<EraseParameters>(http)?.dry_run == Some(true);
    if dry_run {
        note_reading(http, &request.admin);
    }
    let identity = Arc::clone(&api.identity);
    let erased = request.write(move |tx, actor, _| {
        unicom_webchat::erase(tx, actor, &whom, dry_run, |tx, known| {
            identity.erase(tx, known)
        })
    });
    let mut erased = erased.await?;
    let files = std::mem::take(&mut erased.file_keys);
    if !dry_run {
        delete_files(api, files).await;
    }
    Ok(respond::ok(WhatWasErased { dry_run, erased }))
}
