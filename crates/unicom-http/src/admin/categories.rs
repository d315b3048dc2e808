//! `admin/categories/`: manages the tree of request categories.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use unicom_core::CoreError;
use unicom_core::admin::{CategoryChange, create_category, delete_category, update_category};
use unicom_db::queries::categories;
use unicom_db::{Db, DbError};
use unicom_models::{CategoryId, CategoryLinks, RequestCategory};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use super::required_name::NewCategory;
use crate::openapi::Kind::{InvalidParameter, InvalidText, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::respond::{Empty, Success};
use crate::{ApiError, ids, parameters, respond};

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

/// Lists all categories, siblings in their order.
#[utoipa::path(
    get, path = "/categories", operation_id = "list_categories", tag = "categories",
    responses(
        (status = 200, description = "All of them", body = Success<CategoryList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    parameters::none(&request.http)?;
    let found = request.read(|db| -> Result<Vec<_>, DbError> {
        let all = categories::list(db)?.into_iter();
        all.map(|category| with_links(db, category)).collect()
    });
    Ok(respond::ok(CategoryList {
        categories: found.await?,
    }))
}

/// Creates a category.
#[utoipa::path(
    post, path = "/categories", operation_id = "create_category", tag = "categories",
    request_body = NewCategory,
    responses(
        (status = 201, description = "The category", body = Success<CategoryResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText]) }>,
    ),
)]
pub(super) async fn create(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let new = request.body(payload).await?;
    let category = request.write(move |tx, actor, extensions| -> Result<_, CoreError> {
        let category = create_category(tx, actor, extensions, new)?;
        Ok(with_links(tx, category)?)
    });
    let category = category.await?;
    Ok(respond::created(CategoryResponse { category }))
}

/// Returns a category.
#[utoipa::path(
    get, path = "/categories/{id}", operation_id = "get_category", tag = "categories",
    params(("id" = CategoryId, Path, description = "The category")),
    responses(
        (status = 200, description = "The category", body = Success<CategoryResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("category")?;
    let found = request.read(move |db| -> Result<_, DbError> {
        let category = categories::get(db, id)?;
        category.map(|found| with_links(db, found)).transpose()
    });
    let category = found.await?.ok_or_else(|| ids::missing("category"))?;
    Ok(respond::ok(CategoryResponse { category }))
}

/// Changes a category.
#[utoipa::path(
    patch, path = "/categories/{id}", operation_id = "update_category", tag = "categories",
    params(("id" = CategoryId, Path, description = "The category")), request_body = CategoryChange,
    responses(
        (status = 200, description = "The category as it is now", body = Success<CategoryResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NotFound]) }>,
    ),
)]
pub(super) async fn update(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = request.id("category")?;
    let change = request.body(payload).await?;
    let category = request.write(move |tx, actor, extensions| -> Result<_, CoreError> {
        let category = update_category(tx, actor, extensions, id, change)?;
        Ok(with_links(tx, category)?)
    });
    let category = category.await?;
    Ok(respond::ok(CategoryResponse { category }))
}

/// Deletes a category and its descendants; their requests stay.
#[utoipa::path(
    delete, path = "/categories/{id}", operation_id = "delete_category", tag = "categories",
    params(("id" = CategoryId, Path, description = "The category")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn delete(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("category")?;
    request
        .write(move |tx, actor, _| delete_category(tx, actor, id))
        .await?;
    Ok(respond::ok(Empty {}))
}

fn with_links(db: &mut Db, category: RequestCategory) -> Result<CategoryJson, DbError> {
    let links = categories::links(db, category.id)?;
    Ok(CategoryJson { category, links })
}
