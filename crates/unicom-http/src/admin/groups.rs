//! `admin/groups/`: groups of members, to whom categories can be opened together.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use unicom_core::{CoreError, GroupChange, create_group, join_group, update_group};
use unicom_db::{DbError, queries::groups};
use unicom_models::{GroupId, MemberGroup, MemberId};

use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, Fields, ids, read_json, respond};

/// Answers with all of them, by name.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    Parameters::known(&request, &[])?;
    let found = api.database.read(groups::list).await?;
    Ok(respond::ok(json!({ "groups": found })))
}

/// Makes one.
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let group = api
        .database
        .write(move |tx| -> Result<MemberGroup, CoreError> {
            let details = Value::Object(change.for_audit());
            let group = create_group(tx, change)?;
            note(tx, &staff, "group.create", subject(group.id), details)?;
            Ok(group)
        })
        .await?;
    Ok(respond::created(json!({ "group": group })))
}

/// Answers with one and its members.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let id = ids::parsed("group", &path)?;
    let found = api.database.read(move |db| -> Result<_, DbError> {
        let Some(group) = groups::get(db, id)? else {
            return Ok(None);
        };
        Ok(Some(
            json!({ "group": group, "members": groups::members(db, id)? }),
        ))
    });
    let found = found.await?.ok_or_else(|| ids::missing("group"))?;
    Ok(respond::ok(found))
}

/// Changes one.
pub(super) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("group", &path)?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let group = api
        .database
        .write(move |tx| -> Result<MemberGroup, CoreError> {
            let details = Value::Object(change.for_audit());
            let group = update_group(tx, id, change)?;
            note(tx, &staff, "group.update", subject(id), details)?;
            Ok(group)
        })
        .await?;
    Ok(respond::ok(json!({ "group": group })))
}

/// Deletes one; its members stay.
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("group", &path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !groups::delete(tx, id)? {
                return Err(ids::missing("group"));
            }
            Ok(note(tx, &staff, "group.delete", subject(id), json!({}))?)
        })
        .await?;
    Ok(respond::ok(json!({})))
}

/// Puts a member into one, which it may be in already.
pub(super) async fn add_member(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let (group, member) = group_and_member(&path)?;
    api.database
        .write(move |tx| -> Result<(), CoreError> {
            if join_group(tx, group, member)? {
                let details = json!({ "member_id": member });
                note(tx, &staff, "group.add_member", subject(group), details)?;
            }
            Ok(())
        })
        .await?;
    Ok(respond::ok(json!({})))
}

/// Takes a member out of one.
pub(super) async fn remove_member(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let (group, member) = group_and_member(&path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !groups::remove_member(tx, group, member)? {
                return Err(ids::missing("member of this group"));
            }
            let details = json!({ "member_id": member });
            note(tx, &staff, "group.remove_member", subject(group), details)?;
            Ok(())
        })
        .await?;
    Ok(respond::ok(json!({})))
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
