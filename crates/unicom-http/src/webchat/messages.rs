//! `GET webchat/messages/`: a visitor reads a chat.

use actix_web::http::header::EntityTag;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use unicom_core::paging::{Order, Paging};
use unicom_models::{ChannelId, ChatId, MessageId};
use unicom_webchat::{Branch, ChatVersion, MessagePageRequest, MessagesRead, list_messages_unless};
use utoipa::ToSchema;

use crate::conditional::Precondition;
use crate::file_urls::FileUrls;
use crate::json::{MessageJson, ParticipantJson};
use crate::openapi::Kind::{
    AccountBlocked, ChatNotFound, InvalidCursor, InvalidParameter, NoChannel, NotFound,
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
    /// The cursor of the next page, as `before` (with `after`, or with `order=asc` and no `branch`,
    /// as `after`). With `around`, that of the older messages, as `before`.
    next_cursor: Option<MessageId>,
    /// Whether there are newer messages: `after` with the id of the newest one of the page returns
    /// them. Only with `around`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    has_newer: Option<bool>,
    /// What the client has read of the chat, for `webchat/events/`; null if there is no chat.
    cursor: Option<String>,
    /// How far the participants have got and read the messages, those who have.
    participants: Vec<ParticipantJson<'a>>,
    /// Which branches the page has. Only if the request names `branch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = BranchMode, required = false)]
    branch_mode: Option<BranchMode>,
}

/// Which chat is read.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChatParameters {
    /// By default the account's default chat
    chat_id: Option<ChatId>,
    /// The channel of that chat
    channel_id: Option<ChannelId>,
    /// `latest` (the branch with the newest message), `all`, or the id of a message whose branch is
    /// read. With it, the messages are ordered oldest first by default, and a page without `before`
    /// and `after` is the newest one
    #[serde(default, deserialize_with = "branch")]
    #[param(value_type = Option<String>)]
    branch: Option<Branch>,
}

/// Deserializes a branch.
fn branch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Branch>, D::Error> {
    let value = String::deserialize(deserializer)?;
    match value.as_str() {
        "all" => Ok(Some(Branch::All)),
        "latest" => Ok(Some(Branch::Latest)),
        id => id.parse().map(|id| Some(Branch::Through(id))).map_err(|_| {
            D::Error::custom("must be `latest`, `all` or the id of a message of the chat")
        }),
    }
}

/// Which branches of a chat a page has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum BranchMode {
    /// The branch with the newest message.
    Latest,
    /// All branches.
    All,
    /// The branch with the message that the request named.
    Specific,
}

impl From<Branch> for BranchMode {
    fn from(branch: Branch) -> Self {
        match branch {
            Branch::All => Self::All,
            Branch::Latest => Self::Latest,
            Branch::Through(_) => Self::Specific,
        }
    }
}

/// Lists messages of a chat
///
/// The newest messages first. Paging with `before=next_cursor` until `has_more` is false returns
/// every message once, even if new ones arrive meanwhile. A visitor who has never written gets no
/// messages, and `chat_id` is null.
///
/// Several messages of a visitor that reply to the same message are alternatives. A branch has one
/// of them with what follows it; messages that reply to nothing are in every branch. With `branch`,
/// a reply to a message that is not on the page is shown as a reply to nothing. A page of one
/// branch also has the messages of the branches that fork from it there, at most `limit` more, with
/// `in_branch` false. A page with `after` or `around` has the messages of all branches.
///
/// A page with `around` shows a message with those before and after it. `has_more` and
/// `next_cursor` are about older messages, `has_newer` about newer ones.
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
        ErrorResponses<{ error_kinds(&[InvalidParameter, InvalidCursor, AccountBlocked, ChatNotFound, NotFound, NoChannel]) }>,
    ),
)]
pub(crate) async fn messages(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let parameters = Parameters::of(&request)?;
    let mut page = page(parameters.read()?, parameters.read()?)?;
    page.channel_id = api.channel(&request, page.channel_id)?;
    let branch = page.branch;
    let visitor = api.reader(&request).await?;
    let known = Precondition::of(&request);
    let read = api
        .database
        .read_inline({
            let visitor = visitor.clone();
            move |db| list_messages_unless(db, &visitor, &page, |version| known.has(&tag(version)))
        })
        .await?;
    let page = match read {
        MessagesRead::Page(page) => page,
        MessagesRead::NotModified(version) => return Ok(respond::not_modified(tag(version))),
    };
    let tag = page.version.map(tag);
    let chat_id = page.chat_id.as_ref();
    let shown = chat_id.zip(page.statuses.as_ref());
    let urls = FileUrls::of_visitor(&api, &visitor);
    let listed = Listed {
        chat_id,
        messages: shown.map_or_else(Vec::new, |(chat_id, statuses)| {
            let messages = page.messages.iter();
            messages
                .map(|message| {
                    let files = page.files.get(&message.id).map_or(&[][..], Vec::as_slice);
                    let mut shown = MessageJson::new(&urls, chat_id, message, files, statuses);
                    shown.in_branch = page.in_branch.as_ref().map(|ids| ids.contains(&message.id));
                    shown
                })
                .collect()
        }),
        has_more: page.has_more,
        next_cursor: page.next,
        has_newer: page.has_newer,
        cursor: page.cursor.map(|cursor| cursor.to_string()),
        participants: shown.map_or_else(Vec::new, |(_, statuses)| ParticipantJson::all(statuses)),
        branch_mode: branch.map(BranchMode::from),
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
    let is_ordered = page.order.is_some();
    let Paging {
        anchor,
        order,
        limit,
    } = page.paging()?;
    Ok(MessagePageRequest {
        chat_id: chat.chat_id,
        channel_id: chat.channel_id,
        anchor,
        order: if chat.branch.is_some() && !is_ordered {
            Order::OldestFirst
        } else {
            order
        },
        limit,
        branch: chat.branch,
    })
}
