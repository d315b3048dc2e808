//! A pool of visitors, driven by one thread.

use std::collections::VecDeque;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use unicom_bench::interrupt;

use super::load::Load;
use super::visitor::{Answered, Visitor, Wish};
use crate::ack_log::AckLog;
use crate::client::Client;
use crate::connection::Connection;

/// One in this many requests is a poll, the others are sends.
const POLLS: u64 = 5;

/// The number of threads in which visitors arrive.
const DOORS: usize = 16;

/// The interval at which due requests are counted and sent.
const TICK: Duration = Duration::from_millis(1);

/// The pause before a refused visitor tries again.
const PAUSE: Duration = Duration::from_millis(20);

/// Creates `count` visitors who each send one message.
///
/// `name` must be unique to the call. `from` is the address that a proxy reports for them.
pub fn arrive(
    server: SocketAddr,
    count: usize,
    name: &str,
    from: Option<IpAddr>,
    ack_log: &Arc<AckLog>,
) -> anyhow::Result<Vec<Visitor>> {
    let through = |door: usize| -> anyhow::Result<Vec<Visitor>> {
        let connection = Connection::new(server, ack_log.clone(), Arc::default())?;
        let numbers = (door..count).step_by(DOORS);
        numbers
            .map(|number| {
                let client = Client::arrive_from(&connection, from)?;
                let name = format!("{name}-{number}");
                let mut visitor = Visitor::new(server, ack_log.clone(), client, name)?;
                let draft = visitor.take_draft();
                visitor.client.write(&connection, ack_log, 0, draft)?;
                Ok(visitor)
            })
            .collect()
    };
    let mut visitors = Vec::new();
    thread::scope(|scope| {
        let doors = (0..DOORS).map(|door| scope.spawn(move || through(door)));
        for door in doors.collect::<Vec<_>>() {
            let arrived = door.join();
            visitors.extend(arrived.map_err(|_| anyhow::anyhow!("a visitor panicked"))??);
        }
        Ok(visitors)
    })
}

pub struct VisitorPool {
    visitors: Vec<Visitor>,
    runtime: Runtime,
    /// The number of requests sent so far.
    asked: u64,
}

type Talks = JoinSet<(Visitor, Answered)>;

impl VisitorPool {
    pub fn new(visitors: Vec<Visitor>) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            visitors,
            runtime,
            asked: 0,
        })
    }

    /// Adds visitors to the pool.
    pub fn join(&mut self, visitors: Vec<Visitor>) {
        self.visitors.extend(visitors);
    }

    /// Returns the clients of the visitors.
    pub fn into_people(self) -> Vec<Client> {
        self.visitors
            .into_iter()
            .map(|visitor| visitor.client)
            .collect()
    }

    /// Sends requests for `span` with `count` visitors at a time. The next visitor takes over as
    /// soon as one has a response.
    pub fn press(&mut self, count: usize, span: Duration) -> anyhow::Result<Load> {
        let mut load = Load::default();
        let mut asked = self.asked;
        let mut idle = VecDeque::from(std::mem::take(&mut self.visitors));
        let begun = Instant::now();
        self.runtime.block_on(async {
            let mut talks = Talks::new();
            for visitor in idle.drain(..count.min(idle.len())) {
                begin(&mut talks, &mut load, &mut asked, visitor);
            }
            while let Some(talk) = talks.join_next().await {
                let (visitor, answered) = talk?;
                idle.push_back(visitor);
                let is_within = begun.elapsed() < span;
                load.end(answered, is_within);
                if is_within
                    && !interrupt::is_requested()
                    && let Some(next) = idle.pop_front()
                {
                    begin(&mut talks, &mut load, &mut asked, next);
                }
            }
            anyhow::Ok(())
        })?;
        self.visitors = idle.into();
        (self.asked, load.span) = (asked, span);
        interrupt::check()?;
        Ok(load)
    }

    /// Sends `rate` requests per second for `span`, whether or not earlier ones are answered.
    ///
    /// Each request needs a visitor who is not waiting for a response; without one, it is only
    /// counted as held back. After `span`, `afterwards` runs concurrently with the requests that
    /// are still in progress.
    pub fn storm<T>(
        &mut self,
        rate: f64,
        span: Duration,
        afterwards: impl Future<Output = T>,
    ) -> anyhow::Result<(Load, T)> {
        let mut load = Load::default();
        let mut asked = self.asked;
        let mut idle = VecDeque::from(std::mem::take(&mut self.visitors));
        let value = self.runtime.block_on(async {
            let begun = Instant::now();
            let mut talks = Talks::new();
            let mut came = 0;
            while begun.elapsed() < span && !interrupt::is_requested() {
                let due = (begun.elapsed().as_secs_f64() * rate) as u64;
                for _ in came..due {
                    match idle.pop_front() {
                        Some(visitor) => begin(&mut talks, &mut load, &mut asked, visitor),
                        None => load.held_back += 1,
                    }
                }
                came = came.max(due);
                let tick = tokio::time::sleep(TICK);
                tokio::pin!(tick);
                loop {
                    tokio::select! {
                        Some(talk) = talks.join_next() => {
                            let (visitor, answered) = talk?;
                            load.end(answered, true);
                            idle.push_back(visitor);
                        }
                        () = &mut tick => break,
                    }
                }
            }
            load.span = begun.elapsed();
            let drain = async {
                while let Some(talk) = talks.join_next().await {
                    let (visitor, answered) = talk?;
                    load.end(answered, false);
                    idle.push_back(visitor);
                }
                load.drained = begun.elapsed() - load.span;
                anyhow::Ok(())
            };
            let (drained, value) = tokio::join!(drain, afterwards);
            drained.map(|()| value)
        })?;
        self.visitors = idle.into();
        self.asked = asked;
        interrupt::check()?;
        Ok((load, value))
    }

    /// Lets every visitor whose message was refused send it again until it is acknowledged, for at
    /// most `patience`.
    pub fn make_up(&mut self, patience: Duration) -> anyhow::Result<()> {
        let visitors = std::mem::take(&mut self.visitors);
        let visitors = self.runtime.block_on(async {
            let mut talks = JoinSet::new();
            for visitor in visitors {
                talks.spawn(async move {
                    if visitor.has_draft() {
                        insist(visitor, Wish::Send, patience).await.0
                    } else {
                        visitor
                    }
                });
            }
            talks.join_all().await
        });
        self.visitors = visitors;
        interrupt::check()
    }
}

/// Repeats the request until it is answered with 200, for at most `patience`.
///
/// Returns how long it took, or `None` if it was not answered in time.
pub async fn insist(
    mut visitor: Visitor,
    wish: Wish,
    patience: Duration,
) -> (Visitor, Option<Duration>) {
    let begun = Instant::now();
    while begun.elapsed() < patience && !interrupt::is_requested() {
        let answered;
        (visitor, answered) = visitor.ask(wish).await;
        if answered.is_ok() {
            return (visitor, Some(begun.elapsed()));
        }
        tokio::time::sleep(PAUSE).await;
    }
    (visitor, None)
}

fn begin(talks: &mut Talks, load: &mut Load, asked: &mut u64, visitor: Visitor) {
    *asked += 1;
    let wish = if asked.is_multiple_of(POLLS) {
        Wish::Poll
    } else {
        Wish::Send
    };
    load.begin(wish);
    talks.spawn(visitor.ask(wish));
}
