//! `GET webchat/messages/`: a visitor reads a chat.

use actix_web::http::header::EntityTag;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicom_core::paging::Paging;
use unicom_models::{ChannelId, ChatId, MessageId};
use unicom_webchat::{ChatVersion, MessagePageRequest, MessagesRead, list_messages_unless};
use utoipa::ToSchema;

use crate::conditional::Precondition;
use crate::json::MessageJson;
use crate::openapi::Kind::{
    AccountBlocked, ChatNotFound, InvalidCursor, InvalidParameter, NoChannel,
};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{MessageParameters, Parameters};
use crate::respond::Success;
use crate::{Api, ApiError, respond};

#[derive(Serialize, ToSchema)]
#[schema(as = MessagePage)]
struct Listed<'a> {
    chat_id: Option<&'a ChatId>,
    messages: Vec<MessageJson<'a>>,
    has_more: bool,
    /// The cursor of the next page, as `before` (with `after` or `order=asc`, as `after`).
    next_cursor: Option<MessageId>,
}

/// Which chat is read.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChatParameters {
    /// By default the account's default chat
    chat_id: Option<ChatId>,
    /// The channel of that chat
    channel_id: Option<ChannelId>,
}

/// Lists messages of a chat
///
/// The newest messages first. Paging with `before=next_cursor` until `has_more` is false returns
/// every message once, even if new ones arrive meanwhile. A visitor who has never written gets no
/// messages, and `chat_id` is null.
#[utoipa::path(
    get, path = "/webchat/messages", operation_id = "list_messages", tag = "webchat",
    params(
        ChatParameters,
        MessageParameters,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the page the client has"),
    ),
    responses(
        (
            status = 200, description = "The page", body = Success<Listed>,
            headers(("ETag" = String, description = "The tag of the page, if there is a chat"))
        ),
        (status = 304, description = "Nothing has changed"),
        ErrorResponses<{ error_kinds(&[InvalidParameter, InvalidCursor, AccountBlocked, ChatNotFound, NoChannel]) }>,
    ),
)]
pub(crate) async fn messages(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let parameters = Parameters::of(&request)?;
    let page = page(parameters.read()?, parameters.read()?)?;
    let visitor = api.reader(&request).await?;
    let known = Precondition::of(&request);
    let read = api
        .database
        .read_inline(move |db| {
            list_messages_unless(db, &visitor, &page, |version| known.has(&tag(version)))
        })
        .await?;
    let page = match read {
        MessagesRead::Page(page) => page,
        MessagesRead::NotModified(version) => return Ok(respond::not_modified(tag(version))),
    };
    let tag = page.version.map(tag);
    let chat_id = page.chat_id.as_ref();
    let listed = Listed {
        chat_id,
        messages: chat_id.map_or_else(Vec::new, |chat_id| {
            let messages = page.messages.iter();
            messages
                .map(|message| {
                    let files = page.files.get(&message.id).map_or(&[][..], Vec::as_slice);
                    MessageJson::new(&api, chat_id, message, files)
                })
                .collect()
        }),
        has_more: page.has_more,
        next_cursor: page.next,
    };
    Ok(respond::tagged(respond::ok(listed), tag))
}

/// Returns the entity tag of a chat's version. It is weak: another version of unicom may write an
/// equivalent response with different bytes.
fn tag(version: ChatVersion) -> EntityTag {
    EntityTag::new_weak(version.to_string())
}

/// Returns the page that the query asks for.
///
/// # Errors
/// Those of [`MessageParameters::paging`].
fn page(chat: ChatParameters, page: MessageParameters) -> Result<MessagePageRequest, ApiError> {
    let Paging {
        anchor,
        order,
        limit,
    } = page.paging()?;
    Ok(MessagePageRequest {
        chat_id: chat.chat_id,
        channel_id: chat.channel_id,
        anchor,
        order,
        limit,
    })
}
