//! `webchat/chats/`: a visitor's chats, and a new one.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use unicom_webchat::{
    ChatPageRequest, NewChat, WebChatError, create_chat, list_chats, webchat_channel_or_first,
};

use crate::filters::filters;
use crate::json::ChatJson;
use crate::known::Known;
use crate::parameters::Parameters;
use crate::{Api, ApiError, cursor, read_json, respond};

#[derive(Serialize)]
struct Listed {
    chats: Vec<ChatJson>,
    has_more: bool,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct One {
    pub chat: ChatJson,
}

/// Answers with the visitor's chats, the latest activity first.
pub(crate) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let parameters = Parameters::of(&request)?;
    let page = ChatPageRequest {
        filters: filters(&parameters)?,
        after: parameters.get("cursor").map(cursor::decode).transpose()?,
        limit: parameters.limit()?,
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
    respond::ok_unless_known(&Known::of(&request), listed)
}

/// Makes a chat.
pub(crate) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let mut fields = read_json(&request, payload, api.limits.body).await?;
    let new = NewChat {
        name: fields.text("name")?,
        metadata: fields.object("metadata")?,
    };
    let channel_id = fields.channel_id(&request)?;
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
