//! Storing the ends of requests in groups: those that are ready while another group is being
//! written share the next write.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use unicom_db::{Database, DbError};

use super::ended::{EndedRequest, NotStored, store_all, store_one};
use super::notices::{self, Notice};
use crate::Platforms;

/// Maximum number of requests that end in one write.
const GROUP: usize = 32;

/// Maximum number of groups being written at the same time. With a second one, the database works
/// on it while the first one waits for the disk.
const WRITES: usize = 2;

/// Maximum number of attempts to store the end of a request before it is left to the next claim.
const STORE_TRIES: u32 = 20;

/// The wait between these attempts.
const STORE_AGAIN: Duration = Duration::from_millis(500);

/// The requests whose end is to be stored, and the database they are stored in.
#[derive(Debug)]
pub(super) struct EndedRequests {
    database: Database,
    platforms: Platforms,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    ended: Vec<(EndedRequest, Reply)>,
    /// The number of groups being written.
    writes: usize,
}

type Reply = oneshot::Sender<Result<(), NotStored>>;

impl EndedRequests {
    pub fn new(database: Database, platforms: Platforms) -> Self {
        Self {
            database,
            platforms,
            waiting: Mutex::default(),
        }
    }

    /// Stores the end of a request and its replies. Retries for a while if the database is busy,
    /// since the answer may have been costly.
    pub async fn store(self: &Arc<Self>, mut ended: EndedRequest) -> Result<(), NotStored> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.store_in_group(ended.clone()).await {
                Err(NotStored::Moved(chat_id)) => ended.move_to(chat_id),
                Err(NotStored::Core(error)) if error.is_temporary() && tries < STORE_TRIES => {
                    tokio::time::sleep(STORE_AGAIN).await;
                }
                stored => return stored,
            }
        }
    }

    async fn store_in_group(self: &Arc<Self>, ended: EndedRequest) -> Result<(), NotStored> {
        let (reply, stored) = oneshot::channel();
        {
            let mut waiting = self.lock();
            waiting.ended.push((ended, reply));
            if waiting.writes < WRITES {
                waiting.writes += 1;
                // In a separate task, since the caller may stop waiting.
                tokio::spawn(Arc::clone(self).write_groups());
            }
        }
        stored.await.unwrap_or(Err(DbError::Closed.into()))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes groups until no ended request waits.
    async fn write_groups(self: Arc<Self>) {
        loop {
            let group: Vec<(EndedRequest, Reply)> = {
                let mut waiting = self.lock();
                let size = waiting.ended.len().min(GROUP);
                if size == 0 {
                    waiting.writes -= 1;
                    return;
                }
                waiting.ended.drain(..size).collect()
            };
            let (ended, replies): (Vec<_>, Vec<_>) = group.into_iter().unzip();
            let unanswered = ended.iter().map(|one| Notice::unanswered(&one.request));
            let unanswered: Vec<Option<Notice>> = unanswered.collect();
            let stored = self.write_group(ended).await;
            let unanswered = unanswered.into_iter().zip(&stored);
            let notices: Vec<Notice> = unanswered
                .filter(|(_, stored)| stored.is_ok())
                .filter_map(|(notice, _)| notice)
                .collect();
            // Before the replies, so that a stopping pipeline waits for them.
            notices::write(&self.database, notices).await;
            for (stored, reply) in stored.into_iter().zip(replies) {
                // An error means that the caller no longer waits.
                let _ = reply.send(stored);
            }
        }
    }

    /// Writes a group. If that fails, writes its requests one by one, so that one that cannot be
    /// stored does not affect the others.
    async fn write_group(&self, ended: Vec<EndedRequest>) -> Vec<Result<(), NotStored>> {
        if ended.len() > 1 {
            let (platforms, group) = (self.platforms.clone(), ended.clone());
            let stored: Result<_, DbError> = self
                .database
                .write_background(move |tx| store_all(tx, &platforms, &group))
                .await;
            if let Ok(stored) = stored {
                return stored.into_iter().map(|one| one.map(drop)).collect();
            }
        }
        let mut stored = Vec::new();
        for one in ended {
            let platforms = self.platforms.clone();
            let write = move |tx: &mut unicom_db::Tx<'_>| store_one(tx, &platforms, one).map(drop);
            stored.push(self.database.write_background(write).await);
        }
        stored
    }
}
