//! `admin/groups/`: manages groups of members, to which categories can be opened.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Value, json};
use unicom_core::{
    CoreError,
    admin::{GroupChange, create_group, join_group, update_group},
};
use unicom_db::{DbError, queries::groups};
use unicom_models::{GroupId, Member, MemberGroup, MemberId};
use utoipa::ToSchema;

use super::audit::note;
use crate::openapi::Kind::{InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{Api, ApiError, fields::Fields, ids, parameters, read_json, respond};

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

/// A new group.
#[derive(ToSchema)]
#[schema(as = NewGroup)]
#[expect(dead_code, reason = "described here, read by name")]
struct CreateFields {
    /// Must be unique.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    #[schema(max_length = 2000)]
    description: Option<String>,
}

/// The changes to a group.
#[derive(ToSchema)]
#[schema(as = GroupChange)]
#[expect(dead_code, reason = "described here, read by name")]
struct UpdateFields {
    /// Must be unique.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    #[schema(max_length = 2000)]
    description: Option<String>,
}

/// Lists all groups by name.
#[utoipa::path(
    get,
    path = "/groups",
    operation_id = "list_groups",
    tag = "groups",
    responses(
        (status = 200, description = "All of them", body = Success<GroupList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    parameters::none(&request)?;
    let found = api.database.read(groups::list).await?;
    Ok(respond::ok(GroupList { groups: found }))
}

/// Creates a group.
#[utoipa::path(
    post,
    path = "/groups",
    operation_id = "create_group",
    tag = "groups",
    request_body = CreateFields,
    responses(
        (status = 201, description = "The group", body = Success<GroupResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText]) }>,
    ),
)]
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let group = api
        .database
        .write(move |tx| -> Result<MemberGroup, CoreError> {
            let details = Value::Object(change.for_audit());
            let group = create_group(tx, change)?;
            note(tx, &admin, "group.create", subject(group.id), details)?;
            Ok(group)
        })
        .await?;
    Ok(respond::created(GroupResponse { group }))
}

/// Returns a group and its members.
#[utoipa::path(
    get,
    path = "/groups/{id}",
    operation_id = "get_group",
    tag = "groups",
    params(("id" = GroupId, Path, description = "The group")),
    responses(
        (status = 200, description = "The group", body = Success<GroupAndMembers>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let id = ids::parsed("group", &path)?;
    let found = api.database.read(move |db| -> Result<_, DbError> {
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
    patch,
    path = "/groups/{id}",
    operation_id = "update_group",
    tag = "groups",
    params(("id" = GroupId, Path, description = "The group")),
    request_body = UpdateFields,
    responses(
        (status = 200, description = "The group as it is now", body = Success<GroupResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound]) }>,
    ),
)]
pub(super) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let id = ids::parsed("group", &path)?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let group = api
        .database
        .write(move |tx| -> Result<MemberGroup, CoreError> {
            let details = Value::Object(change.for_audit());
            let group = update_group(tx, id, change)?;
            note(tx, &admin, "group.update", subject(id), details)?;
            Ok(group)
        })
        .await?;
    Ok(respond::ok(GroupResponse { group }))
}

/// Deletes a group; its members stay.
#[utoipa::path(
    delete,
    path = "/groups/{id}",
    operation_id = "delete_group",
    tag = "groups",
    params(("id" = GroupId, Path, description = "The group")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let id = ids::parsed("group", &path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !groups::delete(tx, id)? {
                return Err(ids::missing("group"));
            }
            Ok(note(tx, &admin, "group.delete", subject(id), json!({}))?)
        })
        .await?;
    Ok(respond::ok(Empty {}))
}

/// Adds a member to a group; no effect if it is already in it.
#[utoipa::path(
    put,
    path = "/groups/{id}/members/{member_id}",
    operation_id = "add_group_member",
    tag = "groups",
    params(("id" = GroupId, Path, description = "The group"), ("member_id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn add_member(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let (group, member) = group_and_member(&path)?;
    api.database
        .write(move |tx| -> Result<(), CoreError> {
            if join_group(tx, group, member)? {
                let details = json!({ "member_id": member });
                note(tx, &admin, "group.add_member", subject(group), details)?;
            }
            Ok(())
        })
        .await?;
    Ok(respond::ok(Empty {}))
}

/// Removes a member from a group.
#[utoipa::path(
    delete,
    path = "/groups/{id}/members/{member_id}",
    operation_id = "remove_group_member",
    tag = "groups",
    params(("id" = GroupId, Path, description = "The group"), ("member_id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn remove_member(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let (group, member) = group_and_member(&path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !groups::remove_member(tx, group, member)? {
                return Err(ids::missing("member of this group"));
            }
            let details = json!({ "member_id": member });
            note(tx, &admin, "group.remove_member", subject(group), details)?;
            Ok(())
        })
        .await?;
    Ok(respond::ok(Empty {}))
}

fn group_and_member((group, member): &(String, String)) -> Result<(GroupId, MemberId), ApiError> {
    Ok((ids::parsed("group", group)?, ids::parsed("member", member)?))
}

fn change(mut fields: Fields) -> Result<GroupChange, ApiError> {
    Ok(GroupChange {
        name: fields.text("name")?,
        description: fields.text("description")?,
    })
}

fn subject(id: GroupId) -> String {
    format!("group:{id}")
}
