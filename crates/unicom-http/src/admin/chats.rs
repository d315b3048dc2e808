//! `admin/chats/`: everybody's chats, and who takes part in them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use unicom_db::DbError;
use unicom_db::queries::chat_list::{self, ListPosition, StaffFilters};
use unicom_db::queries::chats;
use unicom_models::Account;

use crate::parameters::Parameters;
use crate::{Api, ApiError, cursor, ids, respond};

/// Who takes part in a chat.
#[derive(Serialize)]
struct Participant {
    #[serde(flatten)]
    account: Account,
    unread_count: i64,
}

/// Answers with a page of them, the latest activity first.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let known = ["channel_id", "account_id", "limit", "cursor"];
    let parameters = Parameters::known(&request, &known)?;
    let limit = parameters.limit()?;
    let filters = StaffFilters {
        channel_id: parameters.channel_id()?,
        account_id: parameters.get("account_id").map(Into::into),
    };
    let after = parameters.get("cursor").map(cursor::decode).transpose()?;
    let found = api
        .database
        .read(move |db| chat_list::for_staff(db, &filters, after.as_ref(), i64::from(limit) + 1))
        .await?;
    Ok(respond::page("chats", found, limit, |chat| {
        cursor::encode(&ListPosition {
            last_activity_at: chat.last_activity_at,
            id: chat.id.clone(),
        })
    }))
}

/// Answers with one and who takes part in it.
pub(super) async fn show(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let id = ids::chat_id(path.into_inner())?;
    let found = api.database.read(move |db| -> Result<_, DbError> {
        let Some(access) = chats::for_staff(db, &id)? else {
            return Ok(None);
        };
        let participants = chats::participants(db, &access)?.into_iter();
        let participants: Vec<Participant> = participants
            .map(|(account, unread_count)| Participant {
                account,
                unread_count,
            })
            .collect();
        Ok(Some(
            json!({ "chat": access.chat(), "participants": participants }),
        ))
    });
    let found = found.await?.ok_or_else(ids::no_chat)?;
    Ok(respond::ok(found))
}
