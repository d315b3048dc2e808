//! `GET webchat/events/`: a visitor waits for changes in a chat.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};
use unicom_db::Database;
use unicom_models::{ChatId, MessageId};
use unicom_webchat::{Changes, Cursor, Visitor, WebChatError, list_changes};
use utoipa::ToSchema;

use crate::admission::{Admission, LongLivedPlace};
use crate::json::MessageJson;
use crate::openapi::Kind::{AccountBlocked, ChatNotFound, InvalidCursor, InvalidParameter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::Parameters;
use crate::respond::Success;
use crate::{Api, ApiError, respond};

/// The longest time that a request can wait, in seconds: shorter than the time after which proxies
/// usually give up.
const LONGEST_WAIT: u64 = 25;

/// Which changes are requested.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct EventParameters {
    /// The chat
    chat_id: ChatId,
    /// The `cursor` of `webchat/messages/` or of an earlier response; by default, changes from now
    /// on
    #[param(max_length = 1024)]
    cursor: Option<String>,
    /// How many seconds to wait if nothing has changed: 0 by default; values over 25 count as 25
    #[serde(default)]
    wait: u64,
}

/// What has changed in a chat since a cursor.
#[derive(Serialize, ToSchema)]
#[schema(as = Events)]
struct Events<'a> {
    items: Vec<Item<'a>>,
    /// The cursor after these changes.
    cursor: String,
    /// Whether the chat has to be read again, because it was rewritten or too much has changed.
    reset: bool,
}

/// Something in a chat that is new or has changed, in its present state.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = EventItem)]
enum Item<'a> {
    /// A message that is new or has changed.
    Message { message: MessageJson<'a> },
    /// A message that was deleted. The client may not know it.
    MessageDeleted { id: MessageId },
}

/// Waits for changes in a chat
///
/// Returns what has changed since `cursor`. If nothing has, waits until something does, at most
/// `wait` seconds. A client that applies the items and continues from the returned cursor has
/// what is stored.
#[utoipa::path(
    get, path = "/webchat/events", operation_id = "wait_for_changes", tag = "webchat",
    params(EventParameters),
    responses(
        (status = 200, description = "What has changed", body = Success<Events>),
        ErrorResponses<{ error_kinds(&[InvalidParameter, InvalidCursor, AccountBlocked, ChatNotFound]) }>,
    ),
)]
pub(crate) async fn events(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let EventParameters {
        chat_id,
        cursor,
        wait,
    } = Parameters::of(&request)?.read()?;
    let cursor = cursor.map(|cursor| cursor.parse::<Cursor>());
    let cursor = cursor
        .transpose()
        .map_err(|_| WebChatError::InvalidCursor)?;
    let visitor = api.reader(&request).await?;
    // Subscribed before the chat is read, so that no change falls between.
    let mut subscription = api.hub()?.subscribe();
    subscription.add(chat_id.clone());
    let mut changes = read(&api.database, &visitor, &chat_id, cursor).await?;
    if wait > 0 && unchanged(&changes).is_some() {
        let _place = long_lived(&request)?;
        let end = Instant::now() + Duration::from_secs(wait.min(LONGEST_WAIT));
        while let Some(cursor) = unchanged(&changes)
            && timeout_at(end, subscription.changed()).await.is_ok()
        {
            // The session may have ended meanwhile.
            api.identity.still_valid(&request).await?;
            changes = read(&api.database, &visitor, &chat_id, Some(cursor)).await?;
        }
    }
    Ok(respond::ok(Events::new(&api, &chat_id, &changes)))
}

/// Gives the request a place among the long-lived ones, if their number is limited.
fn long_lived(request: &HttpRequest) -> Result<Option<LongLivedPlace>, ApiError> {
    let admission = request.app_data::<web::Data<Admission>>();
    admission
        .map(|admission| admission.begin_long_lived(request))
        .transpose()
}

async fn read(
    database: &Database,
    visitor: &Visitor,
    chat_id: &ChatId,
    cursor: Option<Cursor>,
) -> Result<Changes, ApiError> {
    let (visitor, chat_id) = (visitor.clone(), chat_id.clone());
    let changes = database.read_inline(move |db| list_changes(db, &visitor, &chat_id, cursor));
    Ok(changes.await?)
}

/// Returns the cursor from which to wait, if nothing has changed that the visitor sees.
fn unchanged(changes: &Changes) -> Option<Cursor> {
    match changes {
        Changes::Applied {
            messages,
            deleted,
            cursor,
        } if messages.is_empty() && deleted.is_empty() => Some(*cursor),
        _ => None,
    }
}

impl<'a> Events<'a> {
    fn new(api: &Api, chat_id: &'a ChatId, changes: &'a Changes) -> Self {
        match changes {
            Changes::Applied {
                messages,
                deleted,
                cursor,
            } => {
                let messages = messages.iter().map(|message| Item::Message {
                    message: MessageJson::new(api, chat_id, message),
                });
                let deleted = deleted.iter().map(|id| Item::MessageDeleted { id: *id });
                Self {
                    items: messages.chain(deleted).collect(),
                    cursor: cursor.to_string(),
                    reset: false,
                }
            }
            Changes::Reset(cursor) => Self {
                items: Vec::new(),
                cursor: cursor.to_string(),
                reset: true,
            },
        }
    }
}
