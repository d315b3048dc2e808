//! `admin/categories/`: kinds of requests, in a tree.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Value, json};
use unicom_core::{CategoryChange, CoreError, create_category, update_category};
use unicom_db::queries::categories;
use unicom_db::{Db, DbError};
use unicom_models::{CategoryId, CategoryLinks, RequestCategory};

use super::Management;
use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, Fields, ids, read_json, respond};

/// A category as staff sees it.
#[derive(Serialize)]
struct CategoryJson {
    #[serde(flatten)]
    category: RequestCategory,
    #[serde(flatten)]
    links: CategoryLinks,
}

/// Answers with all of them, siblings in their order.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    Parameters::known(&request, &[])?;
    let found = api.database.read(|db| -> Result<Vec<_>, DbError> {
        let all = categories::list(db)?.into_iter();
        all.map(|category| with_links(db, category)).collect()
    });
    Ok(respond::ok(json!({ "categories": found.await? })))
}

/// Makes one.
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let category = api
        .database
        .write(move |tx| -> Result<CategoryJson, CoreError> {
            let details = Value::Object(change.for_audit());
            let category = create_category(tx, &management.bots, &management.matchers, change)?;
            note(tx, &staff, "category.create", subject(category.id), details)?;
            Ok(with_links(tx, category)?)
        })
        .await?;
    Ok(respond::created(json!({ "category": category })))
}

/// Answers with one.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let id = ids::parsed("category", &path)?;
    let found = api.database.read(move |db| -> Result<_, DbError> {
        let category = categories::get(db, id)?;
        category.map(|found| with_links(db, found)).transpose()
    });
    let category = found.await?.ok_or_else(|| ids::missing("category"))?;
    Ok(respond::ok(json!({ "category": category })))
}

/// Changes one.
pub(super) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
    management: web::Data<Management>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("category", &path)?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let category = api
        .database
        .write(move |tx| -> Result<CategoryJson, CoreError> {
            let details = Value::Object(change.for_audit());
            let category = update_category(tx, &management.bots, &management.matchers, id, change)?;
            note(tx, &staff, "category.update", subject(id), details)?;
            Ok(with_links(tx, category)?)
        })
        .await?;
    Ok(respond::ok(json!({ "category": category })))
}

/// Deletes one and those below it; their requests stay.
pub(super) async fn delete(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    let id = ids::parsed("category", &path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !categories::delete(tx, id)? {
                return Err(ids::missing("category"));
            }
            Ok(note(tx, &staff, "category.delete", subject(id), json!({}))?)
        })
        .await?;
    Ok(respond::ok(json!({})))
}

fn with_links(db: &mut Db, category: RequestCategory) -> Result<CategoryJson, DbError> {
    let links = categories::links(db, category.id)?;
    Ok(CategoryJson { category, links })
}

fn change(mut fields: Fields) -> Result<CategoryChange, ApiError> {
    Ok(CategoryChange {
        name: fields.text("name")?,
        description: fields.text("description")?,
        parent_id: fields.id_or_null("parent_id", "category")?,
        sequence: fields.number("sequence")?,
        active: fields.flag("active")?,
        public: fields.flag("public")?,
        matcher: fields.value_or_null("matcher"),
        bot: fields.value_or_null("bot"),
        channel_ids: fields.ids("channel_ids")?,
        member_ids: fields.ids("member_ids")?,
        group_ids: fields.ids("group_ids")?,
    })
}

fn subject(id: CategoryId) -> String {
    format!("category:{id}")
}
