//! [`Feed`]: what one connection follows, and what it has been told.

mod streams;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use tokio::time::{Instant, sleep_until};
use unicom_core::live::{News, Notice, Subscription, Topic};
use unicom_db::{Event, StreamEnd, Typing};
use unicom_models::{ChatId, MessageId};
use unicom_webchat::Cursor;

pub(super) use self::streams::learn_stream;
use crate::live::encoded_frame::EncodedFrame;
use crate::live::frame::Frame;
use crate::live::reader::{Reader, WATCHED};
use crate::live::shared_reads::{ChatNews, Wanted};
use crate::live::told_stream::ToldStream;
use crate::openapi::Kind;
use crate::{Api, ApiError, Proof};

/// Maximum number of chats whose content a connection follows.
const FOLLOWED: usize = 100;

/// Maximum number of chats whose last told change a connection remembers.
const MOST_LISTED: usize = 4 * WATCHED as usize;

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

    /// Follows the reader's list of chats, and tells the client the first page of it.
    ///
    /// # Errors
    /// [`ApiError::account_blocked`], and those of the database.
    pub async fn follow_list(&mut self, heartbeat_s: u64) -> Result<(), ApiError> {
        // Subscribed before the rows are read, so that no change falls between.
        if R::LISTS_EVERY_CHAT {
            self.subscription.add(Topic::EveryChat);
        }
        let changes = self.reader.list_changes(&self.api).await?;
        self.watch(changes.iter().map(|(id, _)| id));
        let page = self
            .reader
            .first_page(&self.api, &self.subscription, heartbeat_s);
        let page = page.await?;
        self.watch(page.rows.iter().map(|(id, _)| id));
        self.listed = Some(changes.into_iter().chain(page.rows).collect());
        self.unread_total = page.unread_total;
        self.frames.push_back(page.frame);
        Ok(())
    }

    /// Subscribes to chats of the list.
    fn watch<'a>(&mut self, chats: impl Iterator<Item = &'a ChatId>) {
        if !R::LISTS_EVERY_CHAT {
            for chat_id in chats {
                self.subscription.add(Topic::Chat(chat_id.clone()));
            }
        }
    }

    /// Follows chats, each from the cursor that the client has, or from now on. Those that the
    /// reader may not read are told as gone.
    ///
    /// # Errors
    /// [`ApiError::invalid_cursor`], [`ApiError::invalid_parameter`] if they are too many.
    pub fn subscribe(&mut self, chats: HashMap<ChatId, Option<String>>) -> Result<(), ApiError> {
        let mut cursors = Vec::new();
        for (chat_id, cursor) in chats {
            let cursor = cursor.map(|cursor| cursor.parse::<Cursor>()).transpose();
            let cursor = cursor.map_err(|error| {
                ApiError::invalid_cursor(format!("the cursor of chat `{chat_id}`: {error}"))
            })?;
            cursors.push((chat_id, cursor));
        }
        let chats = cursors;
        let is_new = |(chat_id, _): &&(ChatId, _)| !self.followed.contains_key(chat_id);
        if self.followed.len() + chats.iter().filter(is_new).count() > FOLLOWED {
            return Err(ApiError::invalid_parameter(format!(
                "a connection follows at most {FOLLOWED} chats: unsubscribe from others first"
            )));
        }
        let follow = |(chat_id, cursor)| Task::Follow(chat_id, cursor);
        self.tasks.extend(chats.into_iter().map(follow));
        Ok(())
    }

    /// Follows a chat, and tells the client what has changed in it since `cursor`. Without a
    /// cursor, the client is told the present one.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`], [`ApiError::account_blocked`], and those of the database.
    pub async fn follow(
        &mut self,
        chat_id: &ChatId,
        cursor: Option<Cursor>,
    ) -> Result<(), ApiError> {
        let topic = Topic::Chat(chat_id.clone());
        let was_watched = self.subscription.contains(&topic);
        self.subscription.add(topic.clone());
        match self.reader.begin(&self.api, chat_id, cursor).await {
            Ok((cursor, frame)) => {
                self.reader.followed(chat_id);
                self.frames.push_back(frame);
                self.followed.insert(chat_id.clone(), cursor);
                self.streams.remove(chat_id);
                self.begin_stream(chat_id).await
            }
            Err(error) => {
                if !was_watched {
                    self.subscription.remove(&topic);
                }
                Err(error)
            }
        }
    }

    /// Stops following chats.
    pub fn unsubscribe(&mut self, chats: &[ChatId]) {
        for chat_id in chats {
            self.followed.remove(chat_id);
            self.streams.remove(chat_id);
            self.reader.unfollowed(chat_id);
            if self.listed.is_none() || R::LISTS_EVERY_CHAT {
                self.subscription.remove(&Topic::Chat(chat_id.clone()));
            }
        }
    }

    /// Returns `true` if the client follows the chat.
    pub fn follows(&self, chat_id: &ChatId) -> bool {
        self.followed.contains_key(chat_id)
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

    /// Tells the others in a chat that the client follows that the reader begins or stops to write.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`] if the client does not follow the chat.
    pub fn signal_typing(&self, chat_id: &ChatId, is_typing: bool) -> Result<(), ApiError> {
        if !self.follows(chat_id) {
            return Err(ApiError::chat_not_found(
                "subscribe to the chat before writing in it",
            ));
        }
        self.api.database.publish(vec![Event::Typing(Typing {
            chat_id: chat_id.clone(),
            author: self.reader.author(),
            account_id: self.reader.account_id(),
            is_typing,
        })]);
        Ok(())
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

    /// Counts the unread messages if a chat of the list has changed, and tells the client if their
    /// number has.
    async fn count_unread(&mut self) -> Result<(), ApiError> {
        if !std::mem::take(&mut self.is_unread_stale) {
            return Ok(());
        }
        let total = self.reader.unread_total(&self.api).await?;
        match total {
            Some(unread_total) if self.unread_total != total => {
                self.unread_total = total;
                self.push(&Frame::Unread { unread_total })
            }
            _ => Ok(()),
        }
    }

    /// Returns the chats that are new, have changed or are gone from the list, and those that the
    /// client follows and that are gone.
    async fn changed_chats(&self, reading: Reading) -> Result<HashSet<ChatId>, ApiError> {
        if R::LISTS_EVERY_CHAT && self.listed.is_none() {
            return Ok(HashSet::new());
        }
        let now = self.list_changes(reading).await?;
        let now: HashMap<&ChatId, i64> = now.iter().map(|(id, change)| (id, *change)).collect();
        // Of all chats, the list has the latest: others may be there nevertheless.
        let gone = |id: &&ChatId| !R::LISTS_EVERY_CHAT && !now.contains_key(*id);
        let followed = self.followed.keys().filter(gone).cloned();
        let Some(listed) = &self.listed else {
            return Ok(followed.collect());
        };
        let gone = listed.keys().filter(gone).cloned().chain(followed);
        let changed = now
            .iter()
            .filter(|(id, change)| listed.get(**id) != Some(change));
        Ok(gone.chain(changed.map(|(id, _)| (*id).clone())).collect())
    }

    /// Returns the number of the last change of the chats of the list. If any chat may have
    /// changed, connections to the same list share what one of them reads.
    async fn list_changes(&self, reading: Reading) -> Result<Arc<Vec<(ChatId, i64)>>, ApiError> {
        let reads = Arc::clone(&self.api.live_reads);
        let _permit = reads.acquire().await;
        let read = async || self.reader.list_changes(&self.api).await;
        if R::LISTS_EVERY_CHAT && reading == Reading::Shared {
            let version = self.subscription.version_of_everything();
            self.api.shared_reads.list(version, read).await
        } else {
            Ok(Arc::new(read().await?))
        }
    }

    /// Reads a chat that may have changed, and adds the frames that tell it.
    async fn read_chat(
        &mut self,
        chat_id: ChatId,
        part: Part,
        reading: Reading,
    ) -> Result<(), ApiError> {
        let wanted = Wanted {
            reader: self.reader.key(),
            is_listed: self.listed.is_some() && part != Part::Content,
            cursor: match part {
                Part::Row => None,
                Part::Both | Part::Content => self.followed.get(&chat_id).copied(),
            },
            chat_id,
        };
        if wanted.is_listed {
            self.watch(std::iter::once(&wanted.chat_id));
        }
        let news = if reading == Reading::Shared {
            let topics = self.reader.topics(&wanted.chat_id);
            let version = self.subscription.version(&topics);
            let read = async |wanted: &Wanted| self.reader.read(&self.api, wanted).await;
            let shared = self.api.shared_reads.get(wanted.clone(), version, read);
            shared.await?
        } else {
            Arc::new(self.reader.read(&self.api, &wanted).await?)
        };
        let chat_id = wanted.chat_id;
        let ChatNews::Read { row, changes } = &*news else {
            // Otherwise its row, which is read next, tells it.
            return match part {
                Part::Content => Ok(()),
                Part::Both | Part::Row => self.forget(&chat_id),
            };
        };
        if let (Some(listed), Some((change, frame))) = (&mut self.listed, row) {
            if listed.len() >= MOST_LISTED && !listed.contains_key(&chat_id) {
                // The client may be told a row again.
                listed.clear();
            }
            if listed.insert(chat_id.clone(), *change) != Some(*change) {
                self.frames.push_back(frame.clone());
                self.is_unread_stale = true;
            }
        }
        if let Some((cursor, frame)) = changes
            && wanted.cursor != Some(*cursor)
            && self.follows(&chat_id)
        {
            self.frames.extend(frame.clone());
            self.followed.insert(chat_id, *cursor);
        }
        Ok(())
    }

    /// Forgets a chat that the reader may no longer read, and tells the client.
    fn forget(&mut self, chat_id: &ChatId) -> Result<(), ApiError> {
        let was_followed = self.followed.remove(chat_id).is_some();
        self.streams.remove(chat_id);
        let was_listed = match &mut self.listed {
            Some(listed) => listed.remove(chat_id).is_some(),
            None => false,
        };
        self.subscription.remove(&Topic::Chat(chat_id.clone()));
        self.reader.unfollowed(chat_id);
        if was_followed || was_listed || R::LISTS_EVERY_CHAT {
            self.is_unread_stale = true;
            self.push(&Frame::ChatGone { chat_id })?;
        }
        Ok(())
    }
}
