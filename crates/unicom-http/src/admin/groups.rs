//! `admin/groups/`: manages groups of members, to which categories can be opened.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use unicom_core::admin::{
    GroupChange, add_group_member, create_group, delete_group, remove_group_member, update_group,
};
use unicom_db::{DbError, queries::groups};
use unicom_models::{GroupId, Member, MemberGroup, MemberId};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use super::required_name::NewGroup;
use crate::openapi::Kind::{InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{ApiError, ids, parameters, respond};

/// All groups.
#[derive(Serialize, ToSchema)]
struct GroupList {
    groups: Vec<MemberGroup>,
}

/// A group.
#[derive(Serialize, ToSchema)]
struct GroupResponse {
    group: MemberGroup,
}

/// A group and its members.
#[derive(Serialize, ToSchema)]
struct GroupAndMembers {
    group: MemberGroup,
    members: Vec<Member>,
}

/// Lists all groups by name.
#[utoipa::path(
    get, path = "/groups", operation_id = "list_groups", tag = "groups",
    responses(
        (status = 200, description = "All of them", body = Success<GroupList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    parameters::none(&request.http)?;
    let found = request.read(groups::list).await?;
    Ok(respond::ok(GroupList { groups: found }))
}

/// Creates a group.
#[utoipa::path(
    post, path = "/groups", operation_id = "create_group", tag = "groups", request_body = NewGroup,
    responses(
        (status = 201, description = "The group", body = Success<GroupResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText]) }>,
    ),
)]
pub(super) async fn create(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let new = request.body(payload).await?;
    let group = request
        .write(move |tx, actor, _| create_group(tx, actor, new))
        .await?;
    Ok(respond::created(GroupResponse { group }))
}

/// Returns a group and its members.
#[utoipa::path(
    get, path = "/groups/{id}", operation_id = "get_group", tag = "groups",
    params(("id" = GroupId, Path, description = "The group")),
    responses(
        (status = 200, description = "The group", body = Success<GroupAndMembers>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("group")?;
    let found = request.read(move |db| -> Result<_, DbError> {
        let Some(group) = groups::get(db, id)? else {
            return Ok(None);
        };
        let members = groups::members(db, id)?;
        Ok(Some(GroupAndMembers { group, members }))
    });
    let found = found.await?.ok_or_else(|| ids::missing("group"))?;
    Ok(respond::ok(found))
}

/// Changes a group.
#[utoipa::path(
    patch, path = "/groups/{id}", operation_id = "update_group", tag = "groups",
    params(("id" = GroupId, Path, description = "The group")), request_body = GroupChange,
    responses(
        (status = 200, description = "The group as it is now", body = Success<GroupResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound]) }>,
    ),
)]
pub(super) async fn update(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = request.id("group")?;
    let change = request.body(payload).await?;
    let group = request
        .write(move |tx, actor, _| update_group(tx, actor, id, change))
        .await?;
    Ok(respond::ok(GroupResponse { group }))
}

/// Deletes a group; its members stay.
#[utoipa::path(
    delete, path = "/groups/{id}", operation_id = "delete_group", tag = "groups",
    params(("id" = GroupId, Path, description = "The group")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn delete(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("group")?;
    request
        .write(move |tx, actor, _| delete_group(tx, actor, id))
        .await?;
    Ok(respond::ok(Empty {}))
}

/// Adds a member to a group; no effect if it is already in it.
#[utoipa::path(
    put, path = "/groups/{id}/members/{member_id}", operation_id = "add_group_member",
    tag = "groups",
    params(("id" = GroupId, Path, description = "The group"), ("member_id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn add_member(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let (group, member) = group_and_member(&request)?;
    request
        .write(move |tx, actor, _| add_group_member(tx, actor, group, member))
        .await?;
    Ok(respond::ok(Empty {}))
}

/// Removes a member from a group.
#[utoipa::path(
    delete, path = "/groups/{id}/members/{member_id}", operation_id = "remove_group_member",
    tag = "groups",
    params(("id" = GroupId, Path, description = "The group"), ("member_id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn remove_member(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let (group, member) = group_and_member(&request)?;
    let removed = request.write(move |tx, actor, _| remove_group_member(tx, actor, group, member));
    match removed.await? {
        true => Ok(respond::ok(Empty {})),
        false => Err(ids::missing("member of this group")),
    }
}

fn group_and_member(request: &AdminRequest) -> Result<(GroupId, MemberId), ApiError> {
    let (group, member): (String, String) = request.in_path("group")?;
    Ok((
        ids::parsed("group", &group)?,
        ids::parsed("member", &member)?,
    ))
}
