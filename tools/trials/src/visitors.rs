//! The load: visitors who write as fast as the server answers. They are guests and users, and
//! sometimes send a file.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fastrand::Rng;

use crate::ack_log::{AckLog, Counters};
use crate::client::{Client, Draft};
use crate::connection::Connection;

/// A pause that prevents busy requests to a server that refuses everything.
const AFTER_A_COMPLAINT: Duration = Duration::from_millis(50);

/// Active visitors, each in a separate thread. Dropping them gives up the trial.
pub struct Visitors {
    pub ack_log: Arc<AckLog>,
    stopping: Arc<AtomicBool>,
    given_up: Arc<AtomicBool>,
    threads: Vec<JoinHandle<anyhow::Result<Vec<Client>>>>,
}

impl Visitors {
    /// Starts `count` visitors. `name` must be unique to the run, so that no two messages have the
    /// same id.
    pub fn start(
        address: SocketAddr,
        count: u32,
        name: &str,
        rng: &mut Rng,
    ) -> anyhow::Result<Self> {
        let ack_log = Arc::new(AckLog::default());
        let stopping = Arc::new(AtomicBool::new(false));
        let given_up = Arc::new(AtomicBool::new(false));
        let visitors = (0..count).map(|number| {
            Ok(Visitor {
                connection: Connection::new(address, ack_log.clone(), given_up.clone())?,
                ack_log: ack_log.clone(),
                rng: rng.fork(),
                name: format!("{name}-{number}"),
                written: 0,
                users: 0,
            })
        });
        let visitors: Vec<Visitor> = visitors.collect::<anyhow::Result<_>>()?;
        let threads = visitors.into_iter().map(|mut visitor| {
            let stopping = stopping.clone();
            thread::spawn(move || visitor.visit(&stopping))
        });
        let threads = threads.collect();
        Ok(Self {
            ack_log,
            stopping,
            given_up,
            threads,
        })
    }

    /// Returns an error if a visitor has stopped.
    pub fn check(&mut self) -> anyhow::Result<()> {
        let Some(done) = self.threads.iter().position(JoinHandle::is_finished) else {
            return Ok(());
        };
        let ended = self.threads.swap_remove(done);
        join(ended)?;
        anyhow::bail!("a visitor stopped too early")
    }

    /// Lets all visitors finish their current work, and returns all their clients.
    pub fn stop(mut self) -> anyhow::Result<(Vec<Client>, Arc<AckLog>)> {
        self.stopping.store(true, Ordering::Relaxed);
        let mut people = Vec::new();
        for thread in self.threads.drain(..) {
            people.extend(join(thread)?);
        }
        Ok((people, self.ack_log.clone()))
    }
}

impl Drop for Visitors {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // The first error has already been reported.
            let _ = thread.join();
        }
    }
}

fn join(thread: JoinHandle<anyhow::Result<Vec<Client>>>) -> anyhow::Result<Vec<Client>> {
    thread
        .join()
        .map_err(|_| anyhow::anyhow!("a visitor panicked"))?
}

/// A visitor who uses one browser after the other.
struct Visitor {
    connection: Connection,
    ack_log: Arc<AckLog>,
    rng: Rng,
    name: String,
    written: u32,
    users: u32,
}

impl Visitor {
    fn visit(&mut self, stopping: &AtomicBool) -> anyhow::Result<Vec<Client>> {
        let mut people: Vec<Client> = Vec::new();
        while !stopping.load(Ordering::Relaxed) {
            let mut client = Client::arrive(&self.connection)?;
            Counters::count(&self.ack_log.counters.guests);
            let is_well = self.live(&mut client, &mut people, stopping)?;
            people.push(client);
            if !is_well {
                // The log has the complaint; a new client replaces this one.
                thread::sleep(AFTER_A_COMPLAINT);
            }
        }
        Ok(people)
    }

    /// Writes as a guest and perhaps as a user. Returns `false` if the server refused something.
    fn live(
        &mut self,
        client: &mut Client,
        people: &mut Vec<Client>,
        stopping: &AtomicBool,
    ) -> anyhow::Result<bool> {
        if !self.write_some(client, stopping)? {
            return Ok(false);
        }
        if stopping.load(Ordering::Relaxed) || self.rng.u8(..) > 100 {
            return Ok(true);
        }
        let earlier = people.iter().position(|client| client.name.is_some());
        let became = match earlier.filter(|_| self.rng.bool()) {
            Some(earlier) => {
                let earlier = people.swap_remove(earlier);
                let name = earlier.name.clone().unwrap_or_default();
                let became = client.become_user(&self.connection, &self.ack_log, &name, false)?;
                if became {
                    client.take_over(earlier);
                } else {
                    people.push(earlier);
                }
                became
            }
            None => {
                self.users += 1;
                let name = format!("{}-{}", self.name, self.users);
                client.become_user(&self.connection, &self.ack_log, &name, true)?
            }
        };
        Ok(became && self.write_some(client, stopping)?)
    }

    fn write_some(&mut self, client: &mut Client, stopping: &AtomicBool) -> anyhow::Result<bool> {
        for _ in 0..self.rng.u8(2..40) {
            if stopping.load(Ordering::Relaxed) {
                break;
            }
            // An additional chat needs a session, which starts with the first message.
            if self.rng.u8(..) < 3 && client.chats[0].id.is_some() {
                client.open_chat(&self.connection, &self.ack_log)?;
            }
            let chat = if self.rng.bool() {
                0
            } else {
                self.rng.usize(..client.chats.len())
            };
            let draft = self.draft();
            if !client.write(&self.connection, &self.ack_log, chat, draft)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn draft(&mut self) -> Draft {
        self.written += 1;
        let client_id = format!("{}-{}", self.name, self.written);
        // Some messages fill several pages of the database.
        let filling = if self.rng.u8(..) < 16 {
            self.rng.usize(..12_000)
        } else {
            self.rng.usize(..80)
        };
        let text = format!("{client_id} {}", ".".repeat(filling))
            .trim_end()
            .to_owned();
        let file = (self.rng.u8(..) < 20).then(|| picture(&mut self.rng));
        Draft {
            client_id,
            text,
            file,
        }
    }
}

/// Creates a unique image of one pixel, with random comments of up to 100 KB.
fn picture(rng: &mut Rng) -> Arc<[u8]> {
    let mut gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff".to_vec();
    gif.extend(b"\x21\xfe");
    for _ in 0..rng.usize(1..400) {
        gif.push(255);
        gif.extend(std::iter::repeat_with(|| rng.u8(..)).take(255));
    }
    gif.extend(b"\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b");
    gif.into()
}
