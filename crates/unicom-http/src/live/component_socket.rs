//! A WebSocket for the web components of django-unicom, which follows one chat.
//!
//! The components load a page of the chat while the socket opens, and load nothing after it was
//! interrupted. So the socket first repeats the newest messages, as if they had changed: a
//! component adds those that it lacks. They connect again only after an end without a close frame.
//! So the server closes the connection properly only if the client is to stay away.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use actix_http::ws::{CloseCode, CloseReason, Message};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse, web};
use bytestring::ByteString;
use futures_util::stream;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};
use unicom_core::live::Notice;
use unicom_models::{ChannelId, ChatId, MessageId};
use unicom_webchat::{Cursor, MessagePage, MessagePageRequest, Visitor, list_messages};

use super::closing::{Closing, FORBIDDEN, INVALID, SILENT, UNAUTHENTICATED};
use super::component_frames::{Changes, ComponentCommand, ComponentFrame, raw, written_at};
use super::feed::Feed;
use super::visitor::VisitorReader;
use super::wire::{self, Received, Waited, Wire};
use super::{place, utf8};
use crate::admission::LongLivedPlace;
use crate::file_urls::FileUrls;
use crate::json::MessageJson;
use crate::openapi::Kind::{Busy, CsrfFailed, InvalidParameter, RateLimited, UpgradeRequired};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::Parameters;
use crate::{Api, ApiError, ids};

/// The number of messages that the socket repeats.
const TAIL: u32 = 50;

/// While the socket is younger than this, the component may still load its page, which overwrites
/// what came in the meantime.
const LOADING: Duration = Duration::from_secs(5);

/// How long after the connection has begun, or after the last message of that time, the newest
/// messages are repeated once more.
const REPEAT: Duration = Duration::from_secs(3);

/// The chat's channel.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ComponentParameters {
    /// The channel that the component is set to
    #[serde(rename = "channel_id")]
    #[param(rename = "channel_id")]
    _channel_id: Option<ChannelId>,
}

/// Opens a WebSocket for a web component
///
/// For the components of django-unicom; other clients use `webchat/ws/`. The server sends
/// `ComponentFrame`s, first `ready` and the newest 50 messages, and takes `ComponentCommand`s.
///
/// Close codes: 4400 the path or the query is invalid, 4401 there is no session or it has ended,
/// 4403 blocked, or the visitor takes no part in the chat. Otherwise, as when the server stops, the
/// connection ends without a close frame: connect again.
#[utoipa::path(
    get, path = "/webchat/{chat_id}", operation_id = "open_component_socket", tag = "webchat",
    params(("chat_id" = ChatId, Path, description = "The chat"), ComponentParameters),
    responses(
        (status = 101, description = "The connection is a WebSocket that carries these", content(
            (ComponentFrame = "application/json"),
            (ComponentCommand = "application/json"),
        )),
        ErrorResponses<{ error_kinds(&[InvalidParameter, CsrfFailed, UpgradeRequired, RateLimited, Busy]) }>,
    ),
)]
pub(crate) async fn component_socket(
    request: HttpRequest,
    payload: Payload,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let handshake = wire::handshake(&request)?;
    api.identity.check_origin(&request)?;
    let opened = match ComponentSocket::open(&request, payload, path.into_inner(), &api).await {
        Ok(socket) => State::Open(Box::new(socket)),
        Err(error) => match End::from(error) {
            End::Final(reason) => State::Refused(reason),
            End::Temporary(error) => return Err(error.unwrap_or_else(ApiError::busy)),
        },
    };
    let chunks = stream::unfold(opened, |state| async {
        let (chunk, state) = state.next().await?;
        Some((Ok::<_, ApiError>(chunk), state))
    });
    wire::respond(handshake, chunks)
}

/// What is left to tell the client.
enum State {
    Open(Box<ComponentSocket>),
    Refused(CloseReason),
    Ended,
}

impl State {
    /// Returns the next bytes for the client, or `None` at the end of the connection.
    async fn next(self) -> Option<(Bytes, Self)> {
        match self {
            Self::Open(mut socket) => {
                let (message, is_last) = match socket.message().await {
                    Ok(message) => {
                        let message = message?;
                        let is_last = matches!(message, Message::Close(_));
                        (message, is_last)
                    }
                    Err(End::Final(reason)) => (Message::Close(Some(reason)), true),
                    Err(End::Temporary(_)) => return None,
                };
                let bytes = wire::encoded(message)?;
                Some((
                    bytes,
                    if is_last {
                        Self::Ended
                    } else {
                        Self::Open(socket)
                    },
                ))
            }
            Self::Refused(reason) => {
                let message = Message::Close(Some(reason));
                Some((wire::encoded(message)?, Self::Ended))
            }
            Self::Ended => None,
        }
    }
}

/// How a connection ends.
enum End {
    /// With a close frame: the client stays away.
    Final(CloseReason),
    /// Without one: the client connects again.
    Temporary(Option<ApiError>),
}

impl From<ApiError> for End {
    fn from(error: ApiError) -> Self {
        let code = match (error.kind(), error.kind().status().as_u16()) {
            // A guest's session ends with the login.
            (CsrfFailed, _) | (_, 401) => UNAUTHENTICATED,
            (_, 403 | 404) => FORBIDDEN,
            (_, 400) => INVALID,
            _ => return Self::Temporary(Some(error)),
        };
        Self::Final((CloseCode::Other(code), error.kind().code().to_owned()).into())
    }
}

impl From<Closing> for End {
    fn from(Closing(reason): Closing) -> Self {
        match reason.code {
            CloseCode::Other(SILENT) => Self::Temporary(None),
            _ => Self::Final(reason),
        }
    }
}

/// A WebSocket of a web component that is open.
struct ComponentSocket {
    api: web::Data<Api>,
    visitor: Visitor,
    chat_id: ChatId,
    feed: Feed<VisitorReader>,
    wire: Wire,
    outgoing: VecDeque<ByteString>,
    /// The time of the newest message that the client was told.
    newest_at: String,
    opened_at: Instant,
    /// When the newest messages are repeated.
    repeat_at: Option<Instant>,
    _place: Option<LongLivedPlace>,
}

impl ComponentSocket {
    /// Opens the socket of the client that makes the request.
    async fn open(
        request: &HttpRequest,
        payload: Payload,
        chat_id: String,
        api: &web::Data<Api>,
    ) -> Result<Self, ApiError> {
        Parameters::of(request)?.read::<ComponentParameters>()?;
        let chat_id = ids::chat_id(chat_id)?;
        let visitor = api.session_visitor(request).await?;
        let feed = Feed::new(api, request, VisitorReader::new(visitor.clone())).await?;
        let now = Instant::now();
        let mut socket = Self {
            api: api.clone(),
            visitor,
            feed,
            wire: Wire::new(payload),
            outgoing: VecDeque::new(),
            newest_at: String::new(),
            opened_at: now,
            repeat_at: Some(now + REPEAT),
            _place: None,
            chat_id,
        };
        let ready = ComponentFrame::Ready {
            chat_id: &socket.chat_id,
        };
        socket.outgoing.push_back(ready.encode()?);
        let cursor = socket.tell_newest().await?;
        socket.feed.follow(&socket.chat_id, cursor).await?;
        socket._place = place(request)?;
        Ok(socket)
    }

    /// Waits for the next message for the client. Returns `None` if the client is gone.
    async fn message(&mut self) -> Result<Option<Message>, End> {
        loop {
            if let Some(json) = self.outgoing.pop_front() {
                return Ok(Some(Message::Text(json)));
            }
            // Most connections are idle most of the time.
            self.outgoing.shrink_to_fit();
            if let Some(frame) = self.feed.pop() {
                Box::pin(self.translate(frame.event, &frame.json)).await?;
                continue;
            }
            match self.wire.take()? {
                Some(Received::Text(text)) => {
                    self.obey(utf8(&text)?)?;
                    continue;
                }
                Some(Received::Answered(answer)) => return Ok(Some(answer)),
                Some(Received::Closed(reason)) => return Ok(Some(Message::Close(reason))),
                None => {}
            }
            if self.feed.has_work() {
                Box::pin(self.feed.work()).await?;
                continue;
            }
            let repeat_at = self.repeat_at;
            let wait = repeat_at.map(|at| at.saturating_duration_since(Instant::now()));
            tokio::select! {
                waited = self.wire.wait() => match waited? {
                    Waited::Bytes => {}
                    Waited::Gone => return Ok(None),
                    Waited::Heartbeat => {
                        Box::pin(self.feed.check()).await?;
                        return Ok(Some(Message::Ping(Bytes::new())));
                    }
                },
                notice = self.feed.changed() => match notice {
                    Notice::News(news) => Box::pin(self.feed.read(news)).await?,
                    Notice::Stopping => return Err(End::Temporary(None)),
                },
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    self.repeat_at = None;
                    Box::pin(self.tell_newest()).await?;
                }
            }
        }
    }

    /// Does what the client says. What is not understood is ignored.
    fn obey(&mut self, text: &str) -> Result<(), ApiError> {
        if let Ok(ComponentCommand::Ping) = serde_json::from_str(text) {
            self.outgoing.push_back(ComponentFrame::Pong.encode()?);
        }
        Ok(())
    }

    /// Tells the client what a frame of the feed says, as far as a component understands it.
    async fn translate(&mut self, event: &str, json: &str) -> Result<(), End> {
        match event {
            "changes" => {
                for message in Changes::of(json)?.messages() {
                    self.tell(message)?;
                }
                Ok(())
            }
            "reset" => {
                // The chat was rewritten: nothing in it is newer than what is told now.
                self.newest_at.clear();
                self.tell_newest().await?;
                Ok(())
            }
            "chat_gone" => {
                let gone = ApiError::chat_not_found("the chat was deleted, or was left");
                Err(gone.into())
            }
            _ => Ok(()),
        }
    }

    /// Tells the client a message that is new or has changed.
    fn tell(&mut self, message: &RawValue) -> Result<(), ApiError> {
        let chat_id = &self.chat_id;
        let written_at = written_at(message)?;
        let frame = if written_at > self.newest_at {
            self.newest_at = written_at;
            ComponentFrame::NewMessage { chat_id, message }
        } else {
            ComponentFrame::MessageUpdated { chat_id, message }
        };
        self.outgoing.push_back(frame.encode()?);
        let now = Instant::now();
        if self.repeat_at.is_some() && now.duration_since(self.opened_at) < LOADING {
            self.repeat_at = Some(now + REPEAT);
        }
        Ok(())
    }

    /// Tells the client the newest messages, as if they had changed. Returns the cursor of a reader
    /// who has read them.
    ///
    /// Those that the feed is about to tell are left out.
    async fn tell_newest(&mut self) -> Result<Option<Cursor>, ApiError> {
        let page = self.read_newest().await?;
        let (Some(chat_id), Some(statuses)) = (&page.chat_id, &page.statuses) else {
            return Ok(page.cursor);
        };
        let is_first = self.newest_at.is_empty();
        let urls = FileUrls::of_visitor(&self.api, &self.visitor);
        for message in shown(&page) {
            let files = page.files.get(&message.id).map_or(&[][..], Vec::as_slice);
            let message = raw(&MessageJson::new(&urls, chat_id, message, files, statuses))?;
            let written_at = written_at(&message)?;
            if is_first {
                self.newest_at = self.newest_at.clone().max(written_at);
            } else if written_at > self.newest_at {
                continue;
            }
            let frame = ComponentFrame::MessageUpdated {
                chat_id,
                message: &message,
            };
            self.outgoing.push_back(frame.encode()?);
        }
        Ok(page.cursor)
    }

    async fn read_newest(&self) -> Result<MessagePage, ApiError> {
        let _permit = self.api.live_reads.acquire().await;
        let request = MessagePageRequest {
            chat_id: Some(self.chat_id.clone()),
            limit: TAIL,
            ..MessagePageRequest::default()
        };
        let visitor = self.visitor.clone();
        let page = self
            .api
            .database
            .read_inline(move |db| list_messages(db, &visitor, &request));
        Ok(page.await?)
    }
}

/// Returns the messages of a page to repeat, oldest first.
///
/// The components show nothing if no message is without a parent. On their own page, parents that
/// are not on it are left out, which these messages would undo: in the older half, those whose
/// parent is not on the page are not repeated.
fn shown(page: &MessagePage) -> impl Iterator<Item = &unicom_models::VisibleMessage> {
    let ids: HashSet<MessageId> = page.messages.iter().map(|message| message.id).collect();
    let half = page.messages.len() / 2;
    page.messages
        .iter()
        .enumerate()
        .rev()
        .filter(move |(index, message)| {
            let parent = message.reply_to_message_id;
            *index < half || parent.is_none_or(|parent| ids.contains(&parent))
        })
        .map(|(_, message)| message)
}
