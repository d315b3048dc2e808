//! A reader who follows a chat, loses the connection and goes on from its cursor.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;
use reqwest::header::COOKIE;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{sleep, sleep_until, timeout_at};

use super::follow::{Gone, Source, Transport, Wanted};
use super::mirror::Mirror;
use crate::http::{HttpClient, Response};

/// The pause before a reader connects again to a server that does not take the connection.
const PAUSE: Duration = Duration::from_millis(10);

/// How long the servers may answer no request of a reader.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is stored of each chat at the end.
type Stored = Arc<HashMap<String, Vec<Value>>>;

/// The stages of a trial.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Connections are cut.
    Cutting,
    /// Connections are no longer cut.
    Following,
    /// Nothing is written any more: this is what readers must have by then.
    Ending(Stored, Instant),
}

/// Counters of all readers.
#[derive(Debug, Default)]
pub struct Counts {
    pub sockets: AtomicU64,
    pub streams: AtomicU64,
    pub long_polls: AtomicU64,
    pub after_bytes: AtomicU64,
    pub half_sent: AtomicU64,
    pub broken: AtomicU64,
    pub changes: AtomicU64,
    pub resets: AtomicU64,
    pub refused: AtomicU64,
    pub unexpected: AtomicU64,
    /// Readers whose connection is not cut any more.
    pub following: AtomicU64,
    complaints: Mutex<Vec<String>>,
}

impl Counts {
    /// Returns the number of connections that readers have cut.
    pub fn cuts(&self) -> u64 {
        let by_transport = [&self.sockets, &self.streams, &self.long_polls];
        let counts = by_transport.map(|counter| counter.load(Ordering::Relaxed));
        counts.iter().sum()
    }

    /// Adds the counters of another database.
    pub fn add(&self, other: &Self) {
        for (mine, theirs) in self.counters().into_iter().zip(other.counters()) {
            mine.fetch_add(theirs.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        for complaint in other.complaints() {
            self.note(complaint);
        }
    }

    pub fn complaints(&self) -> Vec<String> {
        let complaints = self.complaints.lock();
        complaints.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn complain(&self, complaint: String) {
        count(&self.unexpected);
        self.note(complaint);
    }

    fn note(&self, complaint: String) {
        let complaints = self.complaints.lock();
        complaints
            .unwrap_or_else(PoisonError::into_inner)
            .push(complaint);
    }

    fn counters(&self) -> [&AtomicU64; 10] {
        [
            &self.sockets,
            &self.streams,
            &self.long_polls,
            &self.after_bytes,
            &self.half_sent,
            &self.broken,
            &self.changes,
            &self.resets,
            &self.refused,
            &self.unexpected,
        ]
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// How one connection will be cut.
struct Plan {
    transport: Transport,
    at: Option<tokio::time::Instant>,
    after_bytes: Option<usize>,
    is_half_sent: bool,
    reads: bool,
}

impl Plan {
    fn new(stage: &Stage, rng: &mut Rng) -> Self {
        let transport = Transport::ALL[rng.usize(..3)];
        if !matches!(stage, Stage::Cutting) {
            return Self {
                transport,
                at: None,
                after_bytes: None,
                is_half_sent: false,
                reads: false,
            };
        }
        let after_bytes = rng.bool().then(|| rng.usize(1..2500));
        let longest = if after_bytes.is_some() { 1000 } else { 400 };
        // Most lives are short.
        let life = Duration::from_millis(longest).mul_f64(rng.f64() * rng.f64());
        Self {
            transport,
            at: Some(tokio::time::Instant::now() + life),
            after_bytes,
            is_half_sent: rng.u8(..8) == 0,
            reads: rng.u8(..4) == 0,
        }
    }
}

/// Why a reader leaves a connection.
enum Left {
    Cut,
    Gone(Gone),
    /// The trial has come to another stage.
    Stage,
}

/// A reader of one chat.
pub struct Reader {
    chat_id: String,
    cookies: String,
    servers: Vec<(SocketAddr, Option<HttpClient>)>,
    rng: Rng,
    mirror: Mirror,
    is_following: bool,
}

impl Reader {
    pub fn new(chat_id: &str, cookies: String, addresses: Vec<SocketAddr>, rng: Rng) -> Self {
        let servers = addresses.into_iter();
        Self {
            chat_id: chat_id.to_owned(),
            cookies,
            servers: servers
                .map(|address| (address, HttpClient::new(address).ok()))
                .collect(),
            rng,
            mirror: Mirror::default(),
            is_following: false,
        }
    }

    /// Follows the chat until the end of the trial. Returns the copy.
    ///
    /// # Errors
    ///
    /// Fails if no server answers for a long time.
    pub async fn read(
        mut self,
        counts: Arc<Counts>,
        mut stages: watch::Receiver<Stage>,
    ) -> anyhow::Result<Mirror> {
        self.read_again().await?;
        loop {
            let stage = stages.borrow_and_update().clone();
            if self.is_done(&stage) {
                return Ok(self.mirror);
            }
            let plan = Plan::new(&stage, &mut self.rng);
            self.mirror.transport = plan.transport.name();
            match self.follow(&plan, &counts, &mut stages).await? {
                Left::Cut => count_cut(&counts, plan.transport),
                Left::Gone(Gone::Cut) => {
                    count_cut(&counts, plan.transport);
                    count(&counts.after_bytes);
                }
                Left::Gone(Gone::Lost) => {
                    count(&counts.broken);
                    sleep(PAUSE).await;
                }
                Left::Gone(Gone::Absent) => sleep(PAUSE).await,
                Left::Gone(Gone::Refused) => {
                    count(&counts.refused);
                    sleep(PAUSE).await;
                }
                Left::Gone(Gone::Unexpected(what)) => {
                    counts.complain(format!("{}: {what}", plan.transport.name()));
                    sleep(PAUSE).await;
                }
                Left::Stage => {}
            }
        }
    }

    /// Follows the chat on one connection.
    async fn follow(
        &mut self,
        plan: &Plan,
        counts: &Counts,
        stages: &mut watch::Receiver<Stage>,
    ) -> anyhow::Result<Left> {
        let address = self.servers[self.rng.usize(..self.servers.len())].0;
        let cut_at = plan.at.unwrap_or_else(far_away);
        let (chat_id, cookies) = (self.chat_id.clone(), self.cookies.clone());
        let wanted = Wanted {
            address,
            cookies: &cookies,
            chat_id: &chat_id,
            cursor: &self.mirror.cursor,
        };
        let half = plan
            .is_half_sent
            .then(|| wanted.half(plan.transport, &mut self.rng));
        if plan.transport != Transport::Socket
            && let Some(half) = &half
        {
            let stream = Source::open(Transport::LongPoll, &wanted, None).await;
            let Ok(stream) = stream else {
                return Ok(Left::Gone(Gone::Absent));
            };
            stream.cut(&mut self.rng, Some(half)).await;
            count(&counts.half_sent);
            return Ok(Left::Cut);
        }
        let opened = Source::open(plan.transport, &wanted, plan.after_bytes);
        let mut source = match timeout_at(cut_at, opened).await {
            Ok(Ok(source)) => source,
            Ok(Err(gone)) => return Ok(Left::Gone(gone)),
            Err(_) => return Ok(Left::Cut),
        };
        let mut reads = plan.reads;
        let left = loop {
            let cursor = self.mirror.cursor.clone();
            let wanted = Wanted {
                address,
                cookies: &cookies,
                chat_id: &chat_id,
                cursor: &cursor,
            };
            let told = {
                let next = source.next(&wanted);
                tokio::pin!(next);
                loop {
                    let stage = stages.borrow_and_update().clone();
                    if self.is_done(&stage) || (plan.at.is_some() && !is_cutting(&stage)) {
                        break Err(Left::Stage);
                    }
                    let end = match &stage {
                        Stage::Ending(_, deadline) => (*deadline).into(),
                        _ => far_away(),
                    };
                    if plan.at.is_none() && plan.transport == Transport::LongPoll {
                        self.count_following(counts);
                    }
                    tokio::select! {
                        told = &mut next => break told.map_err(Left::Gone),
                        () = sleep_until(cut_at) => break Err(Left::Cut),
                        _ = stages.changed() => {}
                        () = sleep_until(end) => {}
                    }
                }
            };
            let told = match told {
                Ok(told) => told,
                Err(left) => break left,
            };
            if let Err(what) = self.take(&told, counts).await? {
                break Left::Gone(Gone::Unexpected(what));
            }
            if plan.at.is_none() && told["cursor"].is_string() {
                self.count_following(counts);
            }
            if reads && let Some(newest) = self.mirror.newest() {
                reads = false;
                source.note_read(&chat_id, newest).await;
            }
        };
        if matches!(left, Left::Cut) && half.is_some() {
            count(&counts.half_sent);
        }
        source.cut(&mut self.rng, half.as_deref()).await;
        Ok(left)
    }

    /// Takes what was told. Returns a description of it if it is unexpected.
    async fn take(&mut self, told: &Value, counts: &Counts) -> anyhow::Result<Result<(), String>> {
        let kind = told["type"].as_str();
        match kind {
            Some("hello" | "chat" | "unread" | "typing") => return Ok(Ok(())),
            // The message that the visitor had read was deleted meanwhile.
            Some("error") if told["code"] == "not_found" => return Ok(Ok(())),
            Some("changes" | "reset") | None => {}
            Some(_) => return Ok(Err(told.to_string())),
        }
        count(&counts.changes);
        if kind == Some("reset") || told["reset"] == true {
            count(&counts.resets);
            self.read_again().await?;
            return Ok(Ok(()));
        }
        match (told["items"].as_array(), told["cursor"].as_str()) {
            (Some(items), Some(cursor)) => Ok(self.mirror.apply(items, cursor)),
            _ => Ok(Err(told.to_string())),
        }
    }

    /// Reads the whole chat, page by page, with the cursor of the first page.
    async fn read_again(&mut self) -> anyhow::Result<()> {
        let mut messages = Vec::new();
        let mut cursor = None;
        let mut before = String::new();
        loop {
            let path = format!(
                "/unicom/webchat/messages/?limit=100&chat_id={}{before}",
                self.chat_id
            );
            let page = self.get(&path).await?;
            let read = page["messages"].as_array();
            messages.extend(read.into_iter().flatten().cloned());
            let now = page["cursor"].as_str().unwrap_or_default();
            let cursor = cursor.get_or_insert_with(|| now.to_owned());
            match page["next_cursor"].as_str() {
                Some(next) => before = format!("&before={next}"),
                None => {
                    self.mirror.replace(messages, cursor.clone());
                    return Ok(());
                }
            }
        }
    }

    async fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (_, http) = &self.servers[self.rng.usize(..self.servers.len())];
            if let Some(http) = http {
                let request = http.get(path).header(COOKIE, &self.cookies);
                match Response::of(request).await {
                    Ok(response) if response.status == 200 => return Ok(response.json()),
                    Ok(Response {
                        status: 429 | 503, ..
                    })
                    | Err(_) => {}
                    Ok(response) => {
                        anyhow::bail!("{path} was answered {}", response.status);
                    }
                }
            }
            anyhow::ensure!(Instant::now() < deadline, "no server answers {path}");
            sleep(PAUSE).await;
        }
    }

    fn is_done(&self, stage: &Stage) -> bool {
        let Stage::Ending(stored, deadline) = stage else {
            return false;
        };
        Instant::now() >= *deadline || self.mirror.equals(&stored[&self.chat_id])
    }

    fn count_following(&mut self, counts: &Counts) {
        if !std::mem::replace(&mut self.is_following, true) {
            count(&counts.following);
        }
    }
}

fn is_cutting(stage: &Stage) -> bool {
    matches!(stage, Stage::Cutting)
}

fn far_away() -> tokio::time::Instant {
    tokio::time::Instant::now() + Duration::from_secs(3600)
}

fn count_cut(counts: &Counts, transport: Transport) {
    count(match transport {
        Transport::Socket => &counts.sockets,
        Transport::Stream => &counts.streams,
        Transport::LongPoll => &counts.long_polls,
    });
}
