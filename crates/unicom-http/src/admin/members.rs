//! `admin/members/`: the people behind accounts.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use unicom_core::{CoreError, MemberChange, create_member, update_member};
use unicom_db::queries::{accounts, groups, members};
use unicom_models::{Member, MemberId};

use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, Fields, cursor, ids, read_json, respond};

/// Answers with a page of them, by id.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let parameters = Parameters::known(&request, &["limit", "cursor", "q"])?;
    let limit = parameters.limit()?;
    let text = parameters.get("q").map(str::to_owned);
    let after = parameters
        .get("cursor")
        .map(cursor::decode_id)
        .transpose()?;
    let found = api
        .database
        .read(move |db| members::list(db, text.as_deref(), after, i64::from(limit) + 1))
        .await?;
    Ok(respond::page("members", found, limit, |member| {
        member.id.to_string()
    }))
}

/// Makes one.
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let member = api
        .database
        .write(move |tx| -> Result<Member, CoreError> {
            let details = Value::Object(change.for_audit());
            let member = create_member(tx, change)?;
            note(tx, &staff, "member.create", subject(member.id), details)?;
            Ok(member)
        })
        .await?;
    Ok(respond::created(json!({ "member": member })))
}

/// Answers with one, the groups it is in, and its accounts.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let id = ids::parsed("member", &path)?;
    let found = api.database.read(move |db| -> Result<_, CoreError> {
        let Some(member) = members::get(db, id)? else {
            return Ok(None);
        };
        let (groups, accounts) = (groups::of_member(db, id)?, accounts::of_member(db, id)?);
        Ok(Some(
            json!({ "member": member, "groups": groups, "accounts": accounts }),
        ))
    });
    let found = found.await?.ok_or_else(|| ids::missing("member"))?;
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
    let id = ids::parsed("member", &path)?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let member = api
        .database
        .write(move |tx| -> Result<Member, CoreError> {
            let details = Value::Object(change.for_audit());
            let member = update_member(tx, id, change)?;
            note(tx, &staff, "member.update", subject(id), details)?;
            Ok(member)
        })
        .await?;
    Ok(respond::ok(json!({ "member": member })))
}

/// Deletes one; its accounts and requests stay.
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("member", &path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !members::delete(tx, id)? {
                return Err(ids::missing("member"));
            }
            Ok(note(tx, &staff, "member.delete", subject(id), json!({}))?)
        })
        .await?;
    Ok(respond::ok(json!({})))
}

fn change(mut fields: Fields) -> Result<MemberChange, ApiError> {
    Ok(MemberChange {
        name: fields.text("name")?,
        user_id: fields.text_or_null("user_id")?,
        email: fields.text_or_null("email")?,
        email_verified: fields.flag("email_verified")?,
        phone: fields.text_or_null("phone")?,
        phone_verified: fields.flag("phone_verified")?,
    })
}

fn subject(id: MemberId) -> String {
    format!("member:{id}")
}
