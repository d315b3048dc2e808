//! `admin/internal/chats/`: conversations of admins, bots and programs that no visitor sees.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use unicom_core::CoreError;
use unicom_core::admin::Actor;
use unicom_db::queries::chat_list::ListPosition;
use unicom_db::{DbError, Tx};
use unicom_internal::{
    Author, NewChat, Participant, Person, Writer, create_chat, get_chat, list_chats, mark_read,
    send as send_internal,
};
use unicom_models::{ChannelId, Chat, ChatId, MessageId};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use super::message_body::{AdminFields, MessageBody, given};
use super::messages::{self, AdminMessagePage, MessageResponse};
use crate::body::content_type;
use crate::multipart::{Form, ReceivedFile, read_form};
use crate::openapi::Kind::{
    ChatNotFound, Conflict, EmptyMessage, InvalidCursor, InvalidParameter, InvalidText, NoChannel,
    NotFound, StorageFull, UnknownFilter,
};
use crate::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use crate::parameters::{MessageParameters, PageParameters, read_page};
use crate::respond::{Empty, PageEnd, Success};
use crate::{Admin, ApiError, IdentityProvider, cursor, json_body, read_json, respond};

/// A new conversation.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewInternalChat)]
struct NewChatFields {
    #[schema(min_length = 1, max_length = 255)]
    title: String,
    /// Who takes part besides the caller: `user:<id>` or `bot:<name>`.
    participants: Option<Vec<String>>,
    /// An object for the client's use, at most 16,384 bytes as JSON without spaces.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// By default the first active Internal channel.
    #[serde(default, deserialize_with = "json_body::channel_id")]
    channel_id: Option<ChannelId>,
}

/// A message: a text, HTML or both.
#[derive(Deserialize, ToSchema)]
#[schema(as = InternalSend)]
struct SendFields {
    /// Who writes: `me` (the default), or for programs `bot:<name>` or `system`. Only `me` makes a
    /// request.
    #[serde(rename = "as")]
    author: Option<String>,
    /// At most 16 KiB unless configured otherwise.
    text: Option<String>,
    /// At most 64 KiB; sanitised.
    html: Option<String>,
    /// A message of the same chat.
    #[schema(value_type = Option<MessageId>)]
    #[serde(default, deserialize_with = "json_body::non_empty")]
    reply_to_message_id: Option<String>,
}

/// A message with a file.
#[derive(ToSchema)]
#[schema(as = InternalSendUpload)]
#[expect(dead_code, reason = "described here, read as `SendFields`")]
struct SendUpload {
    /// As in JSON.
    #[schema(value_type = Option<String>, rename = "as")]
    author: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<String>)]
    text: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<String>)]
    html: Option<String>,
    /// As in JSON.
    #[schema(value_type = Option<MessageId>)]
    reply_to_message_id: Option<String>,
    /// An image, sound, a video or a document, detected from its content.
    #[schema(value_type = Option<String>, format = Binary)]
    media: Option<ReceivedFile>,
}

/// A conversation.
#[derive(Serialize, ToSchema)]
struct InternalChat {
    #[serde(flatten)]
    chat: Chat,
    /// Messages that the caller has not read. `null` if the caller does not take part.
    unread_count: Option<i64>,
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
struct InternalChatPage {
    chats: Vec<InternalChat>,
    #[serde(flatten)]
    end: PageEnd,
}

/// A conversation that was created.
#[derive(Serialize, ToSchema)]
struct InternalChatResponse {
    chat: Chat,
}

/// Lists the conversations of all admins, bots and programs by latest activity.
#[utoipa::path(
    get, path = "/internal/chats", operation_id = "list_internal_chats", tag = "internal",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the list", body = Success<InternalChatPage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    #[derive(Deserialize, utoipa::IntoParams)]
    struct NoFilters {}
    let (NoFilters {}, PageParameters { limit, cursor }) = read_page(&request.http)?;
    let after = cursor.as_deref().map(cursor::decode).transpose()?;
    let reader = person(&request.admin).ok();
    let found = request
        .read(move |db| list_chats(db, reader.as_ref(), after.as_ref(), i64::from(limit) + 1));
    let chats = found.await?.into_iter();
    let chats = chats
        .map(|(chat, unread_count)| InternalChat { chat, unread_count })
        .collect();
    let (chats, end) = respond::page(chats, limit, |InternalChat { chat, .. }| {
        cursor::encode(&ListPosition {
            last_activity_at: chat.last_activity_at,
            id: chat.id.clone(),
        })
    });
    Ok(respond::ok(InternalChatPage { chats, end }))
}

/// Begins a conversation.
#[utoipa::path(
    post, path = "/internal/chats", operation_id = "create_internal_chat", tag = "internal",
    request_body = NewChatFields,
    responses(
        (status = 201, description = "The chat", body = Success<InternalChatResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidText, NoChannel, Conflict]) }>,
    ),
)]
pub(super) async fn create(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let fields: NewChatFields = request.body(payload).await?;
    let mut new = NewChat::new(fields.title);
    (new.channel_id, new.metadata) = (fields.channel_id, fields.metadata.unwrap_or_default());
    let creator = person(&request.admin).ok();
    let identity = Arc::clone(&request.api.identity);
    let created = request.write(move |tx, actor, _| {
        for name in fields.participants.iter().flatten() {
            new.participants.push(participant(tx, &*identity, name)?);
        }
        create_chat(tx, actor, creator.as_ref(), new)
    });
    let chat = created.await.map_err(|error| match error {
        CoreError::ChannelNotFound(_) => {
            ApiError::no_channel("`channel_id` must be that of an active Internal channel")
        }
        error => error.into(),
    })?;
    Ok(respond::created(InternalChatResponse { chat }))
}

/// Lists messages of a conversation.
#[utoipa::path(
    get, path = "/internal/chats/{id}/messages", operation_id = "list_internal_messages",
    tag = "internal",
    params(("id" = ChatId, Path, description = "The chat"), MessageParameters),
    responses(
        (status = 200, description = "The page", body = Success<AdminMessagePage>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter, InvalidCursor, ChatNotFound]) }>,
    ),
)]
pub(super) async fn read(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    messages::page(request, |db, id| get_chat(db, id).map(drop)).await
}

/// Writes to a conversation.
#[utoipa::path(
    post, path = "/internal/chats/{id}/messages", operation_id = "send_internal_message",
    tag = "internal",
    params(("id" = ChatId, Path, description = "The chat")),
    request_body(content((SendFields = "application/json"), (SendUpload = "multipart/form-data"))),
    responses(
        (status = 201, description = "The stored message", body = Success<MessageResponse>),
        ErrorResponses<{ JSON_BODY | error_kinds(&[EmptyMessage, InvalidText, NotFound, ChatNotFound, Conflict, StorageFull]) }>,
    ),
)]
pub(super) async fn send(
    request: AdminRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let chat_id = request.chat_id()?;
    let (api, http) = (&request.api, &request.http);
    let (fields, file) = if content_type(http) == "multipart/form-data" {
        let mut form = read_form(http, payload, api, &SendFields::NAMES).await?;
        let file = form.file();
        (SendFields::of_form(&mut form), file)
    } else {
        let fields: SendFields = read_json(http, payload, api.limits.body).await?;
        (fields, None)
    };
    let author = author(&request.admin, fields.author.as_deref())?;
    let fields = AdminFields::new(fields.text, fields.html, fields.reply_to_message_id);
    let body = MessageBody::check(fields, file, api).await?;
    messages::store(&request, body, move |tx, actor, extensions, message| {
        send_internal(tx, actor, &extensions.platforms, &chat_id, author, message)
    })
    .await
}

/// Marks a conversation as read by the caller, who takes part in it from then on.
#[utoipa::path(
    post, path = "/internal/chats/{id}/read", operation_id = "read_internal_chat",
    tag = "internal",
    params(("id" = ChatId, Path, description = "The chat")),
    responses(
        (status = 200, description = "Done", body = Success<Empty>),
        ErrorResponses<{ error_kinds(&[ChatNotFound, Conflict]) }>,
    ),
)]
pub(super) async fn mark(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.chat_id()?;
    let reader = person(&request.admin)?;
    request
        .write(move |tx, _, _| mark_read(tx, &reader, &id))
        .await?;
    Ok(respond::ok(Empty {}))
}

impl SendFields {
    /// The names of the fields of a form.
    const NAMES: [&str; 4] = ["as", "text", "html", "reply_to_message_id"];

    /// Creates a message from the fields of a form.
    fn of_form(form: &mut Form) -> Self {
        Self {
            author: given(form, "as"),
            text: given(form, "text"),
            html: given(form, "html"),
            reply_to_message_id: given(form, "reply_to_message_id"),
        }
    }
}

/// Returns the user who calls, in person or through a program.
///
/// # Errors
/// [`ApiError::conflict`] if the admin is not a user of the host.
fn person(admin: &Admin) -> Result<Person, ApiError> {
    let id = admin.user_id.as_ref().ok_or_else(|| {
        ApiError::conflict("only users can do this: write as `bot:<name>` or `system`")
    })?;
    Ok(Person::new(id, &admin.name).with_program(is_program(admin)))
}

/// Programs act under the name of their token.
fn is_program(admin: &Admin) -> bool {
    !matches!(&admin.user_id, Some(id) if admin.actor == Actor::user(id))
}

fn author(admin: &Admin, name: Option<&str>) -> Result<Author, ApiError> {
    let author = match name {
        None | Some("me") => return Ok(Author::Person(person(admin)?)),
        Some("system") => Author::System,
        Some(name) => match name.strip_prefix("bot:") {
            Some(name) => Author::Bot(name.to_owned()),
            None => {
                return Err(ApiError::invalid_body(
                    "`as` must be `me`, `bot:<name>` or `system`",
                ));
            }
        },
    };
    if is_program(admin) {
        Ok(author)
    } else {
        Err(ApiError::invalid_body(
            "`as` must be `me`: only programs, which use an API token, write for others",
        ))
    }
}

fn participant(
    tx: &mut Tx<'_>,
    identity: &dyn IdentityProvider,
    name: &str,
) -> Result<Participant, CoreError> {
    let invalid = |problem: &str| CoreError::Invalid {
        field: "participants",
        problem: problem.to_owned(),
    };
    let (kind, id) = name.split_once(':').unwrap_or_default();
    let writer = match kind {
        "user" if is_user(tx, identity, id)? => Writer::User(id.to_owned()),
        "user" => return Err(invalid("must name existing users: there is no such user")),
        "bot" if !id.is_empty() => Writer::Bot(id.to_owned()),
        _ => return Err(invalid("must each be `user:<id>` or `bot:<name>`")),
    };
    Ok(Participant {
        writer,
        name: id.to_owned(),
    })
}

fn is_user(tx: &mut Tx<'_>, identity: &dyn IdentityProvider, id: &str) -> Result<bool, DbError> {
    Ok(!id.is_empty() && !id.contains('\0') && identity.is_user(tx, id)?)
}
