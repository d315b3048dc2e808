//! Writes of incoming texts on PostgreSQL, which share a statement: those that arrive while earlier
//! ones are being written form the next batch.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;
use unicom_models::MessageId;

use crate::connection::transaction::depth;
use crate::engine::job_queue::JobQueue;
use crate::engine::reply::Reply;
use crate::engine::write_job::{Priority, WriteJob, write_job_for};
use crate::queries::append_texts::{Appended, IncomingText, Locks, Stored, append_texts};
use crate::{Clock, Db, DbError, Event, Tx};

/// Maximum number of texts in a batch.
const BATCH: usize = 64;

/// Maximum number of batches being written at the same time. Few connections with large batches are
/// faster than many with small ones.
const BATCHES: usize = 4;

/// Texts that wait for their batch.
pub(crate) struct TextBatches {
    waiting: Mutex<Waiting>,
    capacity: usize,
    writers: JobQueue<Box<dyn WriteJob>>,
}

#[derive(Default)]
struct Waiting {
    texts: VecDeque<Box<dyn TextWrite>>,
    /// The number of batches that are queued or being written.
    batches: usize,
}

/// A text to store, and what follows.
trait TextWrite: Send {
    fn text(&self) -> &IncomingText;
    /// Replies that the text is stored.
    fn stored(self: Box<Self>, stored: Stored);
    /// Returns the job that does the whole write in a transaction.
    fn in_transaction(self: Box<Self>) -> Box<dyn WriteJob>;
    /// Replies that nothing was written.
    fn refuse(self: Box<Self>, error: DbError);
}

struct Text<T, E, M, F> {
    text: IncomingText,
    stored: M,
    f: F,
    queued_at: Instant,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, M, F> TextWrite for Text<T, E, M, F>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    M: FnOnce(Stored) -> T + Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    fn text(&self) -> &IncomingText {
        &self.text
    }

    fn stored(self: Box<Self>, stored: Stored) {
        // An error means that the caller no longer waits.
        let _ = self.reply.send(Ok((self.stored)(stored)));
    }

    fn in_transaction(self: Box<Self>) -> Box<dyn WriteJob> {
        write_job_for(Priority::Interactive, self.queued_at, self.f, self.reply)
    }

    fn refuse(self: Box<Self>, error: DbError) {
        let _ = self.reply.send(Err(error.into()));
    }
}

impl TextBatches {
    /// Creates batches for at most `capacity` waiting texts, which are written by `writers`.
    pub fn new(capacity: usize, writers: JobQueue<Box<dyn WriteJob>>) -> Self {
        Self {
            waiting: Mutex::default(),
            capacity,
            writers,
        }
    }

    /// Stores `text` with the next batch, and replies with the result of `stored`. If it cannot be
    /// stored like that, runs `f` in a transaction instead.
    pub fn write<T, E>(
        self: &Arc<Self>,
        text: IncomingText,
        stored: impl FnOnce(Stored) -> T + Send + 'static,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Reply<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.texts.len() >= self.capacity {
            return Reply::refused(DbError::Busy);
        }
        waiting.texts.push_back(Box::new(Text {
            text,
            stored,
            f,
            queued_at: Instant::now(),
            reply,
        }));
        if waiting.batches < BATCHES {
            waiting.batches += 1;
            drop(waiting);
            self.begin_batch();
        }
        Reply::waiting(receiver)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a batch. Which texts it has is decided when it is written.
    fn begin_batch(self: &Arc<Self>) {
        let batch = Batch {
            batches: Arc::clone(self),
            queued_at: Instant::now(),
            texts: Vec::new(),
            appended: Ok(HashMap::new()),
        };
        if let Err((batch, error)) = self.writers.send(Box::new(batch)) {
            batch.answer(Err(error));
        }
    }

    /// Takes the texts of the next batch, of different chats and in order.
    fn take(&self) -> Vec<Box<dyn TextWrite>> {
        let mut waiting = self.lock();
        let (mut taken, mut left) = (Vec::new(), VecDeque::new());
        let mut chats = HashSet::new();
        while let Some(next) = waiting.texts.pop_front() {
            if taken.len() == BATCH {
                waiting.texts.push_front(next);
                break;
            }
            if chats.insert(next.text().chat_id.clone()) {
                taken.push(next);
            } else {
                left.push_back(next);
            }
        }
        left.append(&mut waiting.texts);
        waiting.texts = left;
        taken
    }

    /// Begins another batch in the place of one that has ended, if texts are waiting.
    fn end_batch(self: &Arc<Self>) {
        let mut waiting = self.lock();
        if waiting.texts.is_empty() {
            waiting.batches -= 1;
        } else {
            drop(waiting);
            self.begin_batch();
        }
    }

    /// Runs the whole write of a text in a transaction or, if `try_again`, tries the statement once
    /// more before, waiting for the locks.
    fn write_alone(self: &Arc<Self>, text: Box<dyn TextWrite>, try_again: bool) {
        let job: Box<dyn WriteJob> = if try_again {
            Box::new(Alone {
                text,
                queued_at: Instant::now(),
                writers: self.writers.clone(),
                stored: Ok(None),
            })
        } else {
            text.in_transaction()
        };
        if let Err((job, error)) = self.writers.send(job) {
            job.answer(Err(error));
        }
    }
}

/// Stores texts with one statement. After a panic or an error, none is stored, and the transaction
/// of each does the work or reports the error.
///
/// # Errors
/// [`DbError::Unavailable`] if the connection was closed: whether the texts are stored is unknown,
/// and doing the work again could store them twice.
fn append(
    db: &mut Db,
    clock: &Clock,
    texts: &[&IncomingText],
    locks: Locks,
) -> Result<HashMap<MessageId, Appended>, DbError> {
    let now = clock.now();
    let lease_time = clock.lease_time(db.engine(), now);
    let append = || append_texts(db, now, lease_time, texts, locks);
    match catch_unwind(AssertUnwindSafe(append)) {
        Ok(Ok(appended)) => Ok(appended.into_iter().collect()),
        Ok(Err(error)) if depth(db).is_none() => Err(DbError::Unavailable {
            reason: error.to_string(),
        }),
        Ok(Err(_)) | Err(_) => Ok(HashMap::new()),
    }
}

/// A batch of texts.
struct Batch {
    batches: Arc<TextBatches>,
    queued_at: Instant,
    texts: Vec<Box<dyn TextWrite>>,
    appended: Result<HashMap<MessageId, Appended>, DbError>,
}

impl WriteJob for Batch {
    fn queued_at(&self) -> Instant {
        self.queued_at
    }

    fn priority(&self) -> Priority {
        Priority::Interactive
    }

    fn run_statement(&mut self, db: &mut Db, clock: &Clock) -> Option<Vec<Event>> {
        self.texts = self.batches.take();
        let texts: Vec<&IncomingText> = self.texts.iter().map(|one| one.text()).collect();
        let locks = match texts.as_slice() {
            [] => return Some(Vec::new()),
            [_] => Locks::Wait,
            _ => Locks::Skip,
        };
        self.appended = append(db, clock, &texts, locks);
        let stored = |text: &&&IncomingText| {
            let appended = self.appended.as_ref().ok();
            matches!(
                appended.and_then(|appended| appended.get(&text.message_id)),
                Some(Appended::Stored(_))
            )
        };
        Some(
            texts
                .iter()
                .filter(stored)
                .flat_map(|text| text.events())
                .collect(),
        )
    }

    fn run(&mut self, _: &mut Tx<'_>) -> bool {
        // The statement has always done the work.
        false
    }

    fn answer(mut self: Box<Self>, kept: Result<(), DbError>) {
        match kept.and(self.appended) {
            Ok(mut appended) => {
                for text in self.texts {
                    match appended.remove(&text.text().message_id) {
                        Some(Appended::Stored(stored)) => text.stored(stored),
                        Some(Appended::Locked) => self.batches.write_alone(text, true),
                        Some(Appended::Unusual) | None => self.batches.write_alone(text, false),
                    }
                }
            }
            Err(error) => {
                if self.texts.is_empty() {
                    self.texts = self.batches.take();
                }
                for text in self.texts {
                    text.refuse(match error {
                        DbError::Closed => DbError::Closed,
                        DbError::Busy => DbError::Busy,
                        _ => DbError::Unavailable {
                            reason: error.to_string(),
                        },
                    });
                }
            }
        }
        self.batches.end_batch();
    }
}

/// A text whose account or chat was locked.
struct Alone {
    text: Box<dyn TextWrite>,
    queued_at: Instant,
    writers: JobQueue<Box<dyn WriteJob>>,
    stored: Result<Option<Stored>, DbError>,
}

impl WriteJob for Alone {
    fn queued_at(&self) -> Instant {
        self.queued_at
    }

    fn priority(&self) -> Priority {
        Priority::Interactive
    }

    fn run_statement(&mut self, db: &mut Db, clock: &Clock) -> Option<Vec<Event>> {
        let text = self.text.text();
        let appended = append(db, clock, &[text], Locks::Wait);
        self.stored = appended.map(|mut all| match all.remove(&text.message_id) {
            Some(Appended::Stored(stored)) => Some(stored),
            _ => None,
        });
        match self.stored {
            Ok(Some(_)) => Some(text.events().to_vec()),
            _ => Some(Vec::new()),
        }
    }

    fn run(&mut self, _: &mut Tx<'_>) -> bool {
        false
    }

    fn answer(self: Box<Self>, kept: Result<(), DbError>) {
        let Self {
            text,
            writers,
            stored,
            ..
        } = *self;
        match kept.and(stored) {
            Err(error) => text.refuse(error),
            Ok(Some(stored)) => text.stored(stored),
            Ok(None) => {
                if let Err((job, error)) = writers.send(text.in_transaction()) {
                    job.answer(Err(error));
                }
            }
        }
    }
}
