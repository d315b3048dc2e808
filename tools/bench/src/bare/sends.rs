//! Sends without HTTP: groups that share a commit on SQLite, single statements on several
//! connections on PostgreSQL.

use std::thread;
use std::time::{Duration, Instant};

use diesel::QueryResult;
use unicom_db::{Db, Engine};
use unicom_models::MessageId;

use super::statements::{Send, first_send, send};
use crate::fill::{Messages, Place, fill};
use crate::fixture::NO_BOT;
use crate::http::TEXT;
use crate::options::Options;
use crate::run::Run;
use crate::scratch_db::{ScratchDb, execute};
use crate::server::{create_channel, migrate};

/// A database with the server's tables and with chats to write to.
pub struct BareTables {
    scratch_db: ScratchDb,
    chats: Vec<String>,
    /// The number of connections that write on PostgreSQL: half of the server's connections.
    writers: usize,
}

impl BareTables {
    /// Creates a database with `chats` empty chats.
    pub fn new(options: &Options, chats: usize) -> anyhow::Result<Self> {
        let scratch_db = ScratchDb::new(options.database_url.as_deref())?;
        migrate(options, &scratch_db)?;
        create_channel(options, &scratch_db, NO_BOT)?;
        let places: Vec<Place> = Place::guests(chats).collect();
        fill(&mut scratch_db.connection()?, &places, Messages::NONE)?;
        Ok(Self {
            scratch_db,
            chats: places.into_iter().map(|place| place.chat_id).collect(),
            writers: (usize::from(options.database_connections) / 2).max(1),
        })
    }

    /// Writes sends to the chats in turn.
    ///
    /// On SQLite, each commit covers one send to every chat.
    pub fn sends(&self, span: Duration) -> anyhow::Result<Run> {
        self.write(span, |db, chat| send(db, &Send::new(chat, TEXT)))
    }

    /// Writes first sends of new guests.
    ///
    /// On SQLite, a commit covers as many first sends as there are chats.
    pub fn first_sends(&self, span: Duration) -> anyhow::Result<Run> {
        self.write(span, |db, _| first_send(db, &Send::new(&new_name(), TEXT)))
    }

    fn write(
        &self,
        span: Duration,
        write: impl Fn(&mut Db, &str) -> QueryResult<()> + Sync,
    ) -> anyhow::Result<Run> {
        let mut first = self.scratch_db.connection()?;
        match first.engine() {
            Engine::Sqlite => Run::here(|| {
                repeat(span, |_| {
                    commit_group(&mut first, &self.chats, &write)?;
                    Ok(self.chats.len())
                })
            }),
            Engine::Postgres => {
                let mut connections = vec![first];
                while connections.len() < self.writers {
                    connections.push(self.scratch_db.connection()?);
                }
                Run::here(|| {
                    at_once(connections, |db, writer| {
                        let own = self.chats_of(writer);
                        repeat(span, |turn| {
                            write(db, own[turn % own.len()])?;
                            Ok(1)
                        })
                    })
                })
            }
        }
    }

    /// Returns the chats of one writer.
    ///
    /// If there are at least as many chats as writers, no two writers share a chat, so none waits
    /// for another's row locks.
    fn chats_of(&self, writer: usize) -> Vec<&str> {
        let chats = self.chats.iter().skip(writer % self.chats.len());
        chats.step_by(self.writers).map(String::as_str).collect()
    }
}

/// Writes to each of the chats and commits once.
fn commit_group(
    db: &mut Db,
    chats: &[String],
    write: impl Fn(&mut Db, &str) -> QueryResult<()>,
) -> anyhow::Result<()> {
    execute(db, "BEGIN IMMEDIATE")?;
    chats.iter().try_for_each(|chat| write(db, chat))?;
    execute(db, "COMMIT")
}

/// Repeats `work` for `span` and returns the sum of its results.
fn repeat(
    span: Duration,
    mut work: impl FnMut(usize) -> anyhow::Result<usize>,
) -> anyhow::Result<usize> {
    let end = Instant::now() + span;
    let (mut turn, mut sum) = (0, 0);
    while Instant::now() < end {
        sum += work(turn)?;
        turn += 1;
    }
    Ok(sum)
}

/// Runs `work` on a separate thread for each connection and returns the sum of the results.
fn at_once(
    connections: Vec<Db>,
    work: impl Fn(&mut Db, usize) -> anyhow::Result<usize> + Sync,
) -> anyhow::Result<usize> {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = connections
            .into_iter()
            .enumerate()
            .map(|(number, mut db)| scope.spawn(move || work(&mut db, number)))
            .collect();
        let sums = threads.into_iter().map(|thread| {
            let sum = thread.join();
            sum.unwrap_or_else(|_| anyhow::bail!("a writer has panicked"))
        });
        sums.sum()
    })
}

/// Returns the name of a new guest. As with real guests, the names are not in ascending order.
fn new_name() -> String {
    let name: String = MessageId::new().to_string().chars().rev().collect();
    format!("webchat_guest_{name}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::InstrumentationEvent;
    use diesel::prelude::*;
    use serde_json::json;
    use unicom_core::Bots;
    use unicom_db::on_engine;
    use unicom_models::schema::unicom_requests as requests;
    use unicom_testing::{TestDatabase, both_engines};
    use unicom_webchat::{MessagePageRequest, list_messages};

    use super::*;
    use crate::scratch_db::channel;

    both_engines! {
        migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

        fn bare_sends_store_the_rows_of_real_sends(db: &TestDatabase) {
            channel(db.database(), &Bots::default(), json!({})).unwrap();
            let places: Vec<Place> = Place::guests(3).collect();
            let mut connection = db.connection();
            fill(&mut connection, &places, Messages::NONE).unwrap();

            let mut visitors = Vec::new();
            let kept = count_kept_statements(&mut connection);
            for place in &places {
                send(&mut connection, &Send::new(&place.chat_id, TEXT)).unwrap();
                visitors.push(place.visitor());
            }
            // Each statement is prepared once for all three sends.
            let expected = match db.engine() {
                Engine::Sqlite => 4,
                Engine::Postgres => 1,
            };
            assert_eq!(kept.load(Ordering::Relaxed), expected);
            let name = new_name();
            first_send(&mut connection, &Send::new(&name, TEXT)).unwrap();
            visitors.push(Place::default_of(name).visitor());

            for visitor in &visitors {
                let page = list_messages(&mut connection, visitor, &MessagePageRequest::default()).unwrap();
                let texts: Vec<&str> = page.messages.iter().map(|message| &*message.text).collect();
                assert_eq!(texts, [TEXT], "{visitor:?}");
            }
            let due: i64 = on_engine!(&mut connection, conn => requests::table
                .filter(requests::due_at.is_not_null())
                .count()
                .get_result(conn))
            .unwrap();
            assert_eq!(due, 4);
        }
    }

    /// Counts the statements that the connection prepares and caches from now on.
    fn count_kept_statements(db: &mut Db) -> Arc<AtomicUsize> {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let count_event = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { .. } = event {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        };
        on_engine!(db, conn => conn.set_instrumentation(count_event));
        count
    }
}
