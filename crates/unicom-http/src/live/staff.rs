//! [`StaffReader`]: an admin is told what changes in all chats.

use std::time::Duration;

use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use unicom_core::live::{Subscription, Viewer};
use unicom_db::queries::chat_list::{self, AdminFilters, AdminListedChat};
use unicom_db::queries::streams;
use unicom_db::{Database, DbError, Event, Viewing};
use unicom_models::{AccountId, Author, AuthorKind, ChatId, Id};
use unicom_webchat::{Cursor, StoredStream};

use super::commander::{Commander, FOR_EACH_CHAT};
use super::encoded_frame::EncodedFrame;
use super::feed::Feed;
use super::frame::Frame;
use super::reader::{FirstPage, LISTED, Reader, WATCHED};
use super::shared_reads::{ChatNews, ReaderKey, Wanted};
use super::staff_frame::Presence;
use super::{place, socket, sse, staff_changes};
use crate::admin::chat_json::AdminChatJson;
use crate::security_log::SecurityEvent;
use crate::{Admin, Api, ApiError, Caller, ids};

pub(crate) use super::staff_command::StaffCommand;
pub(crate) use super::staff_frame::StaffFrame;

/// An admin, who is told what changes in all chats.
pub(super) struct StaffReader {
    admin: Admin,
    /// The web chat account of the user, whose changes may end the connection.
    account_id: Option<AccountId>,
    /// Who the security log says reads.
    caller: Caller,
    viewing: ViewedChat,
}

impl StaffReader {
    /// Creates the reader for the admin who makes the request.
    async fn of(api: &Api, request: &HttpRequest, admin: Admin) -> Result<Self, ApiError> {
        let user = api.identity.identify(request).await?;
        Ok(Self {
            account_id: user.map(|user| user.account_id()),
            caller: Caller::of(request),
            viewing: ViewedChat {
                database: api.database.clone(),
                connection: Id::new(),
                chat_id: None,
                viewer: Viewer {
                    name: admin.name.clone(),
                    user_id: admin.user_id.clone(),
                },
            },
            admin,
        })
    }
}

/// The chat that a connection shows. The other admins are told when it ends.
struct ViewedChat {
    database: Database,
    connection: Id,
    chat_id: Option<ChatId>,
    viewer: Viewer,
}

impl ViewedChat {
    fn set(&mut self, chat_id: Option<ChatId>) {
        if self.chat_id != chat_id {
            self.chat_id = chat_id;
            self.tell();
        }
    }

    fn tell(&self) {
        self.database.publish(vec![Event::Viewing(Viewing {
            connection: self.connection,
            chat_id: self.chat_id.clone(),
            user_id: self.viewer.user_id.clone(),
            name: self.viewer.name.clone(),
        })]);
    }
}

impl Drop for ViewedChat {
    fn drop(&mut self) {
        self.set(None);
    }
}

impl Reader for StaffReader {
    const ROW_PACE: Duration = Duration::from_millis(100);
    const LISTS_EVERY_CHAT: bool = true;

    fn account_id(&self) -> Option<AccountId> {
        self.account_id.clone()
    }

    fn key(&self) -> ReaderKey {
        ReaderKey::Admins
    }

    fn author(&self) -> Author {
        Author {
            kind: AuthorKind::Staff,
            name: self.admin.name.clone(),
        }
    }

    async fn list_changes(&self, api: &Api) -> Result<Vec<(ChatId, i64)>, ApiError> {
        let changes = api
            .database
            .read(|db| chat_list::changes_for_admin(db, WATCHED.into()));
        Ok(changes.await?)
    }

    async fn first_page(
        &self,
        api: &Api,
        subscription: &Subscription,
        heartbeat_s: u64,
    ) -> Result<FirstPage, ApiError> {
        let limit = i64::from(LISTED);
        let chats = api
            .database
            .read(move |db| chat_list::for_admin(db, &AdminFilters::default(), None, limit + 1));
        let mut chats = chats.await?;
        let has_more = chats.len() > LISTED as usize;
        chats.truncate(LISTED as usize);
        let row = |AdminListedChat { chat, .. }: &AdminListedChat| (chat.id.clone(), chat.change);
        let rows = chats.iter().map(row).collect();
        let viewed: Vec<(ChatId, Vec<Viewer>)> = subscription
            .viewed_chats()
            .into_iter()
            .map(|chat_id| {
                let viewers = subscription.viewers(&chat_id);
                (chat_id, viewers)
            })
            .collect();
        let presence = viewed
            .iter()
            .map(|(id, viewers)| Presence::new(id, viewers));
        let frame = StaffFrame::Hello {
            chats: chats.into_iter().map(AdminChatJson::from).collect(),
            has_more,
            presence: presence.collect(),
            heartbeat_s,
        };
        Ok(FirstPage {
            frame: frame.encode()?,
            rows,
            unread_total: None,
        })
    }

    async fn begin(
        &self,
        api: &Api,
        chat_id: &ChatId,
        cursor: Option<Cursor>,
    ) -> Result<(Cursor, EncodedFrame), ApiError> {
        let id = ids::chat_id(chat_id.as_str().to_owned())?;
        let read = api
            .database
            .read(move |db| staff_changes::read(db, &id, cursor));
        let changes = read.await?.ok_or_else(ids::no_chat)?;
        changes.into_frame(api, chat_id)
    }

    async fn stored_stream(
        &self,
        api: &Api,
        chat_id: &ChatId,
    ) -> Result<Option<StoredStream>, ApiError> {
        let id = chat_id.clone();
        let read = api
            .database
            .read_inline(move |db| streams::of_chat(db, &id));
        Ok(read.await?)
    }

    async fn read(&self, api: &Api, wanted: &Wanted) -> Result<ChatNews, ApiError> {
        let asked = wanted.clone();
        let read = api.database.read_inline(move |db| {
            let Wanted {
                chat_id,
                is_listed,
                cursor,
                ..
            } = asked;
            let changes = match cursor {
                Some(_) => staff_changes::read(db, &chat_id, cursor)?,
                None => None,
            };
            let row = match is_listed {
                true => chat_list::one_for_admin(db, &chat_id)?,
                false => None,
            };
            Ok::<_, DbError>((row, changes))
        });
        let (row, changes) = read.await?;
        if row.is_some() != wanted.is_listed || changes.is_some() != wanted.cursor.is_some() {
            return Ok(ChatNews::Gone);
        }
        let row = row.map(|row| {
            let change = row.chat.change;
            let chat = Box::new(AdminChatJson::from(row));
            Ok::<_, ApiError>((change, StaffFrame::Chat { chat }.encode()?))
        });
        let changes = changes.map(|changes| {
            let (cursor, frame) = changes.into_frame(api, &wanted.chat_id)?;
            Ok::<_, ApiError>((cursor, Some(frame)))
        });
        Ok(ChatNews::Read {
            row: row.transpose()?,
            changes: changes.transpose()?,
        })
    }

    fn presence(chat_id: &ChatId, viewers: &[Viewer]) -> Result<Option<EncodedFrame>, ApiError> {
        let presence = StaffFrame::Presence(Presence::new(chat_id, viewers));
        presence.encode().map(Some)
    }

    fn refresh(&self, _: &Api) {
        if self.viewing.chat_id.is_some() {
            self.viewing.tell();
        }
    }

    fn followed(&self, chat_id: &ChatId) {
        let mut event = SecurityEvent::done("staff.read").with("chat_id", chat_id);
        if let Some(id) = &self.admin.user_id {
            event = event.with("user", format_args!("user:{id}"));
        }
        event.write_for(&self.caller);
    }

    fn unfollowed(&mut self, chat_id: &ChatId) {
        if self.viewing.chat_id.as_ref() == Some(chat_id) {
            self.viewing.set(None);
        }
    }
}

impl Commander for StaffReader {
    type Command = StaffCommand;

    fn cost(command: &StaffCommand) -> f64 {
        match command {
            StaffCommand::Subscribe { chats } => chats.len() as f64 * FOR_EACH_CHAT,
            _ => 0.0,
        }
    }

    async fn obey(feed: &mut Feed<Self>, command: StaffCommand) -> Result<(), ApiError> {
        match command {
            StaffCommand::Subscribe { chats } => feed.subscribe(chats),
            StaffCommand::Unsubscribe { chats } => {
                feed.unsubscribe(&chats);
                Ok(())
            }
            StaffCommand::Typing { chat_id, is_typing } => feed.signal_typing(&chat_id, is_typing),
            StaffCommand::Viewing { chat_id } => {
                if chat_id.as_ref().is_some_and(|id| !feed.follows(id)) {
                    return Err(ApiError::chat_not_found(
                        "subscribe to the chat before viewing it",
                    ));
                }
                feed.reader.viewing.set(chat_id);
                Ok(())
            }
            StaffCommand::Ping => feed.push(&Frame::Pong),
        }
    }
}

/// Opens a WebSocket for the admin who makes the request.
///
/// # Errors
/// Those of [`socket::handshake`] and [`socket::open`].
pub(crate) async fn open_socket(
    request: &HttpRequest,
    payload: Payload,
    api: &web::Data<Api>,
    admin: Admin,
) -> Result<HttpResponse, ApiError> {
    let handshake = socket::handshake(api, request)?;
    let reader = StaffReader::of(api, request, admin).await?;
    let feed = Feed::new(api, request, reader).await?;
    socket::open(request, handshake, payload, feed).await
}

/// Opens a stream of events for the admin who makes the request: about a chat or, without one,
/// about the list of chats.
///
/// # Errors
/// Those of [`Feed::follow`] and [`Feed::follow_list`], and [`ApiError::busy`] or
/// [`ApiError::rate_limited`] if there are too many connections.
pub(crate) async fn open_stream(
    request: &HttpRequest,
    api: &web::Data<Api>,
    admin: Admin,
    chat_id: Option<ChatId>,
    cursor: Option<Cursor>,
) -> Result<HttpResponse, ApiError> {
    let reader = StaffReader::of(api, request, admin).await?;
    let mut feed = Feed::new(api, request, reader).await?;
    match chat_id {
        Some(chat_id) => feed.follow(&chat_id, cursor).await?,
        None => feed.follow_list(sse::HEARTBEAT.as_secs()).await?,
    }
    Ok(sse::respond(feed, place(request)?))
}
