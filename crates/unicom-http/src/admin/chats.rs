//! `admin/chats/`: lists all chats and shows their participants.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use unicom_db::DbError;
use unicom_db::queries::chat_access;
use unicom_db::queries::chat_list::{self, AdminFilters, AdminListedChat, ListPosition};
use unicom_models::{Account, AccountId, ChannelId, ChatId};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use super::chat_json::AdminChatJson;
use crate::openapi::Kind::{ChatNotFound, InvalidCursor, InvalidParameter, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{PageParameters, read_page};
use crate::respond::{PageEnd, Success};
use crate::{ApiError, cursor, ids, respond};

/// A participant of a chat.
#[derive(Serialize, ToSchema)]
struct Participant {
    #[serde(flatten)]
    account: Account,
    unread_count: i64,
}

/// A page of chats.
#[derive(Serialize, ToSchema)]
struct ChatPage {
    chats: Vec<AdminChatJson>,
    #[serde(flatten)]
    end: PageEnd,
}

/// A chat and its participants.
#[derive(Serialize, ToSchema)]
struct ChatAndParticipants {
    chat: AdminChatJson,
    participants: Vec<Participant>,
}

/// Which chats are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// Chats of this channel.
    channel_id: Option<ChannelId>,
    /// Chats in which this account participates.
    account_id: Option<AccountId>,
}

/// Lists chats by latest activity.
#[utoipa::path(
    get, path = "/chats", operation_id = "list_all_chats", tag = "chats",
    params(ListParameters, PageParameters),
    responses(
        (status = 200, description = "A page of the list", body = Success<ChatPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let (filters, PageParameters { limit, cursor }) =
        read_page::<ListParameters, _>(&request.http)?;
    let filters = AdminFilters {
        channel_id: filters.channel_id,
        account_id: filters.account_id,
    };
    let after = cursor.as_deref().map(cursor::decode).transpose()?;
    let found = request
        .read(move |db| chat_list::for_admin(db, &filters, after.as_ref(), i64::from(limit) + 1))
        .await?;
    let (found, end) = respond::page(found, limit, |AdminListedChat { chat, .. }| {
        cursor::encode(&ListPosition {
            last_activity_at: chat.last_activity_at,
            id: chat.id.clone(),
        })
    });
    let chats = found.into_iter().map(AdminChatJson::from).collect();
    Ok(respond::ok(ChatPage { chats, end }))
}

/// Returns a chat and its participants.
#[utoipa::path(
    get, path = "/chats/{id}", operation_id = "get_chat", tag = "chats",
    params(("id" = ChatId, Path, description = "The chat")),
    responses(
        (status = 200, description = "The chat", body = Success<ChatAndParticipants>),
        ErrorResponses<{ error_kinds(&[ChatNotFound]) }>,
    ),
)]
pub(super) async fn show(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.chat_id()?;
    let found = request.read(move |db| -> Result<_, DbError> {
        let Some(access) = chat_access::for_admin(db, &id)? else {
            return Ok(None);
        };
        let participants = chat_access::participants(db, &access)?.into_iter();
        let participants: Vec<Participant> = participants
            .map(|(account, unread_count)| Participant {
                account,
                unread_count,
            })
            .collect();
        let Some(chat) = chat_list::one_for_admin(db, &id)? else {
            return Ok(None);
        };
        let chat = chat.into();
        Ok(Some(ChatAndParticipants { chat, participants }))
    });
    let found = found.await?.ok_or_else(ids::no_chat)?;
    Ok(respond::ok(found))
}
