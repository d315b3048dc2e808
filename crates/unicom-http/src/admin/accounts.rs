//! `admin/accounts/`: people and bots on one platform, and who of them may write.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use unicom_db::queries::accounts::{self, AccountFilters};
use unicom_db::{DbError, queries::members};
use unicom_models::{Account, AccountId};

use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, Staff, cursor, ids, respond};

const PARAMETERS: &[&str] = &["limit", "cursor", "q", "blocked", "channel_id"];

/// Answers with a page of them, by id.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let parameters = Parameters::known(&request, PARAMETERS)?;
    let limit = parameters.limit()?;
    let filters = AccountFilters {
        text: parameters.get("q").map(str::to_owned),
        blocked: parameters.flag("blocked")?,
        channel_id: parameters.channel_id()?,
        after: parameters.get("cursor").map(AccountId::from),
    };
    let found: Option<Vec<Account>> = api
        .database
        .read(move |db| -> Result<_, DbError> {
            if let Some(after) = &filters.after
                && accounts::get(db, after)?.is_none()
            {
                return Ok(None);
            }
            accounts::page(db, &filters, i64::from(limit) + 1).map(Some)
        })
        .await?;
    let found = found.ok_or_else(cursor::invalid)?;
    Ok(respond::page("accounts", found, limit, |account| {
        account.id.to_string()
    }))
}

/// Answers with one, and the person behind it.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let id = account_id(path)?;
    let found = api.database.read(move |db| -> Result<_, DbError> {
        let Some(account) = accounts::get(db, &id)? else {
            return Ok(None);
        };
        let member = match account.member_id {
            Some(member) => members::get(db, member)?,
            None => None,
        };
        Ok(Some(json!({ "account": account, "member": member })))
    });
    let found = found.await?.ok_or_else(|| ids::missing("account"))?;
    Ok(respond::ok(found))
}

/// Keeps it from writing and reading.
pub(super) async fn block(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    set_blocked(&api, staff, account_id(path)?, true, "account.block").await
}

/// Lets it write and read again.
pub(super) async fn unblock(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
    set_blocked(&api, staff, account_id(path)?, false, "account.unblock").await
}

async fn set_blocked(
    api: &Api,
    staff: Staff,
    id: AccountId,
    blocked: bool,
    action: &'static str,
) -> Result<HttpResponse, ApiError> {
    let account = api
        .database
        .write(move |tx| -> Result<Option<Account>, DbError> {
            if accounts::set_blocked(tx, &id, blocked)? {
                let subject = format_args!("account:{id}");
                note(tx, &staff, action, subject, json!({}))?;
            }
            accounts::get(tx, &id)
        });
    let account = account.await?.ok_or_else(|| ids::missing("account"))?;
    Ok(respond::ok(json!({ "account": account })))
}

fn account_id(path: web::Path<String>) -> Result<AccountId, ApiError> {
    Ok(ids::text("account", path.into_inner())?.into())
}
