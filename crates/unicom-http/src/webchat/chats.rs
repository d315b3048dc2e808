//! `webchat/chats/`: lists a visitor's chats and creates new ones.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use unicom_models::ChannelId;
use unicom_webchat::{
    ChatPageRequest, NewChat, WebChatError, create_chat, list_chats, webchat_channel_or_first,
};
use utoipa::ToSchema;

use crate::conditional::Precondition;
use crate::json::ChatJson;
use crate::openapi::Kind::{
    AccountBlocked, CsrfFailed, InvalidCursor, InvalidParameter, InvalidText, NoChannel,
    UnknownFilter,
};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{
    ChannelParameter, ChatPageParameters, Parameters, channel_id_or_parameter,
};
use crate::respond::Success;
use crate::webchat::filters::{ChatFilterParameters, MetadataParameters, filters};
use crate::{Api, ApiError, cursor, json_body, read_json, respond};

#[derive(Serialize, ToSchema)]
#[schema(as = ListedChats)]
struct Listed {
    chats: Vec<ChatJson>,
    has_more: bool,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OneChat)]
pub(crate) struct One {
    pub chat: ChatJson,
}

/// A new chat.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewChat)]
struct CreateFields {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// An object for the client's use, at most 16,384 bytes as JSON without spaces.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// By default the first active WebChat channel.
    #[serde(default, deserialize_with = "json_body::channel_id")]
    channel_id: Option<ChannelId>,
}

/// Lists the visitor's chats
///
/// Ordered by latest activity; without `channel_id`, chats of all channels.
#[utoipa::path(
    get, path = "/webchat/chats", operation_id = "list_chats", tag = "webchat",
    params(
        ChatPageParameters,
        ("channel_id" = Option<ChannelId>, Query, description = "Chats of this channel."),
        ChatFilterParameters,
        MetadataParameters,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the page the client has"),
    ),
    responses(
        (status = 200, description = "The page", body = Success<Listed>, headers(("ETag" = String, description = "Of the page"))),
        (status = 304, description = "Nothing has changed"),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor, AccountBlocked, NoChannel]) }>,
    ),
)]
pub(crate) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let parameters = Parameters::of(&request)?;
    let ChatPageParameters { limit, cursor } = parameters.read()?;
    let mut filters = filters(&parameters)?;
    if filters.channel_id.is_some() {
        filters.channel_id = api.channel(&request, filters.channel_id)?;
    }
    let page = ChatPageRequest {
        filters,
        after: cursor.as_deref().map(cursor::decode).transpose()?,
        limit,
    };
    let visitor = api.reader(&request).await?;
    let page = api
        .database
        .read(move |db| list_chats(db, &visitor, &page))
        .await?;
    let listed = Listed {
        chats: page.chats.into_iter().map(ChatJson::from).collect(),
        has_more: page.has_more,
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    respond::ok_unless_unmodified(&Precondition::of(&request), listed)
}

/// Creates a chat
#[utoipa::path(
    post, path = "/webchat/chats", operation_id = "create_chat", tag = "webchat",
    params(ChannelParameter), request_body = CreateFields,
    responses(
        (status = 201, description = "The chat", body = Success<One>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidParameter, InvalidText, AccountBlocked, CsrfFailed, NoChannel]) }>,
    ),
)]
pub(crate) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let CreateFields {
        name,
        metadata,
        channel_id,
    } = read_json(&request, payload, api.limits.body).await?;
    let new = NewChat { name, metadata };
    let channel_id = channel_id_or_parameter(channel_id, &request)?;
    let channel_id = api.channel(&request, channel_id)?;
    let writer = api.writer(&request).await?;
    let visitor = writer.visitor.clone();
    let chat = api
        .database
        .write(move |tx| {
            let channel = webchat_channel_or_first(tx, channel_id)?;
            create_chat(tx, &channel, &visitor, new)
        })
        .await
        .map_err(|error: WebChatError| ApiError::from(error))?;
    api.remember(&request, &writer)?;
    Ok(respond::created(One { chat: chat.into() }))
}
