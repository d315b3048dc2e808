//! `admin/members/`: manages members, the people behind accounts.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicom_core::admin::{MemberChange, create_member, delete_member, update_member};
use unicom_db::DbError;
use unicom_db::queries::{accounts, groups, members};
use unicom_models::{Account, Member, MemberGroup, MemberId};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use super::required_name::NewMember;
use crate::openapi::Kind::{InvalidCursor, InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{PageParameters, read_page};
use crate::respond::{Empty, PageEnd, Success};
use crate::{ApiError, cursor, ids, respond};

/// A page of members.
#[derive(Serialize, ToSchema)]
struct MemberPage {
    members: Vec<Member>,
    #[serde(flatten)]
    end: PageEnd,
}

/// A member.
#[derive(Serialize, ToSchema)]
struct MemberResponse {
    member: Member,
}

/// A member with its groups and accounts.
#[derive(Serialize, ToSchema)]
struct MemberAndMore {
    member: Member,
    groups: Vec<MemberGroup>,
    accounts: Vec<Account>,
}

/// Which members are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// Members whose name, e-mail address or phone number contains this text.
    q: Option<String>,
}

/// Lists members by id.
#[utoipa::path(
    get, path = "/members", operation_id = "list_members", tag = "members",
    params(ListParameters, PageParameters),
    responses(
        (status = 200, description = "A page of the list", body = Success<MemberPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let (ListParameters { q }, PageParameters { limit, cursor }) = read_page(&request.http)?;
    let after = cursor.as_deref().map(cursor::decode_id).transpose()?;
    let found = request
        .read(move |db| members::list(db, q.as_deref(), after, i64::from(limit) + 1))
        .await?;
    let (members, end) = respond::page(found, limit, |member| member.id.to_string());
    Ok(respond::ok(MemberPage { members, end }))
}

/// Creates a member.
#[utoipa::path(
    post, path = "/members", operation_id = "create_member", tag = "members",
    request_body = NewMember,
    responses(
        (status = 201, description = "The member", body = Success<MemberResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText]) }>,
    ),
)]
pub(super) async fn create(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let new = request.body(payload).await?;
    let identity = Arc::clone(&request.api.identity);
    let member = request.write(move |tx, actor, _| {
        create_member(tx, actor, new, |tx, id| identity.is_user(tx, id))
    });
    let member = member.await?;
    Ok(respond::created(MemberResponse { member }))
}

/// Returns a member with its groups and accounts.
#[utoipa::path(
    get, path = "/members/{id}", operation_id = "get_member", tag = "members",
    params(("id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "The member", body = Success<MemberAndMore>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("member")?;
    let found = request.read(move |db| -> Result<_, DbError> {
        let Some(member) = members::get(db, id)? else {
            return Ok(None);
        };
        let (groups, accounts) = (groups::of_member(db, id)?, accounts::of_member(db, id)?);
        Ok(Some(MemberAndMore {
            member,
            groups,
            accounts,
        }))
    });
    let found = found.await?.ok_or_else(|| ids::missing("member"))?;
    Ok(respond::ok(found))
}

/// Changes a member.
#[utoipa::path(
    patch, path = "/members/{id}", operation_id = "update_member", tag = "members",
    params(("id" = MemberId, Path, description = "The member")), request_body = MemberChange,
    responses(
        (status = 200, description = "The member as it is now", body = Success<MemberResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound]) }>,
    ),
)]
pub(super) async fn update(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = request.id("member")?;
    let change = request.body(payload).await?;
    let identity = Arc::clone(&request.api.identity);
    let member = request.write(move |tx, actor, _| {
        update_member(tx, actor, id, change, |tx, id| identity.is_user(tx, id))
    });
    let member = member.await?;
    Ok(respond::ok(MemberResponse { member }))
}

/// Deletes a member; its accounts and requests stay.
#[utoipa::path(
    delete, path = "/members/{id}", operation_id = "delete_member", tag = "members",
    params(("id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn delete(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("member")?;
    request
        .write(move |tx, actor, _| delete_member(tx, actor, id))
        .await?;
    Ok(respond::ok(Empty {}))
}
