//! A visitor's connection to the server: persistent, and reopened after the server restarts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::RequestBuilder;
use tokio::runtime::Runtime;

use crate::ack_log::{AckLog, Counters};
use crate::http::{HttpClient, Response};

/// How long the server may be unavailable: much longer than it takes to restart.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a server may be silent once it is no longer killed.
const PATIENCE_AFTERWARDS: Duration = Duration::from_secs(10);

/// The pause before a request is sent again.
const PAUSE: Duration = Duration::from_millis(4);

pub struct Connection {
    http: HttpClient,
    runtime: Runtime,
    ack_log: Arc<AckLog>,
    given_up: Arc<AtomicBool>,
    patience: Duration,
}

impl Connection {
    /// Creates a connection. Setting `given_up` ends every wait, because the trial is over.
    pub fn new(
        address: SocketAddr,
        ack_log: Arc<AckLog>,
        given_up: Arc<AtomicBool>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            http: HttpClient::new(address)?,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            ack_log,
            given_up,
            patience: PATIENCE,
        })
    }

    /// Creates a connection for reading after the trial.
    pub fn afterwards(address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            patience: PATIENCE_AFTERWARDS,
            ..Self::new(address, Arc::default(), Arc::default())?
        })
    }

    /// Sends the request until it gets a response that is not to be retried.
    pub fn ask(&self, request: impl Fn(&HttpClient) -> RequestBuilder) -> anyhow::Result<Response> {
        let deadline = Instant::now() + self.patience;
        loop {
            if self.given_up.load(Ordering::Relaxed) {
                bail!("the trial was given up");
            }
            match self.runtime.block_on(Response::of(request(&self.http))) {
                Ok(response) if response.status == 429 || response.status >= 500 => {
                    Counters::count(&self.ack_log.counters.postponed);
                    if Instant::now() > deadline {
                        bail!(
                            "the server goes on answering {}: {}",
                            response.status,
                            response.code()
                        );
                    }
                }
                Ok(response) => return Ok(response),
                Err(error) => {
                    // A refused connection does not count as a request without a response.
                    if !error.is_connect() {
                        Counters::count(&self.ack_log.counters.unanswered);
                    }
                    if Instant::now() > deadline {
                        return Err(error).context("the server does not come back");
                    }
                }
            }
            thread::sleep(PAUSE);
        }
    }
}
