//! A visitor's connection to the server: persistent, and reopened after the server restarts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::Value;
use unicom_bench::http::{Answer, Client};

use crate::ack_log::{AckLog, Tally};

/// How long the server may be unavailable: much longer than it takes to restart.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a server may be silent once it is no longer killed.
const PATIENCE_AFTERWARDS: Duration = Duration::from_secs(10);

/// The pause before a request is sent again.
const PAUSE: Duration = Duration::from_millis(4);

pub struct Connection {
    address: SocketAddr,
    client: Option<Client>,
    ack_log: Arc<AckLog>,
    given_up: Arc<AtomicBool>,
    patience: Duration,
}

/// A response of the server.
#[derive(Debug)]
pub struct Said {
    pub status: u16,
    pub body: Vec<u8>,
    /// The cookies that the response sets.
    pub session: Option<String>,
    pub token: Option<String>,
    pub visitor: Option<String>,
    pub is_replay: bool,
    /// Whether the response has a `Retry-After` header.
    pub has_retry_after: bool,
}

impl From<Answer<'_>> for Said {
    fn from(answer: Answer<'_>) -> Self {
        Self {
            status: answer.status,
            session: answer.cookie("sessionid").map(str::to_owned),
            token: answer.cookie("csrftoken").map(str::to_owned),
            visitor: answer.cookie("visitor").map(str::to_owned),
            is_replay: answer.header("idempotent-replayed").is_some(),
            has_retry_after: answer.header("retry-after").is_some(),
            body: answer.body.into_owned(),
        }
    }
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns the error code, or an empty string if the response is not an error.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Connection {
    /// Creates a connection. Setting `given_up` ends every wait, because the trial is over.
    pub fn new(address: SocketAddr, ack_log: Arc<AckLog>, given_up: Arc<AtomicBool>) -> Self {
        Self {
            address,
            client: None,
            ack_log,
            given_up,
            patience: PATIENCE,
        }
    }

    /// Creates a connection for reading after the trial.
    pub fn afterwards(address: SocketAddr) -> Self {
        Self {
            patience: PATIENCE_AFTERWARDS,
            ..Self::new(address, Arc::default(), Arc::default())
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns `true` if the trial was given up.
    pub fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Sends the request until it gets a response that is not to be retried.
    pub fn ask(&mut self, request: &[u8]) -> anyhow::Result<Said> {
        let deadline = Instant::now() + self.patience;
        loop {
            if self.is_given_up() {
                bail!("the trial was given up");
            }
            match self.try_once(request) {
                Ok(said) if said.status == 429 || said.status >= 500 => {
                    Tally::count(&self.ack_log.tally.postponed);
                    if Instant::now() > deadline {
                        bail!(
                            "the server goes on answering {}: {}",
                            said.status,
                            said.code()
                        );
                    }
                }
                Ok(said) => return Ok(said),
                Err(error) => {
                    // A refused connection does not count as a request without a response.
                    if self.client.take().is_some() {
                        Tally::count(&self.ack_log.tally.unanswered);
                    }
                    if Instant::now() > deadline {
                        return Err(error.context("the server does not come back"));
                    }
                }
            }
            thread::sleep(PAUSE);
        }
    }

    fn try_once(&mut self, request: &[u8]) -> anyhow::Result<Said> {
        let client = match &mut self.client {
            Some(client) => client,
            none => none.insert(Client::connect(self.address)?),
        };
        Ok(client.ask(request)?.into())
    }
}
