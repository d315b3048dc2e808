//! `admin/accounts/`: lists, shows, blocks and unblocks accounts.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use unicom_core::admin::{block_account, unblock_account};
use unicom_db::queries::accounts::{self, AccountFilters};
use unicom_db::{DbError, queries::members};
use unicom_models::{Account, AccountId, ChannelId, Member};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{InvalidCursor, InvalidParameter, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{PageParameters, flag, read_page};
use crate::respond::{PageEnd, Success};
use crate::{ApiError, cursor, ids, respond};

/// A page of accounts.
#[derive(Serialize, ToSchema)]
struct AccountPage {
    accounts: Vec<Account>,
    #[serde(flatten)]
    end: PageEnd,
}

/// An account.
#[derive(Serialize, ToSchema)]
struct AccountResponse {
    account: Account,
}

/// An account and the member it belongs to.
#[derive(Serialize, ToSchema)]
struct AccountAndMember {
    account: Account,
    member: Option<Member>,
}

/// Which accounts are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// Accounts whose id or name contains this text.
    q: Option<String>,
    /// `true`: blocked accounts; `false`: other accounts.
    #[serde(default, deserialize_with = "flag")]
    blocked: Option<bool>,
    /// Accounts that first wrote on this channel.
    channel_id: Option<ChannelId>,
}

/// Lists accounts by id.
#[utoipa::path(
    get, path = "/accounts", operation_id = "list_accounts", tag = "accounts",
    params(ListParameters, PageParameters),
    responses(
        (status = 200, description = "A page of the list", body = Success<AccountPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let (filters, PageParameters { limit, cursor }) =
        read_page::<ListParameters, _>(&request.http)?;
    let filters = AccountFilters {
        text: filters.q,
        blocked: filters.blocked,
        channel_id: filters.channel_id,
        after: cursor.map(AccountId::from),
    };
    let found: Option<Vec<Account>> = request
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
    let (accounts, end) = respond::page(found, limit, |account| account.id.to_string());
    Ok(respond::ok(AccountPage { accounts, end }))
}

/// Returns an account and the member it belongs to.
#[utoipa::path(
    get, path = "/accounts/{id}", operation_id = "get_account", tag = "accounts",
    params(("id" = AccountId, Path, description = "The account")),
    responses(
        (status = 200, description = "The account", body = Success<AccountAndMember>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id: AccountId = request.name("account")?.into();
    let found = request.read(move |db| -> Result<_, DbError> {
        let Some(account) = accounts::get(db, &id)? else {
            return Ok(None);
        };
        let member = match account.member_id {
            Some(member) => members::get(db, member)?,
            None => None,
        };
        Ok(Some(AccountAndMember { account, member }))
    });
    let found = found.await?.ok_or_else(|| ids::missing("account"))?;
    Ok(respond::ok(found))
}

/// Blocks an account from writing and reading.
#[utoipa::path(
    post, path = "/accounts/{id}/block", operation_id = "block_account", tag = "accounts",
    params(("id" = AccountId, Path, description = "The account")),
    responses(
        (status = 200, description = "The account as it is now", body = Success<AccountResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn block(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.name("account")?.into();
    let account = request
        .write(move |tx, actor, _| block_account(tx, actor, &id))
        .await?;
    Ok(respond::ok(AccountResponse { account }))
}

/// Unblocks an account.
#[utoipa::path(
    post, path = "/accounts/{id}/unblock", operation_id = "unblock_account", tag = "accounts",
    params(("id" = AccountId, Path, description = "The account")),
    responses(
        (status = 200, description = "The account as it is now", body = Success<AccountResponse>),
        ErrorResponses<{ error_kinds(&[NotFound]) }>,
    ),
)]
pub(super) async fn unblock(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.name("account")?.into();
    let account = request
        .write(move |tx, actor, _| unblock_account(tx, actor, &id))
        .await?;
    Ok(respond::ok(AccountResponse { account }))
}
