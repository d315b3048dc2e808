//! `admin/categories/`: manages the tree of request categories.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::{Value, json};
use unicom_core::{
    CoreError,
    admin::{CategoryChange, create_category, update_category},
};
use unicom_db::queries::categories;
use unicom_db::{Db, DbError};
use unicom_models::{CategoryId, CategoryLinks, ChannelId, GroupId, MemberId, RequestCategory};
use utoipa::ToSchema;

use super::AdminConfig;
use super::audit::note;
use crate::openapi::Kind::{InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{Api, ApiError, fields::Fields, ids, parameters, read_json, respond};

/// A category as admins see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Category)]
struct CategoryJson {
    #[serde(flatten)]
    category: RequestCategory,
    #[serde(flatten)]
    links: CategoryLinks,
}

/// All categories.
#[derive(Serialize, ToSchema)]
struct CategoryList {
    categories: Vec<CategoryJson>,
}

/// A category.
#[derive(Serialize, ToSchema)]
struct CategoryResponse {
    category: CategoryJson,
}

/// A new category.
#[derive(ToSchema)]
#[schema(as = NewCategory)]
#[expect(dead_code, reason = "described here, read by name")]
struct CreateFields {
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    #[serde(flatten)]
    rest: OtherFields,
}

/// The changes to a category.
#[derive(ToSchema)]
#[schema(as = CategoryChange)]
#[expect(dead_code, reason = "described here, read by name")]
struct UpdateFields {
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    #[serde(flatten)]
    rest: OtherFields,
}

/// The fields of a category besides its name. A given list replaces the previous one.
#[derive(ToSchema)]
#[schema(as = CategoryFields)]
#[expect(dead_code, reason = "described here, read by name")]
struct OtherFields {
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// The parent category, not a descendant of this one; `null` for none.
    parent_id: Option<CategoryId>,
    /// The position among siblings, unique; by default the last.
    sequence: Option<i32>,
    /// By default true.
    active: Option<bool>,
    /// By default false.
    public: Option<bool>,
    /// The category matcher: an object with its `kind` and settings; `null` for none.
    #[schema(value_type = Option<Object>)]
    matcher: Option<Value>,
    /// A bot's name, or an object with `kind` and settings; `null` for the channel's bot.
    bot: Option<Value>,
    /// The channels it is restricted to; an empty list for all.
    #[schema(max_items = 1000)]
    channel_ids: Option<Vec<ChannelId>>,
    /// Members who may use it even if it is not public.
    #[schema(max_items = 1000)]
    member_ids: Option<Vec<MemberId>>,
    /// Groups whose members may use it even if it is not public.
    #[schema(max_items = 1000)]
    group_ids: Option<Vec<GroupId>>,
}

/// Lists all categories, siblings in their order.
#[utoipa::path(
    get,
    path = "/categories",
    operation_id = "list_categories",
    tag = "categories",
    responses(
        (status = 200, description = "All of them", body = Success<CategoryList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    parameters::none(&request)?;
    let found = api.database.read(|db| -> Result<Vec<_>, DbError> {
        let all = categories::list(db)?.into_iter();
        all.map(|category| with_links(db, category)).collect()
    });
    Ok(respond::ok(CategoryList {
        categories: found.await?,
    }))
}

/// Creates a category.
#[utoipa::path(
    post,
    path = "/categories",
    operation_id = "create_category",
    tag = "categories",
    request_body = CreateFields,
    responses(
        (status = 201, description = "The category", body = Success<CategoryResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText]) }>,
    ),
)]
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
    admin_config: web::Data<AdminConfig>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let category = api
        .database
        .write(move |tx| -> Result<CategoryJson, CoreError> {
            let details = Value::Object(change.for_audit());
            let category =
                create_category(tx, &admin_config.bots, &*admin_config.matchers, change)?;
            note(tx, &admin, "category.create", subject(category.id), details)?;
            Ok(with_links(tx, category)?)
        })
        .await?;
    Ok(respond::created(CategoryResponse { category }))
}

/// Returns a category.
#[utoipa::path(
    get,
    path = "/categories/{id}",
    operation_id = "get_category",
    tag = "categories",
    params(("id" = CategoryId, Path, description = "The category")),
    responses(
        (status = 200, description = "The category", body = Success<CategoryResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let id = ids::parsed("category", &path)?;
    let found = api.database.read(move |db| -> Result<_, DbError> {
        let category = categories::get(db, id)?;
        category.map(|found| with_links(db, found)).transpose()
    });
    let category = found.await?.ok_or_else(|| ids::missing("category"))?;
    Ok(respond::ok(CategoryResponse { category }))
}

/// Changes a category.
#[utoipa::path(
    patch,
    path = "/categories/{id}",
    operation_id = "update_category",
    tag = "categories",
    params(("id" = CategoryId, Path, description = "The category")),
    request_body = UpdateFields,
    responses(
        (status = 200, description = "The category as it is now", body = Success<CategoryResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound]) }>,
    ),
)]
pub(super) async fn update(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
    admin_config: web::Data<AdminConfig>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let id = ids::parsed("category", &path)?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let category = api
        .database
        .write(move |tx| -> Result<CategoryJson, CoreError> {
            let details = Value::Object(change.for_audit());
            let category =
                update_category(tx, &admin_config.bots, &*admin_config.matchers, id, change)?;
            note(tx, &admin, "category.update", subject(id), details)?;
            Ok(with_links(tx, category)?)
        })
        .await?;
    Ok(respond::ok(CategoryResponse { category }))
}

/// Deletes a category and its descendants; their requests stay.
#[utoipa::path(
    delete,
    path = "/categories/{id}",
    operation_id = "delete_category",
    tag = "categories",
    params(("id" = CategoryId, Path, description = "The category")),
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
    let id = ids::parsed("category", &path)?;
    api.database
        .write(move |tx| -> Result<(), ApiError> {
            if !categories::delete(tx, id)? {
                return Err(ids::missing("category"));
            }
            Ok(note(tx, &admin, "category.delete", subject(id), json!({}))?)
        })
        .await?;
    Ok(respond::ok(Empty {}))
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
