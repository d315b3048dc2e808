//! [`Feed`]: what one connection follows, and what it has been told.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use actix_web::{HttpRequest, web};
use unicom_core::live::{News, Notice, Subscription, Topic};
use unicom_db::queries::chat_list::ListedChat;
use unicom_db::queries::read_positions::Progress;
use unicom_db::{Event, Typing};
use unicom_models::{Author, AuthorKind, ChatId, MessageId};
use unicom_webchat::{
    Changes, ChatPageRequest, Cursor, Visitor, WebChatError, is_progress_noted, list_changes,
    list_chat_changes, list_chats, note_progress, unread_total,
};

use super::encoded_frame::EncodedFrame;
use super::frame::Frame;
use super::read_news::read_news;
use super::shared_reads::{ChatNews, Wanted};
use crate::json::ChatJson;
use crate::openapi::Kind;
use crate::{Api, ApiError, Proof};

/// Maximum number of chats in the first frame.
const LISTED: u32 = 100;

/// Maximum number of chats whose changes a connection is told. Those with the latest activity are
/// chosen.
const WATCHED: u32 = 1_000;

/// Maximum number of chats whose content a connection follows.
const FOLLOWED: usize = 100;

/// What a connection is told: rows of the visitor's list of chats, and what changes in some of the
/// chats.
pub(super) struct Feed {
    api: web::Data<Api>,
    /// What has to stay valid. The request is not kept: it takes several KiB.
    proof: Box<dyn Proof>,
    visitor: Visitor,
    subscription: Subscription,
    /// The number of the last change of each chat that the client was told. `None` if the
    /// connection does not follow the list of chats.
    listed: Option<HashMap<ChatId, i64>>,
    /// What the client has read of the chats whose content it follows.
    followed: HashMap<ChatId, Cursor>,
    /// The number of unread messages that the client was told, and whether it may have changed.
    unread_total: i64,
    is_unread_stale: bool,
    /// What is read when the client has taken the frames.
    tasks: VecDeque<Task>,
    frames: VecDeque<EncodedFrame>,
}

/// Something to read for the client.
enum Task {
    /// Begin to follow a chat.
    Follow(ChatId, Option<Cursor>),
    /// Read a chat that may have changed.
    Read(ChatId, Reading),
    /// Count the unread messages.
    CountUnread,
}

/// Whether a connection may be told what was read for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// What was read since the last change that the hub knows will do.
    Shared,
    /// The chats are read again: a change may have been missed.
    Anew,
}

impl Feed {
    /// Creates a feed for the visitor who makes the request, which follows nothing yet.
    ///
    /// # Errors
    /// What [`Proof::still_valid`] returns if the session has ended since it was loaded, and those
    /// of the database.
    pub async fn new(
        api: &web::Data<Api>,
        request: &HttpRequest,
        visitor: Visitor,
    ) -> Result<Self, ApiError> {
        let mut subscription = api.hub()?.subscribe();
        subscription.add(Topic::Account(visitor.account_id()));
        // From now on, the end of the session is a change of the account.
        let proof = api.identity.proof(request);
        proof.still_valid().await?;
        Ok(Self {
            api: api.clone(),
            proof,
            visitor,
            subscription,
            listed: None,
            followed: HashMap::new(),
            unread_total: 0,
            is_unread_stale: false,
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
            Some(Task::Read(chat_id, reading)) => self.read_chat(chat_id, reading).await,
            Some(Task::CountUnread) => self.count_unread().await,
            None => Ok(()),
        }
    }

    /// Adds a frame that the client is to be told.
    pub fn push(&mut self, frame: &Frame<'_>) -> Result<(), ApiError> {
        self.frames.push_back(frame.encode()?);
        Ok(())
    }

    /// Follows the list of the visitor's chats, and tells the client the first page of it.
    ///
    /// # Errors
    /// [`ApiError::account_blocked`], and those of the database.
    pub async fn follow_list(&mut self, heartbeat_s: u64) -> Result<(), ApiError> {
        let visitor = self.visitor.clone();
        let changes = self
            .api
            .database
            .read_inline(move |db| list_chat_changes(db, &visitor, WATCHED))
            .await?;
        // Subscribed before the rows are read, so that no change falls between.
        for (chat_id, _) in &changes {
            self.subscription.add(Topic::Chat(chat_id.clone()));
        }
        let visitor = self.visitor.clone();
        let (page, total) = self
            .api
            .database
            .read_inline(move |db| {
                let page = ChatPageRequest {
                    limit: LISTED,
                    ..ChatPageRequest::default()
                };
                let page = list_chats(db, &visitor, &page)?;
                Ok::<_, WebChatError>((page, unread_total(db, &visitor)?))
            })
            .await?;
        let mut listed: HashMap<ChatId, i64> = changes.into_iter().collect();
        for ListedChat { chat, .. } in &page.chats {
            self.subscription.add(Topic::Chat(chat.id.clone()));
            listed.insert(chat.id.clone(), chat.change);
        }
        self.listed = Some(listed);
        self.unread_total = total;
        self.push(&Frame::Hello {
            chats: page.chats.into_iter().map(ChatJson::from).collect(),
            has_more: page.has_more,
            unread_total: total,
            heartbeat_s,
        })
    }

    /// Follows chats, each from a cursor or from now on. Those in which the visitor does not take
    /// part are told as gone.
    ///
    /// # Errors
    /// [`ApiError::invalid_parameter`] if they are too many.
    pub fn subscribe(&mut self, chats: Vec<(ChatId, Option<Cursor>)>) -> Result<(), ApiError> {
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
        let (visitor, id) = (self.visitor.clone(), chat_id.clone());
        let read = self
            .api
            .database
            .read_inline(move |db| list_changes(db, &visitor, &id, cursor));
        match read.await {
            Ok(changes) => self.tell(chat_id, &changes),
            Err(error) => {
                if !was_watched {
                    self.subscription.remove(&topic);
                }
                Err(error.into())
            }
        }
    }

    /// Stops following a chat.
    pub fn unfollow(&mut self, chat_id: &ChatId) {
        self.followed.remove(chat_id);
        if self.listed.is_none() {
            self.subscription.remove(&Topic::Chat(chat_id.clone()));
        }
    }

    /// Waits until something changes that the connection follows, or the process stops. Nothing is
    /// lost if the future is dropped before it is ready.
    pub async fn changed(&self) -> Notice {
        self.subscription.next().await
    }

    /// Checks that the client still is who it said, and reads the list of chats again, since a
    /// notice of another process may have been lost.
    ///
    /// # Errors
    /// [`ApiError::login_required`] or another refusal if the session has ended,
    /// [`ApiError::account_blocked`], and those of the database.
    pub async fn check(&mut self) -> Result<(), ApiError> {
        self.api.shared_reads.forget_old();
        let mut topics: HashSet<Topic> = self.followed.keys().cloned().map(Topic::Chat).collect();
        topics.insert(Topic::Account(self.visitor.account_id()));
        self.read_topics(topics, Reading::Anew).await
    }

    /// Tells the others in a chat that the client follows that the visitor begins or stops to
    /// write.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`] if the client does not follow the chat.
    pub fn signal_typing(&self, chat_id: &ChatId, is_typing: bool) -> Result<(), ApiError> {
        if !self.followed.contains_key(chat_id) {
            return Err(ApiError::chat_not_found(
                "subscribe to the chat before writing in it",
            ));
        }
        self.api.database.publish(vec![Event::Typing(Typing {
            chat_id: chat_id.clone(),
            author: Author {
                kind: AuthorKind::Visitor,
                name: self.visitor.name().to_owned(),
            },
            account_id: Some(self.visitor.account_id()),
            is_typing,
        })]);
        Ok(())
    }

    /// Records that the visitor has received or read the messages of a chat up to this one.
    ///
    /// # Errors
    /// [`ApiError::chat_not_found`], [`ApiError::not_found`], [`ApiError::account_blocked`], and
    /// those of the database.
    pub async fn note_progress(
        &self,
        chat_id: ChatId,
        message_id: MessageId,
        progress: Progress,
    ) -> Result<(), ApiError> {
        let (visitor, id) = (self.visitor.clone(), chat_id.clone());
        // Another connection of the visitor may have noted the same: a read costs less than a
        // write.
        let is_noted = self
            .api
            .database
            .read_inline(move |db| is_progress_noted(db, &visitor, &id, message_id, progress));
        if is_noted.await? {
            return Ok(());
        }
        let visitor = self.visitor.clone();
        let noted = self
            .api
            .database
            .write(move |tx| note_progress(tx, &visitor, &chat_id, message_id, progress));
        noted.await.map_err(|error: WebChatError| error.into())
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
        } = news;
        if anything {
            self.check().await?;
        } else {
            self.read_topics(changed, Reading::Shared).await?;
        }
        let own = self.visitor.account_id();
        for told in typing {
            let is_own = told.account_id.as_ref() == Some(&own);
            if !is_own && self.followed.contains_key(&told.chat_id) {
                self.push(&Frame::Typing {
                    chat_id: &told.chat_id,
                    author: &told.author,
                    is_typing: told.is_typing,
                })?;
            }
        }
        Ok(())
    }

    async fn read_topics(
        &mut self,
        topics: HashSet<Topic>,
        reading: Reading,
    ) -> Result<(), ApiError> {
        let mut chats = HashSet::new();
        let mut is_account_changed = false;
        for topic in topics {
            match topic {
                Topic::Chat(id) => {
                    chats.insert(id);
                }
                Topic::Account(_) => is_account_changed = true,
            }
        }
        if is_account_changed {
            let reads = Arc::clone(&self.api.live_reads);
            let _permit = reads.acquire().await;
            self.proof.still_valid().await?;
            chats.extend(self.changed_chats().await?);
        }
        let read = chats.into_iter().map(|id| Task::Read(id, reading));
        self.tasks.extend(read);
        if self.listed.is_some() && !self.tasks.is_empty() {
            self.tasks.push_back(Task::CountUnread);
        }
        Ok(())
    }

    /// Counts the unread messages if a chat of the list has changed, and tells the client if their
    /// number has.
    async fn count_unread(&mut self) -> Result<(), ApiError> {
        if !std::mem::take(&mut self.is_unread_stale) {
            return Ok(());
        }
        let visitor = self.visitor.clone();
        let total = self
            .api
            .database
            .read_inline(move |db| unread_total(db, &visitor))
            .await?;
        if std::mem::replace(&mut self.unread_total, total) != total {
            self.push(&Frame::Unread {
                unread_total: total,
            })?;
        }
        Ok(())
    }

    /// Returns the chats that are new, have changed or are gone from the visitor's list.
    async fn changed_chats(&mut self) -> Result<HashSet<ChatId>, ApiError> {
        let visitor = self.visitor.clone();
        let now = self
            .api
            .database
            .read_inline(move |db| list_chat_changes(db, &visitor, WATCHED))
            .await?;
        let now: HashMap<ChatId, i64> = now.into_iter().collect();
        let gone = |id: &&ChatId| !now.contains_key(*id);
        let followed = self.followed.keys().filter(gone).cloned();
        let Some(listed) = &self.listed else {
            return Ok(followed.collect());
        };
        let gone = listed.keys().filter(gone).cloned().chain(followed);
        let changed = now
            .iter()
            .filter(|(id, change)| listed.get(*id) != Some(change));
        Ok(gone.chain(changed.map(|(id, _)| id.clone())).collect())
    }

    /// Reads a chat that may have changed, and adds the frames that tell it.
    async fn read_chat(&mut self, chat_id: ChatId, reading: Reading) -> Result<(), ApiError> {
        let topic = Topic::Chat(chat_id.clone());
        let wanted = Wanted {
            account_id: self.visitor.account_id(),
            is_listed: self.listed.is_some(),
            cursor: self.followed.get(&chat_id).copied(),
            chat_id,
        };
        let account = Topic::Account(wanted.account_id.clone());
        if wanted.is_listed {
            self.subscription.add(topic.clone());
        }
        let news = if reading == Reading::Shared {
            let version = self.subscription.version(&[topic, account]);
            let (api, visitor) = (&self.api, &self.visitor);
            let read = async |wanted: &Wanted| read_news(api, visitor, wanted).await;
            let shared = self.api.shared_reads.get(wanted.clone(), version, read);
            shared.await?
        } else {
            Arc::new(read_news(&self.api, &self.visitor, &wanted).await?)
        };
        let chat_id = wanted.chat_id;
        let ChatNews::Read { row, changes } = &*news else {
            return self.forget(&chat_id);
        };
        if let (Some(listed), Some((change, frame))) = (&mut self.listed, row)
            && listed.insert(chat_id.clone(), *change) != Some(*change)
        {
            self.frames.push_back(frame.clone());
            self.is_unread_stale = true;
        }
        if let Some((cursor, frame)) = changes
            && wanted.cursor != Some(*cursor)
        {
            self.frames.extend(frame.clone());
            self.followed.insert(chat_id, *cursor);
        }
        Ok(())
    }

    /// Adds the frame that tells what has changed in a chat.
    fn tell(&mut self, chat_id: &ChatId, changes: &Changes) -> Result<(), ApiError> {
        let frame = Frame::of(&self.api, chat_id, changes).encode()?;
        self.frames.push_back(frame);
        self.followed.insert(chat_id.clone(), changes.cursor());
        Ok(())
    }

    /// Forgets a chat in which the visitor no longer takes part, and tells the client.
    fn forget(&mut self, chat_id: &ChatId) -> Result<(), ApiError> {
        let was_followed = self.followed.remove(chat_id).is_some();
        let was_listed = match &mut self.listed {
            Some(listed) => listed.remove(chat_id).is_some(),
            None => false,
        };
        self.subscription.remove(&Topic::Chat(chat_id.clone()));
        if was_followed || was_listed {
            self.is_unread_stale = true;
            self.push(&Frame::ChatGone { chat_id })?;
        }
        Ok(())
    }
}
