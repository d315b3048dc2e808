//! `admin/categories/`: kinds of requests, in a tree.

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
use crate::parameters::Parameters;
use crate::respond::{Empty, Success};
use crate::{Api, ApiError, Fields, ids, read_json, respond};

/// A category as staff sees it.
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

/// What a category may be changed to.
#[derive(ToSchema)]
#[schema(as = CategoryChange)]
#[expect(dead_code, reason = "described here, read by name")]
struct UpdateFields {
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    #[serde(flatten)]
    rest: OtherFields,
}

/// What a category has besides its name. A list that is given replaces the one before.
#[derive(ToSchema)]
#[schema(as = CategoryFields)]
#[expect(dead_code, reason = "described here, read by name")]
struct OtherFields {
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// A category, not one below this one; `null`: none.
    parent_id: Option<CategoryId>,
    /// Unique among siblings; by default the last.
    sequence: Option<i32>,
    /// By default true.
    active: Option<bool>,
    /// By default false.
    public: Option<bool>,
    /// How a message is told to belong here: an object with its `kind` and settings; `null`: none.
    #[schema(value_type = Option<Object>)]
    matcher: Option<Value>,
    /// A name, or an object with `kind` and settings; `null`: the channel's.
    bot: Option<Value>,
    /// To which it is restricted; none of them: all.
    #[schema(max_items = 1000)]
    channel_ids: Option<Vec<ChannelId>>,
    /// Who may take it though it is not public.
    #[schema(max_items = 1000)]
    member_ids: Option<Vec<MemberId>>,
    /// Whose members may take it though it is not public.
    #[schema(max_items = 1000)]
    group_ids: Option<Vec<GroupId>>,
}

/// Answers with all of them, siblings in their order.
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
    api.staff(&request).await?;
    Parameters::known(&request, &[])?;
    let found = api.database.read(|db| -> Result<Vec<_>, DbError> {
        let all = categories::list(db)?.into_iter();
        all.map(|category| with_links(db, category)).collect()
    });
    Ok(respond::ok(CategoryList {
        categories: found.await?,
    }))
}

/// Makes one.
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
    let staff = api.staff(&request).await?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let category = api
        .database
        .write(move |tx| -> Result<CategoryJson, CoreError> {
            let details = Value::Object(change.for_audit());
            let category = create_category(tx, &admin_config.bots, &admin_config.matchers, change)?;
            note(tx, &staff, "category.create", subject(category.id), details)?;
            Ok(with_links(tx, category)?)
        })
        .await?;
    Ok(respond::created(CategoryResponse { category }))
}

/// Answers with one.
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
    api.staff(&request).await?;
    let id = ids::parsed("category", &path)?;
    let found = api.database.read(move |db| -> Result<_, DbError> {
        let category = categories::get(db, id)?;
        category.map(|found| with_links(db, found)).transpose()
    });
    let category = found.await?.ok_or_else(|| ids::missing("category"))?;
    Ok(respond::ok(CategoryResponse { category }))
}

/// Changes one.
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
    let staff = api.staff(&request).await?;
    let id = ids::parsed("category", &path)?;
    let change = change(read_json(&request, payload, api.limits.body).await?)?;
    let category = api
        .database
        .write(move |tx| -> Result<CategoryJson, CoreError> {
            let details = Value::Object(change.for_audit());
            let category =
                update_category(tx, &admin_config.bots, &admin_config.matchers, id, change)?;
            note(tx, &staff, "category.update", subject(id), details)?;
            Ok(with_links(tx, category)?)
        })
        .await?;
    Ok(respond::ok(CategoryResponse { category }))
}

/// Deletes one and those below it; their requests stay.
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
