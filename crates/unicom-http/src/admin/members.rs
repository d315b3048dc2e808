//! `admin/members/`: manages members, the people behind accounts.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unicom_core::{
    CoreError,
    admin::{MemberChange, create_member, update_member},
};
use unicom_db::queries::{accounts, groups, members};
use unicom_models::{Account, Member, MemberGroup, MemberId};
use utoipa::ToSchema;

use super::audit::note;
use crate::openapi::Kind::{InvalidCursor, InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{PageParameters, read_page};
use crate::respond::{Empty, PageEnd, Success};
use crate::{Api, ApiError, cursor, fields::Fields, ids, read_json, respond};

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

/// A new member.
#[derive(ToSchema)]
#[schema(as = NewMember)]
#[expect(dead_code, reason = "described here, read by name")]
struct CreateFields {
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    #[serde(flatten)]
    rest: OtherFields,
}

/// The changes to a member.
#[derive(ToSchema)]
#[schema(as = MemberChange)]
#[expect(dead_code, reason = "described here, read by name")]
struct UpdateFields {
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    #[serde(flatten)]
    rest: OtherFields,
}

/// The fields of a member besides its name.
#[derive(ToSchema)]
#[schema(as = MemberFields)]
#[expect(dead_code, reason = "described here, read by name")]
struct OtherFields {
    /// The id of an existing user, unique; `null` clears it.
    #[schema(min_length = 1, max_length = 255)]
    user_id: Option<String>,
    /// `null` clears it. A new address is unverified unless `email_verified` is set.
    #[schema(min_length = 3, max_length = 254)]
    email: Option<String>,
    email_verified: Option<bool>,
    /// With country code, as in `+49 170 1234567`; `null` clears it. A new number is unverified
    /// unless `phone_verified` is set.
    #[schema(pattern = r"^\+[0-9 ./()-]+$")]
    phone: Option<String>,
    phone_verified: Option<bool>,
}

/// Lists members by id.
#[utoipa::path(
    get,
    path = "/members",
    operation_id = "list_members",
    tag = "members",
    params(ListParameters, PageParameters),
    responses(
        (status = 200, description = "A page of the list", body = Success<MemberPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let (ListParameters { q }, PageParameters { limit, cursor }) = read_page(&request)?;
    let after = cursor.as_deref().map(cursor::decode_id).transpose()?;
    let found = api
        .database
        .read(move |db| members::list(db, q.as_deref(), after, i64::from(limit) + 1))
        .await?;
    let (members, end) = respond::page(found, limit, |member| member.id.to_string());
    Ok(respond::ok(MemberPage { members, end }))
}

/// Creates a member.
#[utoipa::path(
    post,
    path = "/members",
    operation_id = "create_member",
    tag = "members",
    request_body = CreateFields,
    responses(
        (status = 201, description = "The member", body = Success<MemberResponse>),
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
    let identity = Arc::clone(&api.identity);
    let member = api
        .database
        .write(move |tx| -> Result<Member, CoreError> {
            let details = Value::Object(change.for_audit());
            change.check_user(|id| identity.is_user(tx, id))?;
            let member = create_member(tx, change)?;
            note(tx, &admin, "member.create", subject(member.id), details)?;
            Ok(member)
        })
        .await?;
    Ok(respond::created(MemberResponse { member }))
}

/// Returns a member with its groups and accounts.
#[utoipa::path(
    get,
    path = "/members/{id}",
    operation_id = "get_member",
    tag = "members",
    params(("id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "The member", body = Success<MemberAndMore>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let id = ids::parsed("member", &path)?;
    let found = api.database.read(move |db| -> Result<_, CoreError> {
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
    patch,
    path = "/members/{id}",
    operation_id = "update_member",
    tag = "members",
    params(("id" = MemberId, Path, description = "The member")),
    request_body = UpdateFields,
    responses(
        (status = 200, description = "The member as it is now", body = Success<MemberResponse>),
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
    let id = ids::parsed("member", &path)?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let identity = Arc::clone(&api.identity);
    let member = api
        .database
        .write(move |tx| -> Result<Member, CoreError> {
            let details = Value::Object(change.for_audit());
            change.check_user(|id| identity.is_user(tx, id))?;
            let member = update_member(tx, id, change)?;
            note(tx, &admin, "member.update", subject(id), details)?;
            Ok(member)
        })
        .await?;
    Ok(respond::ok(MemberResponse { member }))
}

/// Deletes a member; its accounts and requests stay.
#[utoipa::path(
    delete,
    path = "/members/{id}",
    operation_id = "delete_member",
    tag = "members",
    params(("id" = MemberId, Path, description = "The member")),
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
    let id = ids::parsed("member", &path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !members::delete(tx, id)? {
                return Err(ids::missing("member"));
            }
            Ok(note(tx, &admin, "member.delete", subject(id), json!({}))?)
        })
        .await?;
    Ok(respond::ok(Empty {}))
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
