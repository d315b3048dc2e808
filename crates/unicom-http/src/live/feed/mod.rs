//! [`Feed`]: what one connection follows, and what it has been told.

mod chat;
mod following;
mod list;
mod streams;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use tokio::time::{Instant, sleep_until};
use unicom_core::live::{News, Notice, Subscription, Topic};
use unicom_db::StreamEnd;
use unicom_models::{ChatId, MessageId};
use unicom_webchat::Cursor;

pub(super) use self::streams::learn_stream;
use crate::live::encoded_frame::EncodedFrame;
use crate::live::frame::Frame;
use crate::live::reader::Reader;
use crate::live::told_stream::ToldStream;
use crate::openapi::Kind;
use crate::{Api, ApiError, Proof};

/// What a connection is told: rows of the reader's list of chats, and what changes in some of the
/// chats.
pub(super) struct Feed<R> {
    pub api: web::Data<Api>,
    /// What has to stay valid. The request is not kept: it takes several KiB.
    proof: Box<dyn Proof>,
    pub reader: R,
    subscription: Subscription,
    /// The number of the last change of each chat that the client was told. `None` if the
    /// connection does not follow the list of chats.
    listed: Option<HashMap<ChatId, i64>>,
    /// What the client has read of the chats whose content it follows.
    followed: HashMap<ChatId, Cursor>,
    /// How much the client has of the replies that bots are writing in these chats.
    streams: HashMap<ChatId, ToldStream>,
    /// The number of unread messages that the client was told, and whether it may have changed.
    unread_total: Option<i64>,
    is_unread_stale: bool,
    /// Chats whose rows are read when the pace of rows allows it, and from when it does.
    rows: HashMap<ChatId, Reading>,
    rows_at: Instant,
    /// What is read when the client has taken the frames.
    tasks: VecDeque<Task>,
    frames: VecDeque<EncodedFrame>,
}

/// Something to read for the client.
enum Task {
    /// Begin to follow a chat.
    Follow(ChatId, Option<Cursor>),
    /// Read of a chat that may have changed what the connection follows of it.
    Read(ChatId, Part, Reading),
    /// Tell what a bot has written of a reply, and how it has ended.
    TellStream(ChatId, Option<(MessageId, StreamEnd)>),
    /// Find out whether a bot is still writing a reply.
    CheckStream(ChatId),
    /// Count the unread messages.
    CountUnread,
}

/// What of a chat is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Both,
    /// The row of the list of chats.
    Row,
    /// The changes in a chat that the client follows.
    Content,
}

/// Whether a connection may be told what was read for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// What was read since the last change that the hub knows will do.
    Shared,
    /// The chats are read again: a change may have been missed.
    Anew,
}

impl<R: Reader> Feed<R> {
    /// Creates a feed for the reader who makes the request, which follows nothing yet.
    ///
    /// # Errors
    /// What [`Proof::still_valid`] returns if the session has ended since it was loaded, and those
    /// of the database.
    pub async fn new(
        api: &web::Data<Api>,
        request: &HttpRequest,
        reader: R,
    ) -> Result<Self, ApiError> {
        let mut subscription = api.hub()?.subscribe();
        if let Some(id) = reader.account_id() {
            subscription.add(Topic::Account(id));
        }
        // From now on, the end of the session is a change of the account.
        let proof = api.identity.proof(request);
        proof.still_valid().await?;
        Ok(Self {
            api: api.clone(),
            proof,
            reader,
            subscription,
            listed: None,
            followed: HashMap::new(),
            streams: HashMap::new(),
            unread_total: None,
            is_unread_stale: false,
            rows: HashMap::new(),
            rows_at: Instant::now(),
            tasks: VecDeque::new(),
            frames: VecDeque::new(),
        })
    }

    /// Returns the next frame that the client is to be told, if there is one.
    pub fn pop(&mut self) -> Option<EncodedFrame> {
        let next = self.frames.pop_front();
        if next.is_none() {
            // Most connections are idle most of the time.
            self.frames.shrink_to_fit();
        }
        next
    }

    /// Returns `true` if there is something to read: call [`work`](Self::work) once the client has
    /// taken the frames.
    pub fn has_work(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// Reads one thing, and adds the frames that tell it.
    ///
    /// # Errors
    /// [`ApiError::account_blocked`], and those of the database.
    pub async fn work(&mut self) -> Result<(), ApiError> {
        let reads = Arc::clone(&self.api.live_reads);
        let _permit = reads.acquire().await;
        let task = self.tasks.pop_front();
        if self.tasks.is_empty() {
            self.tasks.shrink_to_fit();
        }
        match task {
            Some(Task::Follow(chat_id, cursor)) => match self.follow(&chat_id, cursor).await {
                Err(error) if error.kind() == Kind::ChatNotFound => {
                    self.push(&Frame::ChatGone { chat_id: &chat_id })
                }
                followed => followed,
            },
            Some(Task::Read(chat_id, part, reading)) => {
                self.read_chat(chat_id, part, reading).await
            }
            Some(Task::TellStream(chat_id, ended)) => self.read_stream(&chat_id, ended).await,
            Some(Task::CheckStream(chat_id)) => {
                self.learn_stream(&chat_id).await?;
                self.tell_stream(&chat_id, None)
            }
            Some(Task::CountUnread) => self.count_unread().await,
            None => Ok(()),
        }
    }

    /// Adds a frame that the client is to be told.
    pub fn push(&mut self, frame: &Frame<'_>) -> Result<(), ApiError> {
        self.frames.push_back(frame.encode()?);
        Ok(())
    }

    /// Waits until something changes that the connection follows, or the process stops. Nothing is
    /// lost if the future is dropped before it is ready.
    pub async fn changed(&self) -> Notice {
        if self.rows.is_empty() {
            return self.subscription.next().await;
        }
        tokio::select! {
            notice = self.subscription.next() => notice,
            () = sleep_until(self.rows_at) => Notice::News(News::default()),
        }
    }

    /// Checks that the client still is who it said, and reads the list of chats again, since a
    /// notice of another process may have been lost.
    ///
    /// # Errors
    /// [`ApiError::login_required`] or another refusal if the session has ended,
    /// [`ApiError::account_blocked`], and those of the database.
    pub async fn check(&mut self) -> Result<(), ApiError> {
        self.api.shared_reads.forget_old();
        self.subscription.forget_old_viewers();
        self.reader.refresh(&self.api);
        self.read_everything(Reading::Anew).await
    }

    /// Checks the proof of identity, and reads what may have changed of all that the connection
    /// follows.
    async fn read_everything(&mut self, reading: Reading) -> Result<(), ApiError> {
        self.still_valid().await?;
        let mut changed = self.changed_chats(reading).await?;
        changed.extend(self.followed.keys().cloned());
        self.add_tasks(changed, reading);
        self.check_streams()
    }

    /// Reads what has changed, and adds the frames that tell the news.
    ///
    /// # Errors
    /// Those of [`check`](Self::check).
    pub async fn read(&mut self, news: News) -> Result<(), ApiError> {
        let News {
            changed,
            anything,
            typing,
            streams,
            viewed,
        } = news;
        if anything {
            self.read_everything(Reading::Shared).await?;
        } else {
            self.read_topics(changed).await?;
        }
        let own = self.reader.account_id();
        for told in typing {
            let is_own = own.is_some() && told.account_id == own;
            if !is_own && self.follows(&told.chat_id) {
                self.push(&Frame::Typing {
                    chat_id: &told.chat_id,
                    author: &told.author,
                    is_typing: told.is_typing,
                })?;
            }
        }
        // After the changes, among which are the finished messages.
        let told = streams
            .into_iter()
            .filter(|(chat_id, _)| self.followed.contains_key(chat_id));
        self.tasks
            .extend(told.map(|(chat_id, ended)| Task::TellStream(chat_id, ended)));
        for chat_id in viewed {
            let viewers = self.subscription.viewers(&chat_id);
            self.frames.extend(R::presence(&chat_id, &viewers)?);
        }
        self.begin_rows();
        Ok(())
    }

    /// Keeps the connection open with another proof of the same visitor.
    ///
    /// # Errors
    /// Those of [`IdentityProvider::renew`](crate::IdentityProvider::renew).
    pub async fn renew(&mut self, token: &str) -> Result<(), ApiError> {
        let Some(visitor) = self.reader.visitor() else {
            return Ok(());
        };
        let renewed = self.api.identity.renew(visitor, token).await?;
        self.proof = renewed.proof;
        self.push(&Frame::Renewed {
            expires_at: renewed.expires_at,
        })
    }

    async fn still_valid(&self) -> Result<(), ApiError> {
        let reads = Arc::clone(&self.api.live_reads);
        let _permit = reads.acquire().await;
        self.proof.still_valid().await
    }

    async fn read_topics(&mut self, topics: HashSet<Topic>) -> Result<(), ApiError> {
        let mut chats = HashSet::new();
        for topic in topics {
            match topic {
                Topic::Chat(id) => {
                    chats.insert(id);
                }
                Topic::Account(_) if R::LISTS_EVERY_CHAT => self.still_valid().await?,
                Topic::Account(_) => {
                    self.still_valid().await?;
                    chats.extend(self.changed_chats(Reading::Shared).await?);
                }
                // The news name the chats.
                Topic::EveryChat => {}
            }
        }
        self.add_tasks(chats, Reading::Shared);
        Ok(())
    }

    /// Lets chats be read that may have changed.
    fn add_tasks(&mut self, chats: HashSet<ChatId>, reading: Reading) {
        for chat_id in chats {
            if R::ROW_PACE.is_zero() || self.listed.is_none() {
                self.tasks
                    .push_back(Task::Read(chat_id, Part::Both, reading));
                continue;
            }
            if self.follows(&chat_id) {
                self.tasks
                    .push_back(Task::Read(chat_id.clone(), Part::Content, reading));
            }
            let row = self.rows.entry(chat_id).or_insert(reading);
            if reading == Reading::Anew {
                *row = reading;
            }
        }
        if self.unread_total.is_some() && !self.tasks.is_empty() {
            self.tasks.push_back(Task::CountUnread);
        }
    }

    /// Lets the rows be read that have changed, if the last ones were read long enough ago.
    fn begin_rows(&mut self) {
        let now = Instant::now();
        if !self.rows.is_empty() && now >= self.rows_at {
            self.rows_at = now + R::ROW_PACE;
            let rows = std::mem::take(&mut self.rows).into_iter();
            self.tasks
                .extend(rows.map(|(id, reading)| Task::Read(id, Part::Row, reading)));
        }
    }
}
